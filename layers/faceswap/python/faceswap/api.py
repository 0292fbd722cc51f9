"""What every HTTP route shares: the resolver, and errors as problem documents."""

import binascii
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from faceswap.contract.problems import PROBLEM_JSON, PROBLEMS, Problem, problem_headers, problem_of
from faceswap.contract.validation import faults_of, parsed
from faceswap.plain_http import SECURITY_HEADERS, busy, check_size, problem
from faceswap.ports.jobs import BusyError
from faceswap.rules.errors import (
    DomainError,
    InvalidError,
    MalformedError,
    MediaTypeError,
    NotFoundError,
    TooLargeError,
)
from faceswap.rules.routing import routed
from faceswap.telemetry import logger

NO_STORE = {"Cache-Control": "no-store"}
"""For answers that hold signed links: nobody keeps them."""
_JSON, _OTHER = "application/json", "application/octet-stream"


def _parse(body: str) -> dict[Any, Any]:
    """A JSON body.

    Raises:
        json.JSONDecodeError: it is not JSON, also where Python's own parser would fail otherwise.
    """
    try:
        return cast("dict[Any, Any]", parsed(body))
    except ValueError as error:
        raise json.JSONDecodeError(str(error), "", 0) from None


def router() -> APIGatewayHttpRouter:
    """An empty collection of routes."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


def resolve(app: APIGatewayHttpResolver, event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer an HTTP event, whatever path it came by. A body over 64 KiB is refused before it is parsed.

    What only the caller may see is kept by nobody else and asked for anew each time; 204 and 304 go without the
    `null` that Powertools would send as JSON.
    """
    try:
        check_size(event)
    except TooLargeError as error:
        return problem(error, event)
    answer: dict[str, Any] = app.resolve(_with_plain_type(routed(event)), context)  # type: ignore[arg-type]
    answer["headers"].setdefault("Cache-Control", "private, no-cache")
    answer["headers"] |= SECURITY_HEADERS
    if answer["statusCode"] in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        headers = {name: text for name, text in answer["headers"].items() if name != "Content-Type"}
        return {**answer, "headers": headers, "body": ""}
    return answer


def _with_plain_type(event: Mapping[str, Any]) -> dict[str, Any]:
    """The HTTP event with a content type that is JSON's own, none, or one that is refused.

    Powertools would parse forms, fail on multipart ones without a boundary, and take JSON's name in lower case only.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if "content-type" in headers:
        declared = headers["content-type"].partition(";")[0].strip().lower()
        headers["content-type"] = _JSON if declared == _JSON else _OTHER
    return {**event, "headers": headers}


def resolver() -> APIGatewayHttpResolver:
    """A resolver with validation, whose every error is a problem document."""
    app = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=_parse)

    @app.exception_handler(DomainError)  # type: ignore[untyped-decorator]
    def _problem(error: DomainError) -> Response[Any]:
        return problem_response(app, error)

    @app.exception_handler(BusyError)  # type: ignore[untyped-decorator]
    def _busy(_error: BusyError) -> Response[Any]:
        return problem_response(app, busy())

    @app.exception_handler(RequestValidationError)  # type: ignore[untyped-decorator]
    def _validation(error: RequestValidationError) -> Response[Any]:
        return problem_response(app, of_validation(error.errors(), body=app.current_event.body))

    @app.exception_handler(RequestUnsupportedContentType)  # type: ignore[untyped-decorator]
    def _other_type(_error: RequestUnsupportedContentType) -> Response[Any]:
        return problem_response(app, MediaTypeError("The body must be application/json."))

    @app.exception_handler([UnicodeDecodeError, binascii.Error])  # type: ignore[untyped-decorator]
    def _undecodable(_error: Exception) -> Response[Any]:
        return problem_response(app, MalformedError("The body cannot be decoded."))

    @app.not_found
    def _not_found(_error: Exception) -> Response[Any]:
        return problem_response(app, NotFoundError("There is no such route."))

    @app.exception_handler(Exception)  # type: ignore[untyped-decorator]
    def _unexpected(_error: Exception) -> Response[Any]:
        logger.exception("a request failed")
        return problem_response(app, DomainError("The request could not be served. Try again."))

    return app


def problem_response(app: APIGatewayHttpResolver, error: DomainError) -> Response[Any]:
    """The answer that tells of an error."""
    instance = f"/requests/{app.current_event.request_context.request_id}"
    document = problem_of(error, instance)
    return Response(
        status_code=document.status,
        content_type=PROBLEM_JSON,
        body=document.model_dump_json(exclude_none=True),
        headers=dict(problem_headers(error)),
    )


def of_validation(errors: Sequence[dict[str, Any]], *, body: str | None) -> DomainError:
    """The problem that validation errors amount to: malformed if the body is not JSON, else invalid.

    It tells of the first 20 faults only: an answer must not grow with what was sent.
    """
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedError("The body is not JSON.")
    if not body and any(tuple(error["loc"]) == ("body",) for error in errors):
        return MalformedError("The body is empty.")
    faults = faults_of(errors, within="body")
    more = f"the first {len(faults)} of {len(errors)} " if len(errors) > len(faults) else ""
    return InvalidError(f"The request does not validate; see {more}errors.", faults)


def responses(
    success: int, *, description: str, errors: Sequence[int], model: type[BaseModel] | None = None
) -> dict[int, Any]:
    """A route's answers for the OpenAPI document; 422 is always among them."""
    content = {"application/json": {"model": model}} if model else {}
    told: dict[int, Any] = {success: {"description": description, "content": content}}
    for status in sorted({*errors, int(HTTPStatus.UNPROCESSABLE_ENTITY)}):
        told[status] = {
            "description": next(kind.meaning for kind in PROBLEMS if kind.status == status),
            "content": {PROBLEM_JSON: {"model": Problem}},
        }
    return told
