"""The HTTP side of the results function: the provider's webhook.

One route, which the gateway has matched, and a body that is taken as it is: a resolver would only make the first
answer late.
"""

from http import HTTPStatus
from typing import Any

from faceswap.container.results import results_container
from faceswap.plain_http import answer, body_of, problem
from faceswap.rules.errors import DomainError
from faceswap.telemetry import logger


def post_webhook(event: dict[str, Any]) -> dict[str, Any]:
    """Take a message about a job; it is only a reason to poll."""
    try:
        _receive(event)
    except DomainError as error:
        return problem(error, event)
    return answer(HTTPStatus.OK, "application/json", '{"received": true}')


def _receive(event: dict[str, Any]) -> None:
    job_id = event["pathParameters"]["job_id"]
    content_encoding = (event.get("headers") or {}).get("content-encoding")
    job = results_container().receive_webhook.run(
        job_id, event["pathParameters"]["token"], body_of(event), content_encoding
    )
    logger.info("received a webhook", job_id=job_id, status=job.status if job else None)
