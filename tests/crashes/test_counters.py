"""Functions die in a stack with limits, a price and a budget: nothing is counted twice, and nothing for ever.

Points are the calls that count, and that decide what counts; each is in a life of an owner who has no other job.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.counters import differences
from tests.support.crashes.crowd import AT_ONCE, BEFORE_AND_AFTER, table
from tests.support.crashes.lives import End, Life
from tests.support.crashes.other_lives import OTHER_LIVES
from tests.support.crashes.plans import Call, Point
from tests.support.selection import of_each_kind
from tests.support.tables import TABLE, RecordProperty
from tests.support.world import FINAL, World

_COUNTS = {"dynamodb.TransactWriteItems", "provider.submit", "invocation"}


@dataclass(frozen=True)
class CountedLife:
    """A life, and the kinds of invocations in which somebody dies in it."""

    name: str
    live: Callable[[Life], End]
    dies_in: frozenset[str]

    @property
    def script(self) -> Mapping[str, Any]:
        """What the provider says in it."""
        return _OTHERS[self.name].script if self.name in _OTHERS else {}

    def points(self, seen: list[Call]) -> list[Point]:
        """Where somebody may die, by the calls that such a life makes."""
        calls = [c for c in dict.fromkeys(seen) if c.kind in self.dies_in and c.name in _COUNTS]
        return [Point(call, when) for call in calls for when in BEFORE_AND_AFTER]


def _deleted(life: Life) -> End:
    life.short()
    return life.delete(life.final())


_OTHERS = {other.name: other for other in OTHER_LIVES}
_CANCEL = "POST /v1/jobs/{job_id}/cancel"
LIVES = (
    CountedLife("whole", Life.whole, frozenset({"POST /v1/uploads", "submit", "collect"})),
    CountedLife("deleted", _deleted, frozenset({"POST /v1/jobs"})),
    CountedLife("cancelled", Life.cancelled, frozenset({_CANCEL})),
    CountedLife("cancelled at work", _OTHERS["cancelled at work"].live, frozenset({_CANCEL})),
    CountedLife("rejected", _OTHERS["rejected"].live, frozenset({"submit"})),
    CountedLife("refused at first", _OTHERS["refused at first"].live, frozenset({"submit"})),
)


@pytest.fixture(scope="module")
def more_parameters() -> Mapping[str, str]:
    return {
        "OwnerJobsPerDay": "2",
        "OwnerOpenJobs": "1",
        "OwnerUploadBytesPerDay": "1000000",
        "PricePerJob": "0.16",
        "DailyBudget": "1000",
    }


def _kinds(found: tuple[CountedLife, Point]) -> set[tuple[str, ...]]:
    """The kinds of which a sample holds one each: each life, and each call that counts in each kind of event."""
    life, point = found
    counts = {(point.call.kind, point.call.name)} - {(point.call.kind, "invocation")}
    return {(life.name,)} | counts


def _name(life: CountedLife, number: int) -> str:
    return f"{life.name.replace(' ', '-')}-{number}-"


def test_wherever_a_function_dies_the_counters_say_what_is_true(
    crashing: World, plans: Path, seed: str | None, record_property: RecordProperty
) -> None:
    crashing.teach({_name(life, 0): life.script for life in LIVES})

    def record(life: CountedLife) -> list[tuple[CountedLife, Point]]:
        recorded = Life(crashing, plans, _name(life, 0))
        recorded.leave()
        assert life.live(recorded).status in FINAL
        found = life.points(recorded.plan.seen())
        recorded.plan.end()
        return [(life, point) for point in found]

    def live(number: int) -> End:
        life, point = points[number % len(points)]
        dies = Life(crashing, plans, _name(life, number + 1), point)
        dies.leave()
        try:
            end = life.live(dies)
        finally:
            dies.plan.end()
        _is_true(dies, end)
        return end

    with ThreadPoolExecutor(AT_ONCE) as threads:
        every = [found for life in threads.map(record, LIVES) for found in life]
        points = of_each_kind(every, _kinds, seed)
        # Each may need a second life: in a crowd things come in another order now and then.
        numbers = range(2 * len(points))
        lives = [points[number % len(points)][0] for number in numbers]
        crashing.teach({_name(lives[n], n + 1): lives[n].script for n in numbers})
        ends = list(threads.map(live, range(len(points))))
    for number, end in enumerate(ends):
        if not end.happened:
            ends[number] = live(number + len(points))

    names = [f"{life.name}: {point}" for life, point in points]
    record_property(TABLE, table(dict(zip(names, ends, strict=True))))
    assert [name for name, end in zip(names, ends, strict=True) if not end.happened] == []
    assert differences(crashing.scanned()) == []


def _is_true(life: Life, end: End) -> None:
    """One job at most, which is over; it is spent if the provider took it, and not if it never heard of it."""
    told: dict[str, Any] = life.world.call("GET", "/v1/usage").json()
    item = life.world.item(life.job_id) or {}
    was_sent = "submitted_at" in item
    assert (told["jobs"], told["open_jobs"]) == (int(was_sent), 0), (life.job_id, told)
    assert end.submits <= was_sent
    spent = Decimal(told["spent"])
    assert spent in ({Decimal("0.16")} if end.submits else {Decimal(0), Decimal("0.16")})
    if end.error != "submission-unknown" and not end.submits:
        assert spent == 0, (life.job_id, end)
