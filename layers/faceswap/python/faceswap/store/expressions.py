"""Conditional updates of an item, as the text with placeholders that DynamoDB wants."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NotRequired, Self, TypedDict, cast

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from botocore.exceptions import ClientError

from faceswap.ports.jobs import BusyError, RefusedContentError
from faceswap.store.dynamodb_items import attributes

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef


_CONDITION_FAILED = "ConditionalCheckFailedException"
_CONTENT_REFUSED = "ValidationException"
_CONFLICT = "TransactionConflictException"


class UpdateRequest(TypedDict):
    """What `update_item` needs."""

    TableName: str
    Key: "Mapping[str, AttributeValueTypeDef]"
    UpdateExpression: str
    ConditionExpression: NotRequired[str]
    ExpressionAttributeNames: Mapping[str, str]
    ExpressionAttributeValues: NotRequired["Mapping[str, AttributeValueTypeDef]"]


class Update:
    """What one write does to an item that fits a condition, or to any. A path may lead into a map: `leases.job_x`."""

    def __init__(self, condition: ConditionBase | None = None) -> None:
        self._condition = condition
        self._names: dict[str, str] = {}
        self._values: dict[str, object] = {}
        self._clauses: dict[str, list[str]] = {}

    def set(self, path: str, value: object) -> Self:
        """Let the attribute have this value."""
        return self._add("SET", f"{self._name(path)} = {self._value(path, value)}")

    def set_if_absent(self, path: str, value: object) -> Self:
        """Let the attribute have this value if it has none."""
        name = self._name(path)
        return self._add("SET", f"{name} = if_not_exists({name}, {self._value(path, value)})")

    def remove(self, path: str) -> Self:
        """Let the item do without the attribute."""
        return self._add("REMOVE", self._name(path))

    def add(self, path: str, value: object) -> Self:
        """Add to a number or to a set; one that is not there begins empty."""
        return self._add("ADD", f"{self._name(path)} {self._value(path, value)}")

    def delete(self, path: str, value: object) -> Self:
        """Take from a set."""
        return self._add("DELETE", f"{self._name(path)} {self._value(path, value)}")

    def request(self, table: str, pk: str) -> UpdateRequest:
        """What `update_item` needs.

        Raises:
            RefusedContentError, TypeError: as `attributes` does.
        """
        names, values = dict(self._names), dict(self._values)
        request: UpdateRequest = {
            "TableName": table,
            "Key": {"pk": {"S": pk}},
            "UpdateExpression": " ".join(
                f"{clause} {', '.join(actions)}" for clause, actions in self._clauses.items()
            ),
            "ExpressionAttributeNames": names,
        }
        if self._condition:
            built = ConditionExpressionBuilder().build_expression(self._condition)
            request["ConditionExpression"] = built.condition_expression
            names |= built.attribute_name_placeholders
            values |= built.attribute_value_placeholders
        if values:
            request["ExpressionAttributeValues"] = attributes(values)
        return request

    def _add(self, clause: str, action: str) -> Self:
        self._clauses.setdefault(clause, []).append(action)
        return self

    def _name(self, path: str) -> str:
        names = {f"#{part}": part for part in path.split(".")}
        self._names |= names
        return ".".join(names)

    def _value(self, path: str, value: object) -> str:
        placeholder = ":" + path.replace(".", "_")
        self._values[placeholder] = value
        return placeholder


def item_of_refusal(error: ClientError) -> dict[str, Any]:
    """The item that stood in the way of a conditional write, empty if there was none.

    Raises:
        RefusedContentError: the write was refused for what it holds.
        BusyError: others wrote the item at the same moment, however often it was tried.
        ClientError: it was refused for another reason.
    """
    if error.response.get("Error", {}).get("Code") == _CONFLICT:
        raise BusyError("others write the same item") from error
    if error.response.get("Error", {}).get("Code") == _CONTENT_REFUSED:
        raise RefusedContentError("a write was refused for its content") from error
    if error.response.get("Error", {}).get("Code") != _CONDITION_FAILED:
        raise error
    return cast("dict[str, Any]", error.response).get("Item") or {}
