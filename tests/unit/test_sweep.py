"""The hourly sweep: dead, missing and late executions."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest

from faceswap.ports.executions import ExecutionState
from faceswap.rules.job import Job
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.samples import JOB_ID, START


def sweep(use_cases: FakedUseCases) -> tuple[int, list[str]]:
    failed: list[str] = []
    swept = use_cases.sweep_jobs.run(has_time=lambda: True, failed=failed.append)
    return swept.helped, failed


def let_be(use_cases: FakedUseCases, state: ExecutionState, *jobs: Job) -> None:
    """Let this have become of the executions of the jobs."""
    use_cases.states |= {job.job_id: state for job in jobs}


def pass_start(use_cases: FakedUseCases) -> None:
    """Let the time pass in which an execution starts."""
    use_cases.clock.forward(timedelta(minutes=15).total_seconds())


@pytest.mark.parametrize("status", ["awaiting_upload", "queued", "processing", "cancelled"])
def test_where_the_execution_died_the_next_one_is_started(
    use_cases: FakedUseCases, status: str
) -> None:
    job, closed = use_cases.job(status=status), use_cases.job()
    use_cases.jobs.move(closed, "failed", use_cases.clock.now, closed_at=use_cases.clock.now)
    let_be(use_cases, "ended", job)
    pass_start(use_cases)

    assert sweep(use_cases) == (1, [])
    assert sweep(use_cases) == (1, [])

    # The second one may have been lost before it was started: it is started again, under the same number.
    assert use_cases.executions.asked == [f"{job.job_id}-2"] * 2
    after = use_cases.read(job)
    assert (after.executions, after.status, after.version) == (2, status, 1)
    assert use_cases.asked("") == 0


def test_the_sweep_tells_by_how_much_the_most_overdue_job_is_late(use_cases: FakedUseCases) -> None:
    jobs = [use_cases.job(), use_cases.processing()]
    let_be(use_cases, "running", *jobs)
    use_cases.clock.now = max(job.deadline_at for job in jobs) + timedelta(minutes=15)

    swept = use_cases.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    late = use_cases.clock.now - min(job.deadline_at for job in jobs)
    assert swept.overdue_seconds == late.total_seconds() > 0


def test_where_nothing_is_overdue_nothing_is_late(use_cases: FakedUseCases) -> None:
    swept = use_cases.sweep_jobs.run(has_time=lambda: True, failed=pytest.fail)

    assert swept == (0, 0.0)


def test_a_job_whose_execution_never_began_gets_one(use_cases: FakedUseCases) -> None:
    job = use_cases.job()
    let_be(use_cases, "never started", job)

    assert sweep(use_cases) == (0, [])
    use_cases.clock.forward(timedelta(minutes=15).total_seconds())
    assert sweep(use_cases) == (1, [])

    assert use_cases.executions.asked == [job.job_id]


def test_a_running_execution_that_is_due_is_woken(use_cases: FakedUseCases) -> None:
    job = use_cases.processing(task_token="t-1", deadline_at=START + timedelta(hours=1))
    let_be(use_cases, "running", job)

    assert sweep(use_cases) == (0, [])
    pass_start(use_cases)
    assert sweep(use_cases) == (1, [])

    assert use_cases.executions.woken == ["t-1"]
    assert use_cases.read(job).wakeup_count == 1


def test_a_job_that_slept_past_its_upload_is_woken(use_cases: FakedUseCases) -> None:
    job = use_cases.job(status="awaiting_upload")
    use_cases.jobs.sleep(job.job_id, "t-1", use_cases.clock.now + timedelta(days=1))
    let_be(use_cases, "running", job)
    use_cases.jobs.wake(job.job_id, only_in="awaiting_upload")  # and dies before anybody rises

    assert sweep(use_cases) == (1, [])

    assert use_cases.executions.woken == ["t-1"]


def test_a_job_that_is_not_due_is_left_alone(use_cases: FakedUseCases) -> None:
    asleep, due = use_cases.job(), use_cases.job()
    for job in (asleep, due):
        use_cases.jobs.sleep(job.job_id, "t", use_cases.clock.now + timedelta(hours=1))
    pass_start(use_cases)
    use_cases.jobs.sleep(due.job_id, "t", use_cases.clock.now)
    let_be(use_cases, "ended", due)

    assert sweep(use_cases) == (1, [])
    assert use_cases.executions.asked == [f"{due.job_id}-2"]


def test_an_execution_that_died_while_it_slept_is_followed_by_the_next(
    use_cases: FakedUseCases,
) -> None:
    job = use_cases.job()
    use_cases.jobs.sleep(job.job_id, "t", use_cases.clock.now + timedelta(days=1))
    let_be(use_cases, "ended", job)
    use_cases.dead_executions.append(job.job_id)

    assert sweep(use_cases) == (1, [])
    assert use_cases.executions.asked == [f"{job.job_id}-2"]


def test_a_job_that_is_due_and_whose_execution_died_is_helped_once(
    use_cases: FakedUseCases,
) -> None:
    job, other = use_cases.job(), use_cases.job()
    let_be(use_cases, "ended", job, other)
    use_cases.dead_executions.append(job.job_id)
    pass_start(use_cases)

    assert sweep(use_cases) == (2, [])
    assert sorted(use_cases.executions.asked) == sorted(f"{each.job_id}-2" for each in (job, other))


def test_who_runs_again_since_his_execution_died_is_left_alone(use_cases: FakedUseCases) -> None:
    job = use_cases.job(task_token="t-1")
    let_be(use_cases, "running", job)
    use_cases.dead_executions.append(job.job_id)

    assert sweep(use_cases) == (0, [])
    assert use_cases.executions.woken == []


def test_who_is_not_there_any_more_holds_up_nobody(use_cases: FakedUseCases) -> None:
    job = use_cases.job()
    let_be(use_cases, "ended", job)
    use_cases.dead_executions += [JOB_ID, job.job_id]

    assert sweep(use_cases) == (1, [])


def test_a_job_that_ends_while_it_is_looked_at_is_left_alone(use_cases: FakedUseCases) -> None:
    job = use_cases.processing()
    let_be(use_cases, "ended", job)
    pass_start(use_cases)
    meanwhile(use_cases.jobs, "note", partial(use_cases.cancel_job.run, job.job_id, "me"))

    assert sweep(use_cases) == (0, [])
    assert use_cases.executions.asked == []


def test_one_broken_job_does_not_hold_up_the_others(use_cases: FakedUseCases) -> None:
    broken = use_cases.processing()
    use_cases.clock.forward(1)
    job = use_cases.processing()
    let_be(use_cases, "ended", job)
    pass_start(use_cases)

    assert sweep(use_cases) == (1, [broken.job_id])
    assert use_cases.executions.asked == [f"{job.job_id}-2"]


def test_the_sweep_stops_when_its_time_is_up(use_cases: FakedUseCases) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(use_cases.processing())
        use_cases.clock.forward(1)
    let_be(use_cases, "ended", *jobs)
    pass_start(use_cases)
    has_time = iter([True, False, True])

    swept = use_cases.sweep_jobs.run(has_time=lambda: next(has_time), failed=pytest.fail)

    assert swept.helped == 1
    assert use_cases.executions.asked == [f"{jobs[0].job_id}-2"]


def test_executions_that_died_since_well_before_the_last_sweep_are_looked_for(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[timedelta] = []

    def dead(since: datetime) -> Iterator[str]:
        asked.append(use_cases.clock.now - since)
        return iter(())

    monkeypatch.setattr(use_cases.executions, "dead", dead)
    sweep(use_cases)

    assert asked == [timedelta(hours=2)]


def test_a_queue_that_fails_holds_up_no_job_and_is_told(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    let_be(use_cases, "ended", job)
    pass_start(use_cases)
    monkeypatch.setattr(use_cases.admission, "state", lambda: 1 / 0)

    assert sweep(use_cases) == (1, ["the queue"])


def test_executions_that_cannot_be_listed_hold_up_no_job_that_is_due_and_that_is_told(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    let_be(use_cases, "ended", job)
    pass_start(use_cases)
    monkeypatch.setattr(use_cases.executions, "dead", lambda _since: 1 / 0)

    assert sweep(use_cases) == (1, ["the list of executions"])
