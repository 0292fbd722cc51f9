"""Send who waits in the queue while all their executions sleep: the dispatch that a schedule runs once a minute."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from faceswap.ports.admission import Admission
from faceswap.ports.executions import Executions
from faceswap.ports.jobs import Jobs
from faceswap.rules.job import Job
from faceswap.usecases.dispatch_slots import DispatchSlots
from faceswap.usecases.retry import Retry, Step
from faceswap.usecases.wake_job import WakeJob

if TYPE_CHECKING:
    from faceswap.usecases.submit_job import SubmitJob


class SendQueued:
    """Sends queued jobs, one after the other; an execution hears of it once the provider has taken its job.

    So waiting for a provider that takes nobody costs no transition. `submit_job` is asked for once there is somebody
    to be sent. `failed` is told of a job that could not be sent, while the exception is at hand; and of the queue.

    While everybody sleeps nobody else looks for them. So what fails before a job is handed a slot is tried again.
    """

    def __init__(
        self,
        *,
        admission: Admission,
        dispatch_slots: DispatchSlots,
        jobs: Jobs,
        executions: Executions,
        wake_job: WakeJob,
        submit_job: "Callable[[], SubmitJob]",
        retry: Retry,
        failed: Callable[[str], object],
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._dispatch_slots = dispatch_slots
        self._jobs = jobs
        self._executions = executions
        self._wake_job = wake_job
        self._submit_job = submit_job
        self._retry = retry
        self._failed = failed
        self._clock = clock

    def run(self, public_base_url: str, *, has_time: Callable[[], bool]) -> int:
        """Dispatch: one read if nobody waits, nothing is free, or the provider takes nobody for a while.

        Args:
            public_base_url: under which the provider reaches us.
            has_time: whether there is time for one more submit. Those who may be woken wait for none: they are woken
                for the other slots before each submit, and for what is left in the end.

        Returns:
            How many jobs were tried.
        """
        now, state = self._clock(), self._persist(self._admission.state, has_time)
        if not state.lets_send(self._admission.size, now) and not state.late(now):
            return 0
        tried = 0
        while has_time():
            job = self._persist(self._dispatch_slots.next, has_time)
            if job is None:
                return tried
            tried += 1
            if not self._send(job, public_base_url):
                return tried
        self._dispatch_slots.run()
        return tried

    def _persist(self, step: Callable[[], Step], has_time: Callable[[], bool]) -> Step:
        return self._retry.run(step, failed=lambda: self._failed("the queue"), has_time=has_time)

    def _send(self, job: Job, public_base_url: str) -> bool:
        """Send one job; whether that went as it should. Whatever happens, its execution hears of it if it has to."""
        try:
            self._dispatch_slots.run()
            self._submit_job().run(job.job_id, public_base_url, asleep_at=job.queue_tag)
        except Exception:  # the next scheduled dispatch comes soon, and the job is not sent twice
            self._failed(job.job_id)
            self._tell(job)
            return False
        self._tell(job)
        return True

    def _tell(self, job: Job) -> None:
        """Wake the job's execution, unless the job waits on. Should we die before that, the next dispatch wakes it."""
        after = self._jobs.get(job.job_id)
        if after is None or after.closed_at:
            self._executions.wake(job.task_token)
        elif after.status != "queued":
            self._wake_job.run(job.job_id)
            self._admission.take_up(job.job_id)
