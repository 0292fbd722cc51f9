"""The budget of the day is spent: nobody is sent until the next one."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Admission, Queue
from faceswap.rules.job import Job
from faceswap.rules.queue import tag_of


class HoldForBudget:
    """Holds the queue back."""

    def __init__(
        self, *, admission: Admission, queue: Queue, clock: Callable[[], datetime]
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._clock = clock

    def run(self, job: Job, until: datetime) -> str:
        """Give the slot of a job back that was not sent, and send nobody until then. Returns its place in the queue."""
        now, state = self._clock(), self._admission.state()
        self._admission.mark(now)
        self._admission.hold(job.job_id, until, "budget")
        if job.queue_tag:
            return job.queue_tag
        return tag_of(self._queue.number(job.owner, state.virtual_time, now), now)
