"""The hourly sweep: what no execution looks after, because it died or never began, is looked after here."""

from collections.abc import Callable
from datetime import datetime, timedelta

from faceswap.rules.job import Job
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.usecases.collect_result import ResultCollector
from faceswap.usecases.wake import wake

_TIME_TO_START = timedelta(minutes=15)


class JobSweeper:
    """Sweeps over all open jobs."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        executions: ExecutionStore,
        collector: ResultCollector,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._executions = executions
        self._collector = collector
        self._clock = clock

    def sweep(self, *, has_time: Callable[[], bool], failed: Callable[[str], None]) -> int:
        """Look at each open job, the oldest first, while there is time.

        Args:
            has_time: asked before each job.
            failed: told of a job whose sweep raised, while the exception is at hand; the others go on.

        Returns:
            How many jobs needed help.
        """
        helped = 0
        for job_id in self._jobs.open_ids():
            if not has_time():
                break
            try:
                helped += self._help(job_id)
            except Exception:  # one broken job must not hold up the others
                failed(job_id)
        return helped

    def oldest(self) -> float:
        """The age of the oldest open job in seconds, 0 without one."""
        first = next(self._jobs.open_ids(), None)
        job = self._jobs.get(first) if first else None
        return (self._clock() - job.created_at).total_seconds() if job else 0.0

    def _help(self, job_id: str) -> bool:
        """Do for one job what its execution does not; whether there was anything to do."""
        job = self._jobs.get(job_id)
        if job is None or job.is_final:
            return False
        state = self._executions.state(job_id)
        if state == "running":
            return self._wake_overdue(job)
        if state == "never started":
            if self._clock() - job.created_at < _TIME_TO_START:
                return False
            self._executions.start(job_id)
            return True
        self._collector.collect(job_id)
        return True

    def _wake_overdue(self, job: Job) -> bool:
        if self._clock() < job.deadline_at:
            return False
        wake(job.job_id, jobs=self._jobs, executions=self._executions)
        return True
