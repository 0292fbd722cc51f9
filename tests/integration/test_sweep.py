"""The hourly sweep: dead, missing and late executions."""

import secrets
from datetime import timedelta

import pytest

from faceswap.ports import ExecutionState
from faceswap.rules.job import Job
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.usecases.sweep_jobs import SweepJobs
from faceswap.usecases.wake_job import WakeJob
from tests.support.tables_of_jobs import new_table
from tests.support.use_cases import UseCases


class Executions(ExecutionStore):
    """Executions whose states a test sets; what is started and woken is written down."""

    def __init__(self, states: dict[str, ExecutionState]) -> None:
        self.states = states
        self.started: list[str] = []
        self.woken: list[str | None] = []

    def state(self, job_id: str, number: int = 1) -> ExecutionState:
        state = self.states[job_id]
        return state if number == 1 else "never started"

    def start(self, job_id: str, number: int = 1) -> None:
        self.started.append(f"{job_id} {number}")

    def wake(self, task_token: str | None) -> None:
        self.woken.append(task_token)


@pytest.fixture
def sweeping(use_cases: UseCases) -> UseCases:
    """A use_cases whose table holds nothing yet."""
    table = new_table(use_cases.world, f"sweep-{secrets.token_hex(4)}")
    use_cases.jobs = JobStore(use_cases.world.aws("dynamodb"), table)
    return use_cases


def sweep(use_cases: UseCases, executions: Executions, times: int = 99) -> tuple[int, list[str]]:
    left = iter(range(times))
    failed: list[str] = []
    sweep_jobs = SweepJobs(
        jobs=use_cases.jobs,
        executions=executions,
        wake_job=WakeJob(jobs=use_cases.jobs, executions=executions),
        clock=use_cases.clock,
    )
    swept = sweep_jobs.run(has_time=lambda: next(left, None) is not None, failed=failed.append)
    return swept.helped, failed


def states(state: ExecutionState, *jobs: Job) -> Executions:
    return Executions({job.job_id: state for job in jobs})


@pytest.mark.parametrize("status", ["awaiting_upload", "queued", "processing", "cancelled"])
def test_where_the_execution_died_the_next_one_is_started(sweeping: UseCases, status: str) -> None:
    job, closed = sweeping.job(status=status), sweeping.job()
    sweeping.jobs.move(closed, "failed", sweeping.clock.now, closed_at=sweeping.clock.now)
    executions = states("ended", job)

    assert sweep(sweeping, executions) == (1, [])
    assert sweep(sweeping, executions) == (1, [])

    # The second one may have been lost before it was started: it is started again, under the same number.
    assert executions.started == [f"{job.job_id} 2"] * 2
    after = sweeping.read(job)
    assert (after.executions, after.status, after.version) == (2, status, 1)
    assert sweeping.asked("") == 0


def test_the_sweep_tells_by_how_much_the_most_overdue_job_is_late(sweeping: UseCases) -> None:
    jobs = [sweeping.job(), sweeping.processing()]
    executions = states("running", *jobs)
    sweep_jobs = SweepJobs(
        jobs=sweeping.jobs,
        executions=executions,
        wake_job=WakeJob(jobs=sweeping.jobs, executions=executions),
        clock=sweeping.clock,
    )
    sweeping.clock.now = max(job.deadline_at for job in jobs)

    swept = sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    late = sweeping.clock.now - min(job.deadline_at for job in jobs)
    assert swept.overdue_seconds == late.total_seconds() > 0


def test_a_job_whose_execution_never_began_gets_one(sweeping: UseCases) -> None:
    job = sweeping.job()
    executions = states("never started", job)

    assert sweep(sweeping, executions) == (0, [])
    sweeping.clock.forward(timedelta(minutes=15).total_seconds())
    assert sweep(sweeping, executions) == (1, [])

    assert executions.started == [f"{job.job_id} 1"]


def test_a_running_execution_is_only_woken_when_its_job_is_overdue(sweeping: UseCases) -> None:
    job = sweeping.processing(task_token="t-1")
    executions = states("running", job)

    assert sweep(sweeping, executions) == (0, [])
    sweeping.clock.now = job.deadline_at
    assert sweep(sweeping, executions) == (1, [])

    assert executions.woken == ["t-1"]
    assert sweeping.read(job).wakeup_count == 1


def test_one_broken_job_does_not_hold_up_the_others(sweeping: UseCases) -> None:
    broken = sweeping.processing()
    sweeping.clock.forward(1)
    job = sweeping.processing()
    executions = states("ended", job)

    assert sweep(sweeping, executions) == (1, [broken.job_id])
    assert executions.started == [f"{job.job_id} 2"]


def test_the_sweep_stops_when_its_time_is_up(sweeping: UseCases) -> None:
    first = sweeping.processing()
    sweeping.clock.forward(1)
    second = sweeping.processing()

    assert sweep(sweeping, states("ended", first, second), times=1) == (1, [])


def test_the_state_of_an_execution_is_read_from_step_functions(use_cases: UseCases) -> None:
    executions = ExecutionStore(
        use_cases.world.aws("stepfunctions"), use_cases.world.stack.outputs["StateMachineArn"]
    )
    job_id = "job_" + "q" * 26

    assert executions.state(job_id) == "never started"
    executions.start(job_id)
    assert executions.state(job_id) in {"running", "ended"}
    use_cases.world.ended(job_id)
    assert executions.state(job_id) == "ended"
    assert executions.state(job_id, 2) == "never started"
    executions.start(job_id, 2)
    executions.start(job_id, 2)
    assert executions.state(job_id, 2) in {"running", "ended"}
