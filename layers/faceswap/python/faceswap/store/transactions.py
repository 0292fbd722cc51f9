"""Writes of several items that are done together or not at all."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from faceswap.ports.jobs import BusyError, RefusedContentError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Item = Mapping[str, Any]
_CANCELLED = "TransactionCanceledException"
_FAILED, _CONFLICT, _CONTENT = "ConditionalCheckFailed", "TransactionConflict", "ValidationError"


def write_together(
    dynamodb: "DynamoDBClient", writes: "Sequence[TransactWriteItemTypeDef]"
) -> Sequence[Item | None] | None:
    """Do all of these writes, or none of them. An answer that is lost on the way is asked for again by the client.

    Returns:
        None if they were done. Else, for each write in order, the item that did not fit its condition (empty if there
        was none), and None for a write that was not in the way.

    Raises:
        BusyError: others wrote some of these items at the same moment, however often it was tried.
        RefusedContentError: a write was refused for what it holds.
        ClientError: they were refused for another reason.
    """
    try:
        dynamodb.transact_write_items(TransactItems=writes)
    except ClientError as error:
        return _hindrances(error)
    return None


def _hindrances(error: ClientError) -> Sequence[Item | None]:
    code = error.response.get("Error", {}).get("Code")
    if code == "ValidationException":
        raise RefusedContentError("a write was refused for its content") from error
    if code != _CANCELLED:
        raise error
    reasons = cast("dict[str, Any]", error.response).get("CancellationReasons", [])
    codes = {reason.get("Code") for reason in reasons}
    if _FAILED in codes:
        return [r.get("Item") or {} if r.get("Code") == _FAILED else None for r in reasons]
    if _CONFLICT in codes:
        raise BusyError("others write the same items") from error
    if _CONTENT in codes:
        raise RefusedContentError("a write was refused for its content") from error
    raise error
