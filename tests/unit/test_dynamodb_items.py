"""The notation of DynamoDB's attributes is boto3's own."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from faceswap.store.dynamodb_items import attributes, values

_NUMBERS = st.integers(-(10**15), 10**15) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6
)
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.text() | _NUMBERS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
    max_leaves=20,
)


@given(_PLAIN)
def test_values_are_written_and_read_as_boto3_does(value: object) -> None:
    ours = attributes({"value": value})["value"]

    assert _numbers(ours) == _numbers(TypeSerializer().serialize(value))
    assert values({"value": ours})["value"] == TypeDeserializer().deserialize(ours)


def test_sets_of_texts_are_read() -> None:
    assert values({"jobs": {"SS": ["a", "b"]}}) == {"jobs": {"a", "b"}}


@pytest.mark.parametrize("value", [1.5, b"bytes", {"a"}, object()])
def test_what_is_never_stored_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        attributes({"value": value})


def test_kinds_that_are_never_stored_are_refused() -> None:
    with pytest.raises(ValueError, match="NS"):
        values({"value": {"NS": ["1"]}})


def _numbers(attribute: Any) -> Any:
    """The attribute with numbers in place of their texts, of which one number has several."""
    match attribute:
        case {"N": text}:
            return Decimal(text)
        case {"M": inner}:
            return {name: _numbers(each) for name, each in inner.items()}
        case {"L": inner}:
            return [_numbers(each) for each in inner]
        case _:
            return attribute
