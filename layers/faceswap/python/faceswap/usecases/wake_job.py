"""Wake a job: the one way in which a message makes somebody poll (architecture, the state machine)."""

from faceswap.ports import Executions, Jobs
from faceswap.rules.job import Evidence, Job


class WakeJob:
    """Counts a wake-up, with what the message said, and ends the wait if the execution sleeps."""

    def __init__(self, *, jobs: Jobs, executions: Executions) -> None:
        self._jobs = jobs
        self._executions = executions

    def run(self, job_id: str, **evidence: Evidence) -> Job | None:
        """Wake it; a closed job is left alone.

        Returns:
            The job after that, None if there is none.
        """
        job = self._jobs.wake(job_id, **evidence)
        if job is not None and job.closed_at is None:
            self._executions.wake(job.task_token)
        return job
