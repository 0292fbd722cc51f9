"""How many states the execution of a waiting job enters in a day, whatever it waits for. Counted, in passed time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from faceswap.rules.job import Deadlines
from faceswap.rules.job_media import UploadedMedia
from tests.support.boxes import VIDEO
from tests.support.faked_use_cases import FakedUseCases
from tests.support.servers import Answer
from tests.support.state_machines import Refuses, StateMachines

DAY = timedelta(hours=24)
MOST = 12
WEEK = Deadlines(upload=86_400, queue=7 * 86_400, job=21_600)


def said(status: int, body: str) -> Answer:
    return Answer(status, body.encode())


FULL = said(429, '{"status":"error","message":"Your queue is full, please try again later"}')
RATE = said(429, '{"status":"error","message":"Rate limit exceeded"}')
RATE_SHORT = said(429, '{"status":"error","message":"wait","retry_after":5}')
RATE_LONG = said(429, '{"status":"error","message":"wait","retry_after":600}')
KEY = said(401, '{"status":"error","message":"Invalid API key"}')
CREDIT = said(402, '{"status":"error","message":"Not enough credits"}')
PLAN = said(402, '{"status":"error","message":"Upgrade your plan for videos of this length."}')
MOVED = Answer(308, b"", {"location": "https://elsewhere.example/api"})
REASONS = {
    "full queue": FULL,
    "rate limit": RATE,
    "short rate limit": RATE_SHORT,
    "long rate limit": RATE_LONG,
    "key": KEY,
    "credit": CREDIT,
    "plan": PLAN,
    "address": MOVED,
}


def always(answer: Answer) -> Refuses:
    return lambda _now, _running: answer


def waiting(use_cases: FakedUseCases, size: int = 3) -> FakedUseCases:
    use_cases.admission.size = size
    use_cases.deadlines = WEEK
    return use_cases


def brought(
    machines: StateMachines, count: int, *, owners: int = 5, every: float = 7, **changes: object
) -> None:
    """So many jobs are brought by some owners, one after the other."""
    use_cases = machines.use_cases

    def bring(number: int) -> Callable[[], object]:
        return lambda: machines.start(use_cases.job(owner=f"owner-{number % owners}", **changes))

    began = use_cases.clock.now
    for number in range(count):
        machines.at(began + timedelta(seconds=number * every), bring(number))


def most_entered(machines: StateMachines) -> int:
    return max(each.waiting for each in machines.of.values())


@pytest.mark.parametrize("jobs", [1, 2, 50])
@pytest.mark.parametrize("reason", REASONS)
def test_a_provider_that_takes_nobody_for_a_day_costs_few_states(
    use_cases: FakedUseCases, reason: str, jobs: int
) -> None:
    machines = StateMachines(waiting(use_cases), always(REASONS[reason]))
    brought(machines, jobs)

    machines.run(DAY)

    assert len(machines.of) == jobs
    assert machines.provider.tries > 20
    assert most_entered(machines) <= MOST


@pytest.mark.parametrize("jobs", [1, 50])
def test_what_is_refused_for_a_day_is_all_there_and_done_once_the_provider_takes_jobs(
    use_cases: FakedUseCases, jobs: int
) -> None:
    freed = use_cases.clock.now + timedelta(hours=30)
    refuses: Refuses = lambda now, _running: None if now >= freed else CREDIT  # noqa: E731
    machines = StateMachines(waiting(use_cases), refuses)
    brought(machines, jobs)

    machines.run(timedelta(hours=34))

    assert {each.state for each in machines.of.values()} == {"Done"}
    assert {job.status for job in use_cases.jobs.now.values()} == {"succeeded"}
    assert most_entered(machines) <= MOST
    assert use_cases.admission.refusals == 0
    assert use_cases.admission.leases == {}


def test_a_refusal_of_some_seconds_is_tried_again_when_the_provider_asked(
    use_cases: FakedUseCases,
) -> None:
    free_from = use_cases.clock.now + timedelta(seconds=4)
    refuses: Refuses = lambda now, _running: None if now >= free_from else RATE_SHORT  # noqa: E731
    machines = StateMachines(waiting(use_cases), refuses, looks=False)
    brought(machines, 1)

    machines.run(timedelta(seconds=10))

    (job,) = use_cases.jobs.now.values()
    assert job.status == "processing"


@dataclass(frozen=True)
class Flap:
    """A provider that takes some jobs, and refuses others, again and again."""

    refuses: Callable[[], Refuses]
    jobs: int
    size: int = 10


def every_ten_minutes(answer: Answer) -> Refuses:
    """One job each ten minutes, whatever was asked."""
    taken: list[datetime] = []

    def refuses(now: datetime, _running: int) -> Answer | None:
        if taken and now - taken[-1] < timedelta(minutes=10):
            return answer
        taken.append(now)
        return None

    return refuses


def a_minute(many: int) -> Refuses:
    """So many requests a minute."""
    asked: list[datetime] = []

    def refuses(now: datetime, _running: int) -> Answer | None:
        late = [moment for moment in asked if now - moment < timedelta(minutes=1)]
        if len(late) >= many:
            return RATE
        asked.append(now)
        return None

    return refuses


FLAPS = {
    "one each ten minutes, full": Flap(lambda: every_ten_minutes(FULL), 60),
    "one each ten minutes, credit": Flap(lambda: every_ten_minutes(CREDIT), 60),
    "one each ten minutes, short": Flap(lambda: every_ten_minutes(RATE_SHORT), 60),
    "has room for fewer": Flap(lambda: lambda _now, running: FULL if running else None, 60),
    "two a minute": Flap(lambda: a_minute(2), 150, size=100),
    "refuses each other minute": Flap(
        lambda: lambda now, _running: RATE_SHORT if now.minute % 2 else None, 100, size=2
    ),
}


@pytest.mark.parametrize("flap", FLAPS)
def test_a_provider_that_takes_some_and_refuses_others_costs_few_states(
    flap: str, use_cases: FakedUseCases
) -> None:
    case = FLAPS[flap]
    machines = StateMachines(waiting(use_cases, case.size), case.refuses())
    brought(machines, case.jobs, every=5)

    machines.run(DAY)

    assert most_entered(machines) <= MOST
    done = [job for job in use_cases.jobs.now.values() if job.status == "succeeded"]
    assert len(done) >= 0.8 * case.jobs
    lost = [job for job in use_cases.jobs.now.values() if job.status == "failed"]
    assert "credit" in flap or not lost, "only words about credit may be about one job"


def test_one_bad_job_among_good_ones_ends_within_few_states(use_cases: FakedUseCases) -> None:
    """A clip that is too long for the plan: refused three times, with others accepted between."""
    machines = StateMachines(waiting(use_cases), always(PLAN))
    submit = machines.provider.submit
    bad: list[int] = []

    def judged(key: str, submission: object) -> object:
        machines.provider.refuses = always(PLAN) if submission.track_id in bad else _takes  # type: ignore[attr-defined]
        return submit(key, submission)  # type: ignore[arg-type]

    machines.provider.submit = judged  # type: ignore[method-assign, assignment]
    job = use_cases.job(owner="bad")
    bad.append(job.track_id)
    execution = machines.start(job)
    brought(machines, 100, every=60)

    machines.run(timedelta(hours=3))

    ended = use_cases.read(job)
    assert ended.error is not None
    assert (ended.status, ended.error.type) == ("failed", "provider-rejected")
    assert (execution.state, execution.waiting <= MOST) == ("Done", True)
    others = [job for job in use_cases.jobs.now.values() if job.owner != "bad"]
    assert {job.status for job in others} == {"succeeded"}
    assert most_entered(machines) <= MOST


def _takes(_now: datetime, _running: int) -> Answer | None:
    return None


@pytest.mark.parametrize("jobs", [1, 50])
def test_a_slot_that_does_not_get_free_costs_few_states(
    use_cases: FakedUseCases, jobs: int
) -> None:
    waiting(use_cases, 1)
    use_cases.admission.leases["job_of_another"] = use_cases.clock.now + 2 * DAY
    machines = StateMachines(use_cases, _takes)
    brought(machines, jobs)

    machines.run(DAY)

    assert {each.state for each in machines.of.values()} == {"asleep"}
    assert most_entered(machines) <= MOST


@pytest.mark.parametrize("jobs", [3, 50])
def test_a_budget_that_is_spent_costs_few_states(use_cases: FakedUseCases, jobs: int) -> None:
    use_cases.daily_budget = Decimal("0.40")
    machines = StateMachines(waiting(use_cases, 10), _takes)
    brought(machines, jobs, price=Decimal("0.16"), currency="USD")

    machines.run(DAY)

    sent = [job for job in use_cases.jobs.now.values() if job.submitted_at]
    assert len(sent) == min(jobs, 4), "two of the first day, two of the second"
    assert most_entered(machines) <= MOST


@pytest.mark.parametrize("answer", [FULL, CREDIT, RATE_SHORT], ids=["full", "credit", "short"])
@pytest.mark.parametrize("minutes", [0.5, 5, 60])
def test_who_waits_for_an_upload_then_a_slot_then_the_provider_enters_few_states_in_sum(
    use_cases: FakedUseCases, minutes: float, answer: Answer
) -> None:
    waiting(use_cases, 1)
    full_until = use_cases.clock.now + timedelta(minutes=3 * minutes)
    taken: list[datetime] = []

    def refuses(now: datetime, _running: int) -> Answer | None:
        if taken:
            return answer
        taken.append(now)
        return None

    machines = StateMachines(use_cases, refuses)
    machines.provider.seconds = full_until - use_cases.clock.now
    machines.start(use_cases.job())
    media = use_cases.uploaded(None)
    upload = media["init_video"]
    assert isinstance(upload, UploadedMedia)
    job = use_cases.job(
        status="awaiting_upload",
        media=media,
        queued_at=None,
        deadline_at=use_cases.clock.now + DAY,
    )
    execution = machines.start(job)

    def lands() -> None:
        use_cases.put(upload.key, VIDEO)
        use_cases.wake_when_complete.run(job.job_id)

    machines.at(use_cases.clock.now + timedelta(minutes=minutes), lands)
    machines.run(DAY)

    assert use_cases.read(job).status == "queued"
    assert machines.provider.tries > 20
    assert execution.waiting <= MOST
