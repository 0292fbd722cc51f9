"""Give back the slot of a job that the provider is done with, and wake who is next in the queue."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from faceswap.ports import Jobs, Slots
from faceswap.rules.job import Job
from faceswap.rules.queue import next_in_queue
from faceswap.usecases.wake_job import WakeJob

_MOST_LOOKED_AT = 200


class ReleaseSlot:
    """Frees slots."""

    def __init__(
        self, *, slots: Slots, jobs: Jobs, wake_job: WakeJob, clock: Callable[[], datetime]
    ) -> None:
        self._slots = slots
        self._jobs = jobs
        self._wake_job = wake_job
        self._clock = clock

    def run(self, job: Job) -> None:
        """Free the job's slot, if it has one.

        If this dies before the wake-up, the one that waits finds the slot at its next plain poll.
        """
        began = job.submitted_at if job.accepted_at else None
        took = (self._clock() - began).total_seconds() if began else None
        if not self._slots.give_back(job.job_id, took):
            return
        oldest = self._jobs.get_all(islice(self._jobs.open_ids(), _MOST_LOOKED_AT))
        following = next_in_queue(oldest, self._clock())
        if following is not None:
            self._wake_job.run(following.job_id)
