"""The fields `RateLimit-Policy` and `RateLimit` of answers, where the deployment limits what an owner may do."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.usage import rate_limit_fields
from faceswap.rules.owner import NoSubjectError, owner_of
from faceswap.rules.quotas import Usage, seconds_until_midnight
from faceswap.telemetry import logger


def with_rate_limits(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, success or not, with what its caller may still do after it; one that is refused outright without."""
    keep = jobs_container().keep_quotas
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims") or {}
    if keep is None:
        return answer
    try:
        owner, moment, usage = owner_of(claims), now(), None
    except NoSubjectError:
        return answer
    try:
        usage = keep.usage_of(owner, moment)
    except (BotoCoreError, ClientError):
        logger.exception("what an owner has used could not be read")  # what was done stays done
    policies = keep.quotas.policies(usage or Usage())
    resets_in = seconds_until_midnight(moment)
    answer["headers"] |= rate_limit_fields(policies, resets_in, known=usage is not None)
    return answer
