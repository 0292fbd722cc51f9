"""The jobs function: HTTP routes, links to media, landed files, requested jobs, the starter, Submit, the queue."""

from typing import TYPE_CHECKING, Any

from faceswap.container.jobs import jobs_container
from faceswap.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

jobs_container()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> object:
    """Give each kind of event to what serves it."""
    match event:
        case {"requestContext": {"http": _}}:
            return _answer(event, context)
        case {"task": "submit", "job_id": str(job_id), "public_base_url": str(public_base_url)}:
            from submit_task import submit

            return submit(job_id, public_base_url)
        case {"task": "send_queued", "public_base_url": str(public_base_url)}:
            from queue_task import send_queued

            send_queued(public_base_url, context)
            return None
        case {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {"object": {"key": str(), "size": int(), "etag": str()} as landed},
        }:
            from landed_object import note

            note(landed)
            return None
        case {"detail-type": "Job Requested", "id": str(), "source": str(), "detail": dict()}:
            from requested_job import make

            make(event)
            return None
        case {"Records": [{"eventSource": "aws:dynamodb"}, *_] as records}:
            from starter import start

            start(records)
            return None
        case _:
            raise ValueError("an event of a kind that this function does not take")


_MAKES_SOMETHING = {"POST /v1/jobs", "POST /v1/uploads", "POST /v1/keys"}


def _answer(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answer an HTTP event, if its caller does not ask too fast."""
    route = event.get("routeKey")
    if route in _MAKES_SOMETHING and jobs_container().keep_rate:
        from rate_limits import too_fast

        refused = too_fast(event)
        if refused:
            return refused
    return _routed(event, context)


def _routed(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """What a route answers; what only some routes need is loaded for them alone."""
    match event.get("routeKey"):
        case "GET /v1/docs" | "GET /v1/openapi.json":
            from document_routes import get_document

            return get_document(event, context)
        case "GET /v1/inputs/{job_id}/{token}/{file}" | "HEAD /v1/inputs/{job_id}/{token}/{file}":
            from inputs_http import get_input

            return get_input(event)
        case "GET /v1/results/{job_id}/{token}" | "HEAD /v1/results/{job_id}/{token}":
            from results_link_http import get_result_link

            return get_result_link(event)
        case "POST /v1/keys" | "GET /v1/keys" | "DELETE /v1/keys/{key_id}":
            from faceswap.api import resolve
            from key_routes import app as with_keys

            return resolve(with_keys, event, context)
        case "GET /v1/usage":
            from faceswap.api import resolve
            from usage_routes import app as with_usage

            return _with_rate_limits(event, resolve(with_usage, event, context))
        case str(route) if route.startswith("POST /api/v6/"):
            from vendor_http import post_vendor

            return post_vendor(event)
        case route:
            from faceswap.api import resolve
            from jobs_http import app

            answer = resolve(app, event, context)
            makes_something = route in {"POST /v1/jobs", "POST /v1/uploads"}
            return _with_rate_limits(event, answer) if makes_something else answer


def _with_rate_limits(event: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with what its caller may still do, where anything limits him."""
    settings = jobs_container().settings
    if not settings.limits_owners and not settings.owner_requests_per_minute:
        return answer
    from rate_limits import with_rate_limits

    return with_rate_limits(event, answer)
