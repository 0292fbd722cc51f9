"""Messages of the queue of callbacks."""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from faceswap.container.results import results_container
from faceswap.rules.callbacks import CallbackMessage
from faceswap.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

_processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


class _NotYetError(Exception):
    """The message has to come again; when, the queue was told."""


def deliver(event: dict[str, Any], context: "LambdaContext") -> "PartialItemFailureResponse":
    """Try each callback that is due; those that have to come again count as failed, each by itself."""
    return process_partial_response(event, _deliver, _processor, context)


def _deliver(record: "SQSRecord") -> None:
    message = CallbackMessage.model_validate_json(record.body)
    receives = int(record.attributes.approximate_receive_count)
    container = results_container()
    wait = container.deliver_callback.run(message, receives)
    logger.info("tried a callback", job_id=message.job_id, wait=wait, receives=receives)
    if wait is not None:
        container.callback_queue.hide(record.receipt_handle, wait)
        raise _NotYetError
