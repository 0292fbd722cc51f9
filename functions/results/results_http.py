"""The HTTP side of λ results: the provider's webhook."""

from base64 import b64decode
from typing import Any

from aws_lambda_powertools.event_handler import Response

from faceswap.api import resolver
from faceswap.services import now, results_services
from faceswap.telemetry import logger
from faceswap.usecases.receive_webhook import receive_webhook

app = resolver()


@app.post("/v1/webhooks/modelslab/<job_id>/<token>")
def post_webhook(job_id: str, token: str) -> Response[Any]:
    """Take a message about a job; it is only a reason to look."""
    services = results_services()
    job = receive_webhook(
        job_id,
        token,
        _body(),
        secrets=services.webhook_secrets(),
        room=services.room,
        jobs=services.jobs,
        executions=services.executions,
        now=now(),
    )
    logger.info("received a webhook", job_id=job_id, status=job.status if job else None)
    return Response(200, "application/json", '{"received": true}')


def _body() -> bytes:
    """The raw body, whatever its content type says."""
    event = app.current_event
    body = event.body or ""
    return b64decode(body) if event.is_base64_encoded else body.encode()
