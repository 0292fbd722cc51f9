"""λ results: the provider's webhook, the Collect task, the hourly sweep."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from faceswap.services import results_services
from faceswap.telemetry import logger

results_services()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> object:
    """Give each kind of event to what serves it."""
    match event:
        case {"requestContext": {"http": _}}:
            from results_http import app

            return app.resolve(event, context)
        case {"task": "collect", "job_id": str(job_id)}:
            from collect_task import collect

            return collect(job_id, paused=event.get("paused") is True)
        case {"task": "sweep"}:
            from sweep_task import sweep

            sweep(context)
            return None
        case _:
            raise ValueError("an event of a kind that this function does not take")
