"""Deaths beside a job's usual lives: of executions between their states, of the sweep, in rarer lives, in the queue.

It has a stack of its own, as its functions have the hook by which they die. Again no point is written down. A sample
has each of these lives, and of kinds of events and calls those that the usual lives (`test_crashes.py`) do not have.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.crashes.crowd import (
    AT_ONCE,
    BEFORE_AND_AFTER,
    ROOM,
    in_lives,
    messages_come_again,
    table,
)
from tests.support.crashes.lives import End, Life
from tests.support.crashes.other_lives import LEAVES, OTHER_LIVES, WAITS, OtherLife, calls_on
from tests.support.crashes.plans import Call, Point, rarer_kinds_of
from tests.support.held import Held
from tests.support.selection import of_each_kind
from tests.support.tables import TABLE, RecordProperty
from tests.support.until import until
from tests.support.world import FINAL, World


def test_an_execution_that_is_stopped_between_its_states_is_made_good_by_the_sweep(
    crashing: World, plans: Path, record_property: RecordProperty
) -> None:
    crashing.behave(result="canned", seconds=0, webhook="withheld", room=100)
    held = Held(crashing)
    points = [
        Point(Call(kind, "invocation", 1), when, holds=True)
        for kind in ("submit", "collect")
        for when in BEFORE_AND_AFTER
    ]
    names = [*map(str, points), "while it waits"]

    def stop(number: int) -> End:
        point = points[number] if number < len(points) else None
        life = Life(crashing, plans, f"stopped-{number}-", point)
        return life.stopped_in(point, held)

    with ThreadPoolExecutor(len(names)) as threads:
        stopped = dict(zip(names, threads.map(stop, range(len(names))), strict=True))

    record_property(
        TABLE, table({f"execution stopped, {name}": end for name, end in stopped.items()})
    )
    unsent = stopped.pop("submit: before invocation")
    assert (unsent.status, unsent.error, unsent.submits) == ("failed", "queue-timeout", 0)
    assert {(end.status, end.submits) for end in stopped.values()} == {("succeeded", 1)}


def test_a_sweep_that_dies_is_made_good_by_the_next(
    crashing: World, plans: Path, seed: str | None, record_property: RecordProperty
) -> None:
    crashing.behave(result="canned", seconds=0, webhook="withheld", room=100)
    held = Held(crashing)
    recorded = Life(crashing, plans, "recorded-sweep-")
    assert recorded.stopped_in(None, held).status == "succeeded"
    calls = dict.fromkeys(call for call in recorded.plan.seen() if call.kind == "sweep")
    recorded.plan.end()
    points = [Point(call, when) for call in calls for when in BEFORE_AND_AFTER]

    def live(point: Point, number: int) -> End:
        life = Life(crashing, plans, f"swept-{number}-", point)
        try:
            return life.stopped_in(None, held)
        finally:
            life.plan.end()

    # Each sweep looks at all lives.
    swept = in_lives(live, of_each_kind(points, rarer_kinds_of, seed), crashing, at_once=4)

    record_property(TABLE, table({str(point): end for point, end in swept.items()}))
    assert [str(point) for point, end in swept.items() if not end.happened] == []
    assert {(end.status, end.submits) for end in swept.values()} == {("succeeded", 1)}


# One that the provider does not take holds back all others.
ALONE = [other for other in OTHER_LIVES if other.name == "refused at first"]
BESIDE_OTHERS = [other for other in OTHER_LIVES if other not in ALONE]


@pytest.mark.parametrize(
    ("lives", "at_once"), [(BESIDE_OTHERS, AT_ONCE), (ALONE, 1)], ids=["beside others", "alone"]
)
def test_what_other_lives_show_is_made_good_too(
    crashing: World,
    plans: Path,
    seed: str | None,
    record_property: RecordProperty,
    lives: list[OtherLife],
    at_once: int,
) -> None:
    crashing.behave(result="canned", seconds=0.2, room=100, webhook="sent")
    first = Life(crashing, plans, f"first-of-{at_once}-")
    first.short()
    first.final()  # from now on there is a table of slots
    crashing.teach({f"other-{at_once}-{n}-": other.script for n, other in enumerate(lives)})
    messages_come_again(crashing, 60)  # nothing comes twice while it is recorded

    def record(number: int) -> list[tuple[OtherLife, Point]]:
        other = lives[number]
        life = Life(crashing, plans, f"other-{at_once}-{number}-")
        assert other.live(life).status in FINAL
        calls = other.calls(life.plan.seen())
        life.plan.end()
        return [(other, Point(call, when)) for call in calls for when in BEFORE_AND_AFTER]

    with ThreadPoolExecutor(at_once) as threads:
        recorded = threads.map(record, range(len(lives)))
        every = [point for found in recorded for point in found]
        points = of_each_kind(every, lambda each: {each[0].name} | rarer_kinds_of(each[1]), seed)
        messages_come_again(crashing, 2)
        # Each may need a second life: in a crowd things come in another order now and then.
        crashing.teach(
            {
                f"dies-{at_once}-{n}-": points[n % len(points)][0].script
                for n in range(2 * len(points))
            }
        )

        def live(number: int) -> End:
            other, point = points[number % len(points)]
            life = Life(crashing, plans, f"dies-{at_once}-{number}-", point)
            try:
                return other.live(life)
            finally:
                life.plan.end()

        found = list(threads.map(live, range(len(points))))
    for number, end in enumerate(found):
        if not end.happened:
            found[number] = live(number + len(points))
    names = [f"{other.name}: {point}" for other, point in points]
    ends = dict(zip(names, found, strict=True))

    record_property(TABLE, table(ends))
    assert [name for name, end in ends.items() if not end.happened] == []
    assert all(end.status in FINAL and end.submits <= 1 for end in ends.values())
    assert all(end.submits == 1 for end in ends.values() if end.status == "succeeded")
    assert [name for name, end in ends.items() if end.orphans] == []
    assert {end.error for end in ends.values()} <= {
        None,
        "submission-unknown",
        "provider-rejected",
        "provider-failed",
    }


_LIVES = 5


@pytest.fixture
def nearly_full(crashing: World) -> Iterator[World]:
    """Room for one job only."""
    crashing.behave(result="canned", seconds=0.1, webhook="sent", room=100)
    yield crashing
    table = crashing.stack.jobs_table
    crashing.aws("dynamodb").delete_item(TableName=table, Key={"pk": {"S": "slots"}})


def _fill(world: World) -> None:
    """Strangers, who stay, have all slots but one; nobody has ever waited."""
    leases = {f"stranger-{n}": {"S": "2999-01-01T00:00:00Z"} for n in range(ROOM - 1)}
    maps = {"leases": {"M": leases}, "handed": {"M": {}}, "durations": {"M": {}}}
    dynamodb, table = world.aws("dynamodb"), world.stack.jobs_table
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "slots"}, **maps})
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "queue_owner#demo"}})


def test_who_waits_for_room_gets_it_wherever_one_of_the_two_dies(
    nearly_full: World, plans: Path, seed: str | None, record_property: RecordProperty
) -> None:
    held = Held(nearly_full)

    def live(name: str, point: Point | None = None) -> tuple[Life, Life, End, End]:
        collects = point is not None and point.call.kind == "collect"
        first = Life(nearly_full, plans, f"leaves-{name}-", point if collects else None)
        second = Life(nearly_full, plans, f"waits-{name}-", None if collects else point)
        _fill(nearly_full)
        held.take(f"leaves-{name}-")
        first.short()
        until(lambda: first.status() == "processing")
        second.short()
        until(second.is_in_line)
        held.let_go(f"leaves-{name}-")
        first.succeed()
        told = first, second, first.final(), second.dispatched()
        first.plan.end()
        second.plan.end()
        return told

    leaving, waiting, *_ = live("recorded")
    calls = calls_on(LEAVES, leaving.plan.seen()) + calls_on(WAITS, waiting.plan.seen())
    every = [Point(call, when) for call in calls for when in BEFORE_AND_AFTER]
    # One after the other, as each needs the slots for itself: a sample has one before and one after in each function.
    one_by_one = of_each_kind(every, lambda point: {(point.call.kind, point.when)}, seed)
    points = one_by_one if seed else every
    ends: dict[str, End] = {}
    for number, point in enumerate(points):
        # Who waits may be awake when the slot gets free, and is not woken then: that point is met in another life.
        for life in range(_LIVES):
            leaving, waiting, first, second = live(f"{number}-{life}", point)
            if leaving.plan.is_done or waiting.plan.is_done:
                break
        assert leaving.plan.is_done or waiting.plan.is_done, point
        ends |= {f"leaves, {point}": first, f"waits, {point}": second}

    record_property(TABLE, table(ends))
    assert {(end.status, end.submits, end.orphans) for end in ends.values()} == {
        ("succeeded", 1, 0)
    }
    assert {call.name for call in calls} >= {
        "dynamodb.Query",
        "stepfunctions.SendTaskSuccess",
    }
