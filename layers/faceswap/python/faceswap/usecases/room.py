"""Room at the provider: jobs enter before they are sent, and leave when the provider is seen to be done with them."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from faceswap.rules.job import Job
from faceswap.rules.line import next_in_line, queue_eta
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.store.slots import SlotStore
from faceswap.usecases.wake import wake

_MOST_LOOKED_AT = 200


class Room:
    """As many jobs at the provider as the account may have."""

    def __init__(
        self,
        *,
        slots: SlotStore,
        jobs: JobStore,
        executions: ExecutionStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._slots = slots
        self._jobs = jobs
        self._executions = executions
        self._clock = clock

    def enter(self, job_id: str, until: datetime) -> bool:
        """Take a slot until then at the longest. Whether there was one."""
        return self._slots.take(job_id, self._clock(), until)

    def step_back(self, job_id: str) -> None:
        """Give the slot back of a job that did not get in; nobody is woken, as the provider takes none."""
        self._slots.give_back(job_id)

    def leave(self, job: Job) -> None:
        """Give the slot back of a job that the provider is done with, and wake who is next in line.

        If this dies before the wake-up, the one that waits finds the room at its next plain look.
        """
        began = job.submitted_at if job.accepted_at else None
        took = (self._clock() - began).total_seconds() if began else None
        if not self._slots.give_back(job.job_id, took):
            return
        oldest = self._jobs.get_all(islice(self._jobs.open_ids(), _MOST_LOOKED_AT))
        following = next_in_line(oldest, self._clock())
        if following is not None:
            wake(following.job_id, jobs=self._jobs, executions=self._executions)

    def eta(self, job: Job) -> datetime | None:
        """When a queued job may be done, as far as anybody can tell."""
        return queue_eta(
            job,
            self._clock(),
            ahead=self._jobs.count_older(job),
            room=self._slots.size,
            pace=self._slots.pace(),
        )
