"""Between models and DynamoDB items: numbers above all, which DynamoDB has as decimals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from faceswap.ports.jobs import RefusedContentError
from faceswap.rules.job import Job
from faceswap.store.dynamodb_items import attributes, model_of, plain
from tests.support.samples import a_job

_SPANS = st.floats(min_value=0.001, max_value=31_536_000)
"""What is taken for a span of time of the provider's (provider contract §8.32), in seconds."""


class Numbers(BaseModel):
    """A model with numbers of both kinds."""

    count: int
    seconds: float | None = None
    names: frozenset[str] = frozenset()


@given(count=st.integers(0, 10**15), seconds=_SPANS | st.none())
def test_a_number_is_read_as_it_was_written(count: int, seconds: float | None) -> None:
    read = model_of(Numbers, attributes(plain(Numbers(count=count, seconds=seconds))))

    assert (read.count, read.seconds) == (count, seconds)
    assert (type(read.count), type(read.seconds)) == (int, type(seconds))


@given(seconds=_SPANS)
def test_a_job_is_read_as_it_was_written(seconds: float) -> None:
    job = a_job(eta_seconds=seconds, wakeup_count=3, client_reference="é")

    assert model_of(Job, attributes(plain(job))) == job


def test_sets_of_texts_are_read() -> None:
    item = {"count": {"N": "1"}, "names": {"SS": ["a", "b"]}, "unknown": {"NULL": True}}

    assert model_of(Numbers, item).names == {"a", "b"}


@pytest.mark.parametrize("number", ["1e-200", "1e200", "1." + 40 * "1"])
def test_a_number_beyond_dynamodb_s_is_content_that_the_table_refuses(number: str) -> None:
    with pytest.raises(RefusedContentError):
        attributes({"value": {"within": Decimal(number)}})


@pytest.mark.parametrize("value", [1.5, object()])
def test_what_is_never_stored_is_a_mistake_of_ours(value: object) -> None:
    with pytest.raises(TypeError):
        attributes({"value": value})
