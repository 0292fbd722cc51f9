"""Between pydantic models and DynamoDB items."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import BaseModel

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

Model = TypeVar("Model", bound=BaseModel)

_serializer, _deserializer = TypeSerializer(), TypeDeserializer()


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as DynamoDB takes it: decimals for numbers, texts for times, nothing for None."""
    fields: dict[str, Any] = json.loads(
        model.model_dump_json(exclude_none=True), parse_float=Decimal
    )
    return fields


def attributes(fields: Mapping[str, Any]) -> "dict[str, AttributeValueTypeDef]":
    """Plain values in DynamoDB's own notation."""
    return {name: _serializer.serialize(value) for name, value in fields.items()}


def model_of(kind: type[Model], item: Mapping[str, Any]) -> Model:
    """The model that an item holds; attributes that the model does not know are left out."""
    fields = {name: _deserializer.deserialize(value) for name, value in item.items()}
    return kind.model_validate(fields)
