"""Where the deployment limits what an owner may do: the fields `RateLimit…` of answers, and who asks too fast."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.usage import rate_limit_fields
from faceswap.plain_http import problem
from faceswap.rules.errors import DomainError, QuotaError
from faceswap.rules.owner import NoSubjectError, owner_of
from faceswap.rules.quotas import OwnerDay, Usage, seconds_until_midnight
from faceswap.telemetry import logger


def with_rate_limits(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, success or not, with what its caller may still do after it; one that is refused outright without."""
    container, usage = jobs_container(), None
    owner = _owner(event)
    if owner is None:
        return answer
    try:
        if container.settings.limits_owners:
            usage = container.usages.of(OwnerDay(owner, now().astimezone(UTC).date()))
    except (BotoCoreError, ClientError):
        logger.exception("what an owner has used could not be read")  # what was done stays done
    return _with_fields(answer, usage)


def too_fast(event: dict[str, Any]) -> dict[str, Any] | None:
    """The answer to a caller who has made as many requests as he may a minute, or cannot be counted; else None."""
    keep_rate, owner = jobs_container().keep_rate, _owner(event)
    if keep_rate is None or owner is None:
        return None
    try:
        keep_rate.run(owner)
    except QuotaError as error:
        refused = problem(error, event)
        # Nothing is read for who is refused: a flood is to cost little.
        return refused if event["routeKey"] == "POST /v1/keys" else _with_fields(refused, None)
    except (BotoCoreError, ClientError):
        logger.exception("a request could not be counted")
        return problem(DomainError("The request could not be served. Try again."), event)
    return None


def _with_fields(answer: dict[str, Any], usage: Usage | None) -> dict[str, Any]:
    """The answer with the limits and, if it is known, what is used of them."""
    settings = jobs_container().settings
    answer["headers"] |= rate_limit_fields(
        settings.quotas.policies(usage or Usage()),
        seconds_until_midnight(now()),
        known=usage is not None,
        a_minute=settings.owner_requests_per_minute,
    )
    return answer


def _owner(event: Mapping[str, Any]) -> str | None:
    """Who calls; None for who is refused for not saying it."""
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims") or {}
    try:
        return owner_of(claims)
    except NoSubjectError:
        return None
