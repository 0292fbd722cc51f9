"""Where the deployment limits what an owner may do: the fields `RateLimit…` of answers, and who asks too fast."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.usage import rate_limit_fields
from faceswap.plain_http import problem
from faceswap.rules.errors import QuotaError
from faceswap.rules.owner import NoSubjectError, owner_of
from faceswap.rules.quotas import OwnerDay, Usage, seconds_until_midnight
from faceswap.telemetry import logger


def with_rate_limits(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, success or not, with what its caller may still do after it; one that is refused outright without."""
    container, moment, usage = jobs_container(), now(), None
    owner = _owner(event)
    if owner is None:
        return answer
    try:
        if container.settings.limits_owners:
            usage = container.usages.of(OwnerDay(owner, moment.astimezone(UTC).date()))
    except (BotoCoreError, ClientError):
        logger.exception("what an owner has used could not be read")  # what was done stays done
    policies = container.settings.quotas.policies(usage or Usage())
    resets_in = seconds_until_midnight(moment)
    a_minute = container.settings.owner_requests_per_minute
    answer["headers"] |= rate_limit_fields(
        policies, resets_in, known=usage is not None, a_minute=a_minute
    )
    return answer


def too_fast(event: dict[str, Any]) -> dict[str, Any] | None:
    """The answer to a caller who has made as many requests as he may a minute; None if he may go on."""
    keep_rate, owner = jobs_container().keep_rate, _owner(event)
    if keep_rate is None or owner is None:
        return None
    try:
        keep_rate.run(owner)
    except QuotaError as error:
        return problem(error, event)
    return None


def _owner(event: Mapping[str, Any]) -> str | None:
    """Who calls; None for who is refused for not saying it."""
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims") or {}
    try:
        return owner_of(claims)
    except NoSubjectError:
        return None
