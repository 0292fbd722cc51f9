"""The queue of callbacks, and the one of those that were given up."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from faceswap.rules.callbacks import CallbackMessage

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_MOST_AT_ONCE = 10


class RefusedMessageError(BotoCoreError):
    """The queue did not take a message."""

    fmt = "The queue refused {count} messages, the first for {code}"


class CallbackQueueStore:
    """Sends messages; the owner is the group of each, so that a fair queue takes turns among them."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, dead_letters_url: str | None = None
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._dead_letters_url = dead_letters_url

    def send(self, messages: Sequence[CallbackMessage]) -> None:
        """Let each be delivered.

        Raises:
            RefusedMessageError: the queue did not take one; those before it are there.
        """
        for start in range(0, len(messages), _MOST_AT_ONCE):
            entries = [
                _entry(number, message)
                for number, message in enumerate(messages[start : start + _MOST_AT_ONCE])
            ]
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            failed = answer.get("Failed", [])
            if failed:
                raise RefusedMessageError(count=len(failed), code=failed[0]["Code"])

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that was received come again after so many seconds from now."""
        self._sqs.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def bury(self, message: CallbackMessage) -> None:
        """Keep a message that was given up among the dead letters."""
        if self._dead_letters_url is None:
            raise ValueError("there is no queue of dead letters here")
        self._sqs.send_message(
            QueueUrl=self._dead_letters_url,
            MessageBody=message.model_dump_json(exclude_none=True),
        )


def _entry(number: int, message: CallbackMessage) -> "SendMessageBatchRequestEntryTypeDef":
    return {
        "Id": str(number),
        "MessageBody": message.model_dump_json(exclude_none=True),
        "MessageGroupId": message.owner,
    }
