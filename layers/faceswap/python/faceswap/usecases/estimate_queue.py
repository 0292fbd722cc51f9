"""When a queued job may be done."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports import Jobs, Slots
from faceswap.rules.job import Job
from faceswap.rules.queue import queue_eta


class EstimateQueue:
    """Estimates from how many jobs are older and how long jobs took lately."""

    def __init__(self, *, slots: Slots, jobs: Jobs, clock: Callable[[], datetime]) -> None:
        self._slots = slots
        self._jobs = jobs
        self._clock = clock

    def run(self, job: Job) -> datetime | None:
        """When the job may be done, as far as anybody can tell."""
        return queue_eta(
            job,
            self._clock(),
            ahead=self._jobs.count_older(job),
            room=self._slots.size,
            pace=self._slots.pace(),
        )
