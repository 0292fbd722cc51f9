"""What a job costs, counted call by call."""

from pathlib import Path

import pytest

from local.cost.bill import Life, a_loop, dollars, page
from local.cost.units import item_size, query_units, read_units, write_units
from tests.support.cost.counted import all_lives
from tests.support.tables import TABLE, RecordProperty

PAGE = Path(__file__).parents[2] / "docs/cost.md"


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> list[Life]:
    return all_lives(tmp_path_factory.mktemp("cost"))


def test_a_million_jobs_cost_no_more_than_is_said(
    lives: list[Life], record_property: RecordProperty
) -> None:
    told = "\n".join(f"{life.title}: {life.dollars:.2f} dollars" for life in lives)
    record_property(TABLE, told)

    assert [life.title for life in lives if life.dollars > life.limit] == []
    assert 1_500 < dollars(a_loop()) < 2_000


def test_the_page_says_what_was_counted(lives: list[Life]) -> None:
    assert page(lives) == PAGE.read_text(), "run `make cost`"


def test_units_are_counted_as_dynamodb_does() -> None:
    small = {"pk": {"S": "x" * 10}, "count": {"N": "120"}}
    large = {"pk": {"S": "x" * 10}, "data": {"S": "y" * 1020}}
    listed = small | {"listed": {"S": "me"}, "created_at": {"S": "2026"}}

    assert item_size(small) == 2 + 10 + 5 + 2
    assert item_size({"m": {"M": {"a": {"BOOL": True}}}}) == 1 + 3 + 1 + 1 + 1
    assert (write_units({}, small), write_units(small, large), write_units(large, {})) == (1, 2, 2)
    assert write_units({}, listed) == 2
    assert write_units(listed, listed | {"count": {"N": "121"}}) == 1
    assert write_units(listed, listed | {"created_at": {"S": "2027"}}) == 3
    assert read_units([10, 5000], consistent=True) == 3
    assert read_units([0], consistent=False) == 0.5
    assert query_units([3000, 3000]) == 1
