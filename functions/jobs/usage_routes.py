"""The route that tells what a caller has used, added to the app when it is first asked for."""

from datetime import UTC

from caller import caller_of
from faceswap.api import responses
from faceswap.api import router as new_router
from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.usage import UsageView, usage_view
from faceswap.rules.quotas import OwnerDay, Usage
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
    container, day = jobs_container(), now().astimezone(UTC).date()
    settings, counted = container.settings, OwnerDay(caller_of(router).owner, day)
    currency = settings.price_currency if settings.price else None
    usage = container.usages.of(counted, currency) if settings.counts_usage else Usage()
    return usage_view(counted, settings.quotas, usage, currency)


app.include_router(router)
