"""Give back the slot of a job that the provider is done with; who is next in the queue has it in the same write."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Admission
from faceswap.rules.job import Job
from faceswap.usecases.dispatch_slots import DispatchSlots, Leaving


class ReleaseSlot:
    """Frees slots."""

    def __init__(
        self,
        *,
        admission: Admission,
        dispatch_slots: DispatchSlots,
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._dispatch_slots = dispatch_slots
        self._clock = clock

    def run(self, job: Job) -> None:
        """Free the job's slot, if it has one."""
        began = job.submitted_at if job.accepted_at else None
        took = (self._clock() - began).total_seconds() if began else None
        if self._admission.give_back(job.job_id, took) == "awaited":
            self._dispatch_slots.run(leaving=Leaving(job.job_id, took))
