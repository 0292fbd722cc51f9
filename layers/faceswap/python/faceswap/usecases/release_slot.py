"""Give back the slot of a job that the provider is done with; who is next in the queue has it in the same write."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Admission
from faceswap.rules.job import Job
from faceswap.usecases.dispatch_slots import DispatchSlots, Leaving
from faceswap.usecases.wake_job import WakeJob


class ReleaseSlot:
    """Frees slots."""

    def __init__(
        self,
        *,
        admission: Admission,
        dispatch_slots: DispatchSlots,
        wake_job: WakeJob,
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._dispatch_slots = dispatch_slots
        self._wake_job = wake_job
        self._clock = clock

    def run(self, job: Job) -> None:
        """Free the job's slot, if it has one."""
        began = job.submitted_at if job.accepted_at else None
        took = (self._clock() - began).total_seconds() if began else None
        released = self._admission.give_back(job.job_id, took)
        if released == "awaited":
            self._dispatch_slots.run(leaving=Leaving(job.job_id, took))
        elif released == "none" and (job.submit_after or job.poll_at):
            # Others may have left it to this one to poll when the provider takes jobs again: now the next one does.
            following = self._dispatch_slots.run().first
            if following:
                self._wake_job.run(following)
