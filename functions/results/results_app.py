"""The results function: the provider's webhook, the Collect task, callbacks from their queue, the hourly sweep."""

from typing import TYPE_CHECKING, Any

from faceswap.container.results import results_container
from faceswap.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

results_container()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> object:
    """Give each kind of event to what serves it."""
    match event:
        case {"routeKey": "POST /v1/webhooks/modelslab/{job_id}/{token}"}:
            from results_http import post_webhook

            return post_webhook(event)
        case {"task": "collect", "job_id": str(job_id)}:
            from collect_task import collect

            return collect(job_id, context, paused=event.get("paused") is True)
        case {"Records": [{"eventSource": "aws:sqs"}, *_]}:
            from callback_queue import deliver

            return deliver(event, context)
        case {"task": "sweep"}:
            from sweep_task import sweep

            sweep(context)
            return None
        case _:
            raise ValueError("an event of a kind that this function does not take")
