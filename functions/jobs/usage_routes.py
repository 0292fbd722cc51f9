"""The route that tells what a caller has used, added to the app when it is first asked for."""

from datetime import UTC

from caller import caller_of
from faceswap.api import responses
from faceswap.api import router as new_router
from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.usage import UsageView, usage_view
from faceswap.rules.quotas import Usage
from jobs_http import app

__all__ = ["app"]
router = new_router()


@router.get(
    "/v1/usage",
    summary="What the caller has used, and may use",
    tags=["usage"],
    operation_id="getUsage",
    responses=responses(200, description="Of today, in UTC.", errors=[], model=UsageView),
)
def get_usage() -> UsageView:
    """Only what this deployment limits or prices is counted; all else is null."""
    container, owner, moment = jobs_container(), caller_of(router).owner, now()
    counted = container.keep_quotas.usage_of(owner, moment) if container.keep_quotas else Usage()
    return usage_view(owner, moment.astimezone(UTC).date(), container.settings.quotas, counted)


app.include_router(router)
