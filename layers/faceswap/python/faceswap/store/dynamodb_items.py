"""Between pydantic models and DynamoDB items."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import BaseModel

from faceswap.ports.jobs import RefusedContentError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

Model = TypeVar("Model", bound=BaseModel)

_serializer, _deserializer = TypeSerializer(), TypeDeserializer()


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as boto3 takes it: decimals for numbers, texts for times, nothing for None."""
    fields: dict[str, Any] = json.loads(
        model.model_dump_json(exclude_none=True), parse_float=Decimal
    )
    return fields


def attributes(fields: Mapping[str, Any]) -> "dict[str, AttributeValueTypeDef]":
    """Plain values in DynamoDB's own notation.

    Raises:
        RefusedContentError: a number is beyond what DynamoDB holds.
        TypeError: a value of a kind that it does not know; a float, too.
    """
    try:
        return {name: _serializer.serialize(value) for name, value in fields.items()}
    except DecimalException as error:
        raise RefusedContentError("a number is beyond what the table holds") from error


def model_of(kind: type[Model], item: Mapping[str, Any]) -> Model:
    """The model that an item holds; attributes that the model does not know are left out."""
    return kind.model_validate(
        {name: _deserializer.deserialize(each) for name, each in item.items()}
    )


def items_of(
    dynamodb: "DynamoDBClient", table: str, keys: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Those of at most 100 items that are there (consistent), by their key, in one read; none asks for nothing."""
    named = {"Keys": [{"pk": {"S": key}} for key in keys], "ConsistentRead": True}
    wanted: Mapping[str, Any] = {table: named} if keys else {}
    found: dict[str, Mapping[str, Any]] = {}
    while wanted:
        answer = dynamodb.batch_get_item(RequestItems=wanted)
        for item in answer["Responses"].get(table, []):
            found[item["pk"]["S"]] = item
        wanted = answer["UnprocessedKeys"]
    return found
