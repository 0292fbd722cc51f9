"""DynamoDB's answers count only if they are whole."""

from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import BotoCoreError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_CHECKSUM = "x-amz-crc32"


class ChecksumError(BotoCoreError):
    """An answer that is not what DynamoDB sent."""

    fmt = "The answer to {operation} does not fit its checksum"


def verify_checksums(dynamodb: "DynamoDBClient") -> None:
    """Let calls whose answer does not fit its checksum raise ChecksumError.

    The SDK repeats such a call, but when it may not repeat any more it gives the answer back as if it were
    empty: an item that is there would then seem to be gone.
    """
    dynamodb.meta.events.register("after-call.dynamodb", _check)


def _check(http_response: Any, model: Any, **_: Any) -> None:  # noqa: ANN401
    expected = http_response.headers.get(_CHECKSUM)
    if expected is not None and int(expected) != crc32(http_response.content):
        raise ChecksumError(operation=model.name)
