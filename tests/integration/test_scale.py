"""A small size of `make scale`: what operations take does not grow with the backlog."""

import secrets
from collections.abc import Mapping

import pytest

from local.scale.backlog import items
from local.scale.counting import Cost
from local.scale.operations import OPERATIONS, measure
from local.scale.page import (
    MOST_READS_OF_GET,
    MOST_READS_TO_NEXT,
    MOST_REQUESTS_OF_CREATE,
    not_flat,
    page,
)
from local.scale.simulation import arrivals, simulate
from local.scale.table import fill
from tests.support.tables_of_jobs import new_table
from tests.support.world import World

FEW, MANY = 600, 1800
OVERDUE = 20
Measured = dict[int, dict[str, Cost]]
CALLS_OF_A_DEAD_ONE = 4
"""Read it, ask for its execution, note the next one, start that."""


@pytest.fixture(scope="module")
def measured(session_world: World) -> Measured:
    dynamodb = session_world.aws("dynamodb")
    costs: Measured = {}
    for size in (FEW, MANY):
        table = new_table(session_world, f"scale-{size}-{secrets.token_hex(4)}")
        fill(dynamodb, table, items(size, OVERDUE))
        costs[size] = measure(dynamodb, table, size)
        dynamodb.delete_table(TableName=table)
    return costs


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_takes_the_same_however_many_jobs_are_open(
    measured: Measured, operation: str
) -> None:
    few, many = measured[FEW][operation], measured[MANY][operation]

    assert many.by_name == few.by_name
    assert (many.reads, many.writes) == (few.reads, few.writes)


def test_who_is_next_is_found_in_few_reads_and_handed_the_slot_in_one_write(
    measured: Measured,
) -> None:
    found, leave = measured[MANY]["next"], measured[MANY]["leave"]
    following = leave.calls[found.requests]

    assert 0 < found.reading <= MOST_READS_TO_NEXT
    assert (following.name, following.is_refused) == ("UpdateItem", False)
    assert leave.by_name["SendTaskSuccess"] == 1


def test_a_read_of_a_queued_job_makes_few_reads_and_no_write(measured: Measured) -> None:
    read = measured[MANY]["get"]

    assert read.requests == read.reading <= MOST_READS_OF_GET
    assert read.writes == 0


def test_a_creation_makes_few_round_trips(measured: Measured) -> None:
    assert measured[MANY]["create"].requests <= MOST_REQUESTS_OF_CREATE


def test_a_scheduled_dispatch_that_finds_no_slot_reads_one_item(measured: Measured) -> None:
    dispatch = measured[MANY]["dispatch"]

    assert (dispatch.requests, dispatch.reading) == (1, 1)


def test_a_sweep_costs_what_the_overdue_ones_cost(measured: Measured) -> None:
    sweep = measured[MANY]["sweep"]
    beside = sweep.requests - CALLS_OF_A_DEAD_ONE * OVERDUE

    assert sweep.by_name["StartExecution"] == OVERDUE
    assert beside < 30


def test_the_page_says_what_was_counted(measured: Measured) -> None:
    waits = {"fair queue": simulate(arrivals({"a": 30, "b": 1}, 1, 1), 2, "fair queue")}
    told = page(measured, waits)

    assert not_flat(measured) == []
    assert "Every row is flat." in told
    assert f"| {measured[MANY]['sweep'].requests} |" in told


def test_what_grows_is_named(measured: Measured) -> None:
    grown: dict[int, Mapping[str, Cost]] = {
        FEW: measured[FEW],
        MANY: measured[MANY] | {"get": measured[MANY]["leave"]},
    }

    assert not_flat(grown) == ["get"]
