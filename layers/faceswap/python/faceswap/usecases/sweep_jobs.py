"""The hourly sweep: helps jobs whose execution died or never began."""

from collections.abc import Callable
from datetime import datetime, timedelta

from faceswap.ports import Executions, Jobs
from faceswap.rules.job import Job
from faceswap.usecases.collect_result import CollectResult
from faceswap.usecases.wake_job import WakeJob

_TIME_TO_START = timedelta(minutes=15)


class SweepJobs:
    """Sweeps over all open jobs."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        executions: Executions,
        wake_job: WakeJob,
        collect_result: CollectResult,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._executions = executions
        self._wake_job = wake_job
        self._collect_result = collect_result
        self._clock = clock

    def run(self, *, has_time: Callable[[], bool], failed: Callable[[str], None]) -> int:
        """Go through the open jobs, the oldest first, while there is time.

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
        self._collect_result.run(job_id)
        return True

    def _wake_overdue(self, job: Job) -> bool:
        if self._clock() < job.deadline_at:
            return False
        self._wake_job.run(job.job_id)
        return True
