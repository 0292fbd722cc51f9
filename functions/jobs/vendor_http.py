"""The vendor's own contract: its routes, its shapes and its errors, in front of the same jobs.

Without a resolver: the key stands in the body and is judged before anything else in it, and no error here is a problem
document. What the body's content type says is not asked, as the vendor does not.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from pydantic import JsonValue, ValidationError

from faceswap.container.common import now
from faceswap.container.jobs import jobs_container
from faceswap.contract.problems import problem_headers, problem_kind
from faceswap.contract.validation import faults_of, parsed
from faceswap.contract.vendor import (
    INVALID_KEY,
    REQUEST_NOT_FOUND,
    SpecificVideoSwapRequest,
    VendorError,
    VendorLinks,
    answer_of,
    told,
)
from faceswap.plain_http import answer, body_of, busy, check_size
from faceswap.ports.jobs import BusyError
from faceswap.rules.errors import DomainError, InvalidError, MalformedError, NotFoundError
from faceswap.rules.ids import job_id_for_number
from faceswap.rules.job import Family, Job
from faceswap.rules.keys import ApiKey, WrongKeyError
from faceswap.rules.links import fetch_url, result_token, result_url
from faceswap.rules.routing import routed
from faceswap.rules.schedule import seconds_left
from faceswap.telemetry import count, logger
from public_address import base_url_of

_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
_OTHER_STATUS = {
    HTTPStatus.NOT_FOUND: HTTPStatus.OK,
    HTTPStatus.GONE: HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY: HTTPStatus.BAD_REQUEST,
    HTTPStatus.SERVICE_UNAVAILABLE: HTTPStatus.TOO_MANY_REQUESTS,
}
"""What the provider answers with in the place of a status that its contract does not have."""


def post_vendor(event: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one of these routes."""
    event = routed(event)
    try:
        return _served(event)
    except WrongKeyError:
        return _error(HTTPStatus.UNAUTHORIZED, INVALID_KEY)
    except DomainError as error:
        return _refusal(error)
    except BusyError:
        return _refusal(busy())
    except Exception:  # logged, and answered in the shape that this contract has for it
        logger.exception("a request failed")
        return _refusal(DomainError("The request could not be served. Try again."))


def _served(event: dict[str, Any]) -> dict[str, Any]:
    check_size(event)
    body = _object(event)
    key = jobs_container().find_key.run(body.get("key"))
    _, _, route = event["routeKey"].partition("/api/v6/")
    family, _, rest = route.partition("/")
    if rest == "specific_video_swap":
        keep_rate = jobs_container().keep_rate
        if keep_rate:
            keep_rate.run(key.owner)
        return _swap(event, body, key, cast("Family", family))
    return _fetch(event, key)


def _swap(
    event: Mapping[str, Any], body: Mapping[str, JsonValue], key: ApiKey, family: Family
) -> dict[str, Any]:
    try:
        request = SpecificVideoSwapRequest.model_validate(body)
    except ValidationError as error:
        raise InvalidError("The request does not validate.", faults_of(error.errors())) from None
    container = jobs_container()
    # Before the job is made: who gets no answer may ask for another one.
    container.receipt_secret()
    created = container.create_vendor_job.run(request, key, _idempotency_key(event), family)
    if not created.replayed:
        count("JobsCreated")
    logger.info("asked for by the vendor's contract", job_id=created.job.job_id, key_id=key.key_id)
    told_of = _told(event, created.job, created.job.eta)
    if created.replayed:
        told_of["headers"]["Idempotency-Replayed"] = "true"
    return told_of


def _fetch(event: Mapping[str, Any], key: ApiKey) -> dict[str, Any]:
    given = event["pathParameters"]["id"]
    if not _NUMBER.fullmatch(given):
        raise NotFoundError(REQUEST_NOT_FOUND)
    container = jobs_container()
    job = container.read_job.run(job_id_for_number(key.owner, int(given)), key.owner)
    outlook = container.outlook(job)
    return _told(event, job, (outlook.eta if outlook else None) or job.eta)


def _told(event: Mapping[str, Any], job: Job, eta: datetime | None) -> dict[str, Any]:
    """What has become of a job."""
    container, base = jobs_container(), base_url_of(event)
    token = result_token(container.receipt_secret(), job.job_id)
    links = VendorLinks(
        result=result_url(base, job.job_id, token),
        fetch=fetch_url(base, job.vendor.family, job.vendor.number) if job.vendor else "",
    )
    answered = answer_of(job, links, seconds_left(job, eta, now()))
    return _answer(HTTPStatus.OK, answered.model_dump_json(by_alias=True))


def _object(event: dict[str, Any]) -> Mapping[str, JsonValue]:
    try:
        body = parsed(body_of(event))
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise MalformedError("The body cannot be read as a JSON object.")
    return body


def _idempotency_key(event: Mapping[str, Any]) -> str | None:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    given: str | None = headers.get("idempotency-key")
    if given is not None and not _IDEMPOTENCY_KEY.fullmatch(given):
        raise InvalidError("Idempotency-Key: must be 1 to 255 visible ASCII characters.")
    return given


def _refusal(error: DomainError) -> dict[str, Any]:
    status = HTTPStatus(problem_kind(error).status)
    if isinstance(error, NotFoundError):
        message = REQUEST_NOT_FOUND
    else:
        message = told(error.faults) if error.faults else error.detail
    refused = _error(_OTHER_STATUS.get(status, status), message, error.retry_after)
    refused["headers"] |= problem_headers(error)
    return refused


def _error(status: HTTPStatus, message: str, retry_after: int | None = None) -> dict[str, Any]:
    refused = VendorError(message=message, retry_after=retry_after)
    return _answer(status, refused.model_dump_json(exclude_none=True))


def _answer(status: HTTPStatus, body: str) -> dict[str, Any]:
    answered = answer(status, "application/json", body)
    answered["headers"]["Cache-Control"] = "no-store"
    return answered
