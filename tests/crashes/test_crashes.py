"""Every function is killed before and after each call that leaves it in a job's usual lives.

Its stack is its own, as only there functions have the hook by which they die. No point is written down: they are
found by recording whole lives of jobs. Each job must end by itself, and be sent at most once.
"""

from pathlib import Path

import pytest

from tests.support.crashes.crowd import BEFORE_AND_AFTER, begin_anew, in_lives, table
from tests.support.crashes.lives import End, Life, life_of
from tests.support.crashes.plans import USUAL, Call, Point, kinds_of
from tests.support.selection import of_each_kind
from tests.support.tables import TABLE, RecordProperty
from tests.support.world import FINAL, World

WEBHOOK = "POST /v1/webhooks/modelslab/{job_id}/{token}"
WALK = [
    ("submit: before provider.submit", "failed", "submission-unknown"),
    ("submit: after provider.submit", "succeeded", None),
    ("collect: after s3.PutObject", "succeeded", None),
    ("collect: before dynamodb.UpdateItem", "succeeded", None),
    (f"{WEBHOOK}: before stepfunctions.SendTaskSuccess", "succeeded", None),
    ("landed: before stepfunctions.SendTaskSuccess", "succeeded", None),
    ("landed: before invocation", "succeeded", None),
    ("starter: before stepfunctions.StartExecution", "succeeded", None),
]


@pytest.fixture(scope="module")
def calls(crashing: World, plans: Path) -> list[Call]:
    """Every call of these lives: of the first of all, in new processes, and of later ones.

    Of each two are recorded: a call that only one of them makes comes of a race, and no further life need make it.
    """

    def recorded(life: Life, kind: str) -> list[Call]:
        assert life_of(kind)(life).status in FINAL
        life.plan.end()
        return life.plan.seen()

    found: dict[Call, None] = {}
    for is_first in (True, False):
        made: list[set[Call]] = []
        for turn in range(2):
            if is_first:
                begin_anew(crashing)
            name = f"recorded-{'first' if is_first else 'later'}-{turn}"
            seen = [
                call
                for kind in ("DELETE /v1/jobs/{job_id}", "POST /v1/jobs/{job_id}/cancel")
                for call in recorded(Life(crashing, plans, f"{name}-{len(kind)}"), kind)
            ]
            made.append(set(seen))
        found |= dict.fromkeys(call for call in seen if call in made[0])
    return list(found)


@pytest.fixture(scope="module")
def points(calls: list[Call]) -> list[Point]:
    """Every point at which a function can die, as recorded."""
    return [Point(call, when) for call in calls for when in BEFORE_AND_AFTER]


def kinds_and_walk(point: Point) -> set[tuple[str, ...]]:
    """The kinds of which a sample holds one each; each point of the walk-through is one by itself."""
    return kinds_of(point) | {(str(point),)} & {(name,) for name, *_ in WALK}


@pytest.fixture(scope="module")
def ends(crashing: World, plans: Path, points: list[Point], seed: str | None) -> dict[Point, End]:
    """What became of the job for each point of a function's death, or for a sample of them."""

    def live(point: Point, number: int) -> End:
        life = Life(crashing, plans, f"point-{number}-", point)
        try:
            return life_of(point.call.kind)(life)
        finally:
            life.plan.end()

    return in_lives(live, of_each_kind(points, kinds_and_walk, seed), crashing)


def test_wherever_a_function_dies_the_job_ends_and_is_sent_at_most_once(
    ends: dict[Point, End], record_property: RecordProperty
) -> None:
    by_name = {str(point): end for point, end in ends.items()}
    record_property(TABLE, table(by_name))

    assert [name for name, end in by_name.items() if not end.happened] == []
    assert all(end.status in FINAL and end.submits <= 1 for end in by_name.values())
    assert all(end.submits == 1 for end in by_name.values() if end.status == "succeeded")
    # A sample need not hold each of the two: a job that was cancelled unsent, and one whose submit nobody knows of.
    assert {end.error for end in by_name.values() if end.submits == 0} <= {
        None,
        "submission-unknown",
    }
    services = {point.call.name.partition(".")[0] for point in ends}
    assert services >= {"dynamodb", "s3", "secretsmanager", "stepfunctions", "provider"}


def test_functions_died_at_each_kind_of_call_in_each_kind_of_event(
    ends: dict[Point, End], points: list[Point], seed: str | None
) -> None:
    assert {kind for point in points for kind in kinds_of(point)} == {
        kind for point, end in ends.items() if end.happened for kind in kinds_of(point)
    }
    assert {(what, name) for point in ends for what, name, _ in kinds_of(point)} >= USUAL
    assert seed or list(ends) == points


def test_no_death_leaves_a_copy_that_no_job_names(ends: dict[Point, End]) -> None:
    assert [str(point) for point, end in ends.items() if end.orphans] == []


def test_the_walk_through(ends: dict[Point, End]) -> None:
    by_name = {str(point): end for point, end in ends.items()}
    for name, status, error in WALK:
        assert (by_name[name].status, by_name[name].error) == (status, error), name


def test_an_upload_that_lands_between_the_check_and_the_wait_is_seen(
    crashing: World, plans: Path
) -> None:
    held = Point(Call("submit", "invocation", 1), "after", holds=True)
    life = Life(crashing, plans, "lands-between-", held)

    end = life.whole()

    assert (end.status, end.submits, end.happened) == ("succeeded", 1, True)
    failures = [step for step in crashing.steps(life.job_id) if step["type"] == "TaskFailed"]
    told = [step["taskFailedEventDetails"]["error"] for step in failures]
    assert told[0] == "DynamoDb.ConditionalCheckFailedException"


def test_of_two_collects_at_once_one_ends_the_job_and_the_other_leaves_nothing(
    crashing: World, plans: Path
) -> None:
    held = Point(Call("collect", "s3.PutObject", 1), "after", holds=True)
    life = Life(crashing, plans, "two-collects-", held)
    life.short()

    life.hold(life.collect)

    end = life.final()
    crashing.ended(life.job_id)
    assert (end.status, end.submits, end.happened) == ("succeeded", 1, True)
    assert life.final().orphans == 0
