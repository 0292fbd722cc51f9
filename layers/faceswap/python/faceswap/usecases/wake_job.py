"""Wake a job: the one way in which a message makes somebody poll (architecture, the state machine)."""

from faceswap.ports.executions import Executions
from faceswap.ports.jobs import Jobs
from faceswap.rules.job import Evidence, Job
from faceswap.rules.status import Status


class WakeJob:
    """Counts a wake-up, with what the message said, and ends the wait if the execution sleeps."""

    def __init__(self, *, jobs: Jobs, executions: Executions) -> None:
        self._jobs = jobs
        self._executions = executions

    def run(
        self,
        job_id: str,
        *,
        only_in: Status | None = None,
        seen: int | None = None,
        once: str | None = None,
        **evidence: Evidence,
    ) -> Job | None:
        """Wake it, unless the message is a repetition, as `Jobs.wake` judges it; a closed job is left alone.

        Returns:
            The job after that, None if there is none.
        """
        wakeup = self._jobs.wake(job_id, only_in=only_in, seen=seen, once=once, **evidence)
        if wakeup is None:
            return None
        # Who was counted by another one since it was seen, or by a write whose answer was lost, may sleep still.
        was_counted = seen is not None and wakeup.job.status == only_in
        if wakeup.is_counted or was_counted:
            self._executions.wake(wakeup.job.task_token)
        return wakeup.job
