"""The hourly sweep: helps jobs whose execution died or never began, and the queue. It never polls and never copies."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from faceswap.ports.executions import Executions
from faceswap.ports.jobs import JobLists, Jobs
from faceswap.rules.job import Job
from faceswap.usecases.dispatch_slots import DispatchSlots
from faceswap.usecases.wake_job import WakeJob

if TYPE_CHECKING:
    from faceswap.usecases.keep_budget import KeepBudget

_BETWEEN_SWEEPS = timedelta(hours=2)
"""At least: what one sweep misses the next one finds."""


class Swept(NamedTuple):
    """What a sweep found: how many jobs it helped, and by how many seconds the most overdue one is late."""

    helped: int
    overdue_seconds: float


class SweepJobs:
    """Sweeps over the jobs that nobody has looked after when it was due, and those whose execution has died."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        job_lists: JobLists,
        executions: Executions,
        wake_job: WakeJob,
        dispatch_slots: DispatchSlots,
        clock: Callable[[], datetime],
        keep_budget: "KeepBudget | None" = None,
    ) -> None:
        self._keep_budget = keep_budget
        self._jobs = jobs
        self._job_lists = job_lists
        self._executions = executions
        self._wake_job = wake_job
        self._dispatch_slots = dispatch_slots
        self._clock = clock

    def run(self, *, has_time: Callable[[], bool], failed: Callable[[str], None]) -> Swept:
        """Hand out slots that are free, then go through the jobs, the most overdue first, while there is time.

        Args:
            has_time: asked before each job.
            failed: told of a job whose sweep raised, while the exception is at hand; the others go on.
        """
        helped, latest = 0, 0.0
        try:
            if self._keep_budget:
                self._keep_budget.run()
            self._dispatch_slots.run()
        except Exception:  # jobs that sleep need no slot to be helped
            failed("the queue")
        for job_id in self._wanting(failed):
            if not has_time():
                break
            try:
                job = self._jobs.get(job_id)
                if job is None or job.closed_at:
                    continue
                if job.erased_at is None:  # the provider may take a day to delete
                    latest = max(latest, (self._clock() - job.deadline_at).total_seconds())
                helped += self._help(job)
            except Exception:  # one broken job must not hold up the others
                failed(job_id)
        return Swept(helped, latest)

    def _wanting(self, failed: Callable[[str], None]) -> Iterator[str]:
        """Those that are due and those whose execution has died while it slept, in turns; each once."""
        now, known = self._clock(), set[str]()
        for pair in zip_longest(self._job_lists.due(now), self._dead(now, failed)):
            for job_id in pair:
                if job_id is not None and job_id not in known:
                    known.add(job_id)
                    yield job_id

    def _dead(self, now: datetime, failed: Callable[[str], None]) -> Iterator[str]:
        try:
            yield from self._executions.dead(now - _BETWEEN_SWEEPS)
        except Exception:  # those that are due need no list of executions
            failed("the list of executions")

    def _help(self, job: Job) -> bool:
        """Do for one job what its execution does not; whether there was anything to do."""
        state = self._executions.state(job.job_id, job.executions)
        if state == "running":
            # It sleeps past what it should have heard of, or works: then it looks once more.
            is_due = job.due_at is not None and job.due_at <= self._clock()
            if is_due:
                self._wake_job.run(job.job_id)
            return is_due
        if state == "ended":
            # Noted first: whoever dies here is followed by a sweep that finds the next one never started.
            following = self._jobs.note(job, executions=job.executions + 1)
            if following is None:
                return False
            job = following
        self._executions.start(job.job_id, job.executions)
        return True
