"""The provider takes nobody for a while: its refusal holds back the queue, not one job."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports import Admission
from faceswap.rules.job import Job
from faceswap.rules.queue import tag_of


class HoldQueue:
    """Holds the queue back."""

    def __init__(self, *, admission: Admission, clock: Callable[[], datetime]) -> None:
        self._admission = admission
        self._clock = clock

    def run(self, job: Job, until: datetime) -> str:
        """Give a refused job's slot back, and send nobody until then; that job polls when it is over.

        Returns:
            The job's tag: it stands before all who have waited less.
        """
        self._admission.mark(self._clock())
        self._admission.give_back(job.job_id, though_awaited=True, hold_until=until)
        number = self._admission.state().virtual_time
        return tag_of(number, job.queued_at or job.created_at)
