"""Every function is killed before and after each call that leaves it, and every execution between its states.

No point is written down: they are found by recording whole lives of jobs. Each job must end by itself, and be sent
at most once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.stack import down, up
from tests.crashes.lives import End, Life, life_of
from tests.crashes.other_lives import LEAVES, OTHER_LIVES, WAITS, OtherLife, calls_on
from tests.crashes.plans import Call, Point, When
from tests.support.until import until
from tests.support.world import FINAL, VIDEO, World

ROOM = 500
PARAMETERS = {
    "FirstLookSeconds": "1",
    "MaxLookSeconds": "2",
    "UploadDeadlineSeconds": "30",
    "QueueDeadlineSeconds": "30",
    "JobDeadlineSeconds": "25",
    "ProviderConcurrency": str(ROOM),
}
_AT_ONCE = 12
_HOOK = Path(__file__).parent / "hook"
_BEFORE_AND_AFTER: tuple[When, When] = ("before", "after")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the functions look for what is planned."""
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def deadly(tmp_path_factory: pytest.TempPathFactory, plans: Path) -> Iterator[World]:
    """A stack whose functions die by plan, and in which a pause takes a second."""
    work = tmp_path_factory.mktemp("deadly")
    canned = work / "canned.mp4"
    canned.write_bytes(VIDEO)
    hook = {"FUNCTION_HOOK": "crash_hook", "CRASH_PLANS": str(plans)}
    try:
        stack = up(
            work,
            parameters=PARAMETERS,
            chaos=True,
            canned=canned,
            extra_environment=hook,
            extra_paths=[_HOOK],
        )
        world = World(stack)
        faster = {"stepfunctions._SFN_WAIT_SCALE": 1 / 60}
        assert world.http.post(
            f"{stack.aws_endpoint_url}/_ministack/config", json=faster
        ).is_success
        world.behave(result="canned", seconds=0.2, room=100)
        yield world
        world.close()
    finally:
        down(work)


@pytest.fixture(scope="module")
def calls(deadly: World, plans: Path) -> list[Call]:
    """Every call that some life makes: of a first run, in which processes are new, and of a second one."""
    found: dict[Call, None] = {}
    for turn in range(2):
        for kind in ("DELETE /v1/jobs/{job_id}", "POST /v1/jobs/{job_id}/cancel"):
            life = Life(deadly, plans, f"recorded-{turn}-{len(kind)}")
            assert life_of(kind)(life).status in FINAL
            found |= dict.fromkeys(life.plan.seen())
            life.plan.end()
    return list(found)


def in_lives(
    live: Callable[[Point, int], End], points: Sequence[Point], world: World
) -> dict[Point, End]:
    """Each point in a life of its own, many at once.

    What no crowd shows, because only the first job of all or one alone comes there, again one by one on a table
    without slots.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = threads.map(live, points, range(len(points)))
        ends = dict(zip(points, found, strict=True))
    missed = [point for point, end in ends.items() if not end.happened]
    for number, point in enumerate(missed, len(points)):
        world.aws("dynamodb").delete_item(
            TableName=world.stack.jobs_table, Key={"pk": {"S": "slots"}}
        )
        ends[point] = live(point, number)
    return ends


@pytest.fixture(scope="module")
def ends(deadly: World, plans: Path, calls: list[Call]) -> dict[Point, End]:
    """What became of the job for each point of a function's death."""

    def live(point: Point, number: int) -> End:
        life = Life(deadly, plans, f"point-{number}-", point)
        try:
            return life_of(point.call.kind)(life)
        finally:
            life.plan.end()

    points = [Point(call, when) for call in calls for when in _BEFORE_AND_AFTER]
    return in_lives(live, points, deadly)


def table(ends: Mapping[str, End]) -> str:
    rows = [f"{point:<86} {end}" for point, end in ends.items()]
    return "\n".join(["", f"{'the process dies':<86} {'the job':<32} submits orphans", *rows])


def test_wherever_a_function_dies_the_job_ends_and_is_sent_at_most_once(
    ends: dict[Point, End], capsys: pytest.CaptureFixture[str]
) -> None:
    by_name = {str(point): end for point, end in ends.items()}
    with capsys.disabled():
        print(table(by_name))

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
    deadly: World, plans: Path
) -> None:
    held = Point(Call("submit", "invocation", 1), "after", holds=True)
    life = Life(deadly, plans, "lands-between-", held)

    end = life.whole()

    assert (end.status, end.submits, end.happened) == ("succeeded", 1, True)
    failures = [step for step in deadly.steps(life.job_id) if step["type"] == "TaskFailed"]
    told = [step["taskFailedEventDetails"]["error"] for step in failures]
    assert told[0] == "DynamoDb.ConditionalCheckFailedException"


def test_of_two_collects_at_once_one_ends_the_job_and_the_other_leaves_nothing(
    deadly: World, plans: Path
) -> None:
    held = Point(Call("collect", "s3.PutObject", 1), "after", holds=True)
    life = Life(deadly, plans, "two-collects-", held)
    life.short()

    life.hold(life.collect)

    end = life.final()
    deadly.ended(life.job_id)
    assert (end.status, end.submits, end.happened) == ("succeeded", 1, True)
    assert life.final().orphans == 0


def test_an_execution_that_is_stopped_between_its_states_is_made_good_by_the_sweep(
    deadly: World, plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deadly.behave(result="canned", seconds=4, webhook="withheld", room=100)
    points = [
        Point(Call(kind, "invocation", 1), when, holds=True)
        for kind in ("submit", "collect")
        for when in _BEFORE_AND_AFTER
    ]
    names = [*map(str, points), "while it waits"]

    def stop(number: int) -> End:
        point = points[number] if number < len(points) else None
        life = Life(deadly, plans, f"stopped-{number}-", point)
        return life.stopped_in(point)

    with ThreadPoolExecutor(len(names)) as threads:
        stopped = dict(zip(names, threads.map(stop, range(len(names))), strict=True))

    with capsys.disabled():
        print(table({f"execution stopped, {name}": end for name, end in stopped.items()}))
    unsent = stopped.pop("submit: before invocation")
    assert (unsent.status, unsent.error, unsent.submits) == ("failed", "queue-timeout", 0)
    assert {(end.status, end.submits) for end in stopped.values()} == {("succeeded", 1)}


def test_a_sweep_that_dies_is_made_good_by_the_next(
    deadly: World, plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deadly.behave(result="canned", seconds=4, webhook="withheld", room=100)
    recorded = Life(deadly, plans, "recorded-sweep-")
    assert recorded.stopped_in(None).status == "succeeded"
    calls = dict.fromkeys(call for call in recorded.plan.seen() if call.kind == "sweep")
    recorded.plan.end()
    points = [Point(call, when) for call in calls for when in _BEFORE_AND_AFTER]

    def live(point: Point, number: int) -> End:
        life = Life(deadly, plans, f"swept-{number}-", point)
        try:
            return life.stopped_in(None)
        finally:
            life.plan.end()

    swept = in_lives(live, points, deadly)

    with capsys.disabled():
        print(table({str(point): end for point, end in swept.items()}))
    assert [str(point) for point, end in swept.items() if not end.happened] == []
    assert {(end.status, end.submits) for end in swept.values()} == {("succeeded", 1)}


def test_what_other_lives_show_is_made_good_too(
    deadly: World, plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deadly.behave(result="canned", seconds=0.2, room=100, webhook="sent")
    first = Life(deadly, plans, "first-of-all-")
    first.short()
    first.final()  # from now on there is a table of slots
    deadly.teach({f"other-{n}-": other.script for n, other in enumerate(OTHER_LIVES)})

    def record(number: int) -> list[tuple[OtherLife, Point]]:
        other = OTHER_LIVES[number]
        life = Life(deadly, plans, f"other-{number}-")
        assert other.live(life).status in FINAL
        calls = other.calls(life.plan.seen())
        life.plan.end()
        return [(other, Point(call, when)) for call in calls for when in _BEFORE_AND_AFTER]

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        recorded = threads.map(record, range(len(OTHER_LIVES)))
        points = [point for found in recorded for point in found]
        # Each may need a second life: in a crowd things come in another order now and then.
        deadly.teach(
            {f"dies-{n}-": points[n % len(points)][0].script for n in range(2 * len(points))}
        )

        def live(number: int) -> End:
            other, point = points[number % len(points)]
            life = Life(deadly, plans, f"dies-{number}-", point)
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

    with capsys.disabled():
        print(table(ends))
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


@pytest.fixture
def nearly_full(deadly: World) -> Iterator[World]:
    """Room for one job only: strangers, who stay, have all the rest."""
    deadly.behave(result="canned", webhook="sent", room=100)
    key = {"pk": {"S": "slots"}}
    leases = {f"stranger-{n}": {"S": "2999-01-01T00:00:00Z"} for n in range(ROOM - 1)}
    table = deadly.stack.jobs_table
    slots = key | {"leases": {"M": leases}, "pace": {"M": {}}}
    deadly.aws("dynamodb").put_item(TableName=table, Item=slots)
    yield deadly
    deadly.aws("dynamodb").delete_item(TableName=table, Key=key)


def test_who_waits_for_room_gets_it_wherever_one_of_the_two_dies(
    nearly_full: World, plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def live(name: str, point: Point | None = None) -> tuple[Life, Life, End, End]:
        collects = point is not None and point.call.kind == "collect"
        first = Life(nearly_full, plans, f"leaves-{name}-", point if collects else None)
        second = Life(nearly_full, plans, f"waits-{name}-", None if collects else point)
        nearly_full.behave(seconds=1)
        first.short()
        until(lambda: first.status() == "processing")
        nearly_full.behave(seconds=0.1)
        second.short()
        until(second.is_in_line)
        told = first, second, first.final(), second.final()
        first.plan.end()
        second.plan.end()
        return told

    leaving, waiting, *_ = live("recorded")
    calls = calls_on(LEAVES, leaving.plan.seen()) + calls_on(WAITS, waiting.plan.seen())
    points = [Point(call, when) for call in calls for when in _BEFORE_AND_AFTER]
    ends: dict[str, End] = {}
    for number, point in enumerate(points):
        leaving, waiting, first, second = live(str(number), point)
        assert leaving.plan.is_done or waiting.plan.is_done, point
        ends |= {f"leaves, {point}": first, f"waits, {point}": second}

    with capsys.disabled():
        print(table(ends))
    assert {(end.status, end.submits, end.orphans) for end in ends.values()} == {
        ("succeeded", 1, 0)
    }
    assert {call.name for call in calls} >= {
        "dynamodb.BatchGetItem",
        "stepfunctions.SendTaskSuccess",
    }
