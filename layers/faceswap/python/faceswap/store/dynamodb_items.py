"""Between pydantic models and DynamoDB items.

boto3 has the notation of attributes too, but loads what is never used here (its resources, transfers, processes).
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

Model = TypeVar("Model", bound=BaseModel)


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as DynamoDB takes it: decimals for numbers, texts for times, nothing for None."""
    fields: dict[str, Any] = json.loads(
        model.model_dump_json(exclude_none=True), parse_float=Decimal
    )
    return fields


def attributes(fields: Mapping[str, Any]) -> "dict[str, AttributeValueTypeDef]":
    """Plain values in DynamoDB's own notation.

    Raises:
        TypeError: a value of another kind than JSON's; a float, too.
    """
    return {name: _encode(value) for name, value in fields.items()}


def model_of(kind: type[Model], item: Mapping[str, Any]) -> Model:
    """The model that an item holds; attributes that the model does not know are left out."""
    return kind.model_validate(values(item))


def values(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of DynamoDB's own notation; numbers as decimals.

    Raises:
        ValueError: binary values and sets of other things than texts, which are never stored here.
    """
    return {name: _decode(attribute) for name, attribute in item.items()}


def _encode(value: object) -> "AttributeValueTypeDef":
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | Decimal():
            return {"N": str(value)}
        case Mapping():
            return {"M": attributes(value)}
        case list() | tuple():
            return {"L": [_encode(entry) for entry in value]}
        case _:
            raise TypeError(f"{type(value).__name__} is not stored")


def _decode(attribute: Mapping[str, Any]) -> object:
    ((kind, content),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return content
        case "N":
            return Decimal(content)
        case "NULL":
            return None
        case "M":
            return values(content)
        case "SS":
            return set(content)
        case "L":
            return [_decode(entry) for entry in content]
        case _:
            raise ValueError(f"an attribute of kind {kind}")
