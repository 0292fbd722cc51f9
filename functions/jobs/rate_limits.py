"""The fields `RateLimit-Policy` and `RateLimit` of answers, where the deployment limits what an owner may do."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.usage import rate_limit_fields
from faceswap.rules.owner import NoSubjectError, owner_of
from faceswap.rules.quotas import OwnerDay, Usage, seconds_until_midnight
from faceswap.telemetry import logger


def with_rate_limits(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, success or not, with what its caller may still do after it; one that is refused outright without."""
    container, moment, usage = jobs_container(), now(), None
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims") or {}
    try:
        counted = OwnerDay(owner_of(claims), moment.astimezone(UTC).date())
    except NoSubjectError:
        return answer
    try:
        usage = container.usages.of(counted)
    except (BotoCoreError, ClientError):
        logger.exception("what an owner has used could not be read")  # what was done stays done
    policies = container.settings.quotas.policies(usage or Usage())
    resets_in = seconds_until_midnight(moment)
    answer["headers"] |= rate_limit_fields(policies, resets_in, known=usage is not None)
    return answer
