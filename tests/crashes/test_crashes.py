"""Every function is killed before and after each call that leaves it in a job's usual lives.

No point is written down: they are found by recording whole lives of jobs. Each job must end by itself, and be sent
at most once.
"""

from pathlib import Path

import pytest

from tests.crashes.crowd import BEFORE_AND_AFTER, in_lives, table
from tests.crashes.lives import End, Life, life_of
from tests.crashes.plans import Call, Point
from tests.support.tables import TABLE, RecordProperty
from tests.support.world import FINAL, World


@pytest.fixture(scope="module")
def calls(crashing: World, plans: Path) -> list[Call]:
    """Every call that some life makes: of a first run, in which processes are new, and of a second one."""
    found: dict[Call, None] = {}
    for turn in range(2):
        for kind in ("DELETE /v1/jobs/{job_id}", "POST /v1/jobs/{job_id}/cancel"):
            life = Life(crashing, plans, f"recorded-{turn}-{len(kind)}")
            assert life_of(kind)(life).status in FINAL
            found |= dict.fromkeys(life.plan.seen())
            life.plan.end()
    return list(found)


@pytest.fixture(scope="module")
def ends(crashing: World, plans: Path, calls: list[Call]) -> dict[Point, End]:
    """What became of the job for each point of a function's death."""

    def live(point: Point, number: int) -> End:
        life = Life(crashing, plans, f"point-{number}-", point)
        try:
            return life_of(point.call.kind)(life)
        finally:
            life.plan.end()

    points = [Point(call, when) for call in calls for when in BEFORE_AND_AFTER]
    return in_lives(live, points, crashing)


def test_wherever_a_function_dies_the_job_ends_and_is_sent_at_most_once(
    ends: dict[Point, End], record_property: RecordProperty
) -> None:
    by_name = {str(point): end for point, end in ends.items()}
    record_property(TABLE, table(by_name))

    assert [name for name, end in by_name.items() if not end.happened] == []
    assert all(end.status in FINAL and end.submits <= 1 for end in by_name.values())
    assert all(end.submits == 1 for end in by_name.values() if end.status == "succeeded")
    assert {end.error for end in by_name.values() if end.submits == 0} == {
        None,
        "submission-unknown",
    }
    services = {point.call.name.partition(".")[0] for point in ends}
    assert services >= {"dynamodb", "s3", "secretsmanager", "stepfunctions", "provider"}


def test_no_death_leaves_a_copy_that_no_job_names(ends: dict[Point, End]) -> None:
    assert [str(point) for point, end in ends.items() if end.orphans] == []


def test_the_walk_through(ends: dict[Point, End]) -> None:
    by_name = {str(point): end for point, end in ends.items()}
    webhook = "POST /v1/webhooks/modelslab/{job_id}/{token}"
    for name, status, error in [
        ("submit: before provider.submit", "failed", "submission-unknown"),
        ("submit: after provider.submit", "succeeded", None),
        ("collect: after s3.PutObject", "succeeded", None),
        ("collect: before dynamodb.UpdateItem", "succeeded", None),
        (f"{webhook}: before stepfunctions.SendTaskSuccess", "succeeded", None),
        ("landed: before stepfunctions.SendTaskSuccess", "succeeded", None),
        ("landed: before invocation", "succeeded", None),
        ("starter: before stepfunctions.StartExecution", "succeeded", None),
    ]:
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
