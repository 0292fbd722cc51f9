"""How old the oldest open job is."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports import Jobs


class OldestOpenJob:
    """Measures the backlog."""

    def __init__(self, *, jobs: Jobs, clock: Callable[[], datetime]) -> None:
        self._jobs = jobs
        self._clock = clock

    def run(self) -> float:
        """The age of the oldest open job in seconds, 0 without one."""
        first = next(self._jobs.open_ids(), None)
        job = self._jobs.get(first) if first else None
        return (self._clock() - job.created_at).total_seconds() if job else 0.0
