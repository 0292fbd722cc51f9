"""The provider takes nobody for a while: its refusal holds back the queue, not one job."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports import Admission, Queue
from faceswap.rules.job import Job
from faceswap.rules.queue import tag_of


class HoldQueue:
    """Holds the queue back."""

    def __init__(
        self, *, admission: Admission, queue: Queue, clock: Callable[[], datetime]
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._clock = clock

    def run(self, job: Job, until: datetime) -> str:
        """Give a refused job's slot back, and send nobody until then; that job polls when it is over.

        Returns:
            The job's tag. It stands behind those who wait: what was refused for one job's sake must not hold them up
            again and again.
        """
        now, state = self._clock(), self._admission.state()
        self._admission.mark(now)
        longest = max(until, state.hold_until or until)
        self._admission.give_back(job.job_id, though_awaited=True, hold_until=longest)
        number = self._queue.number(job.owner, state.virtual_time, now)
        return tag_of(number, now)
