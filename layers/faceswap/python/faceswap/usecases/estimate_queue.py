"""When a queued job may be done."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from faceswap.ports.admission import Admission, Queue
from faceswap.rules.job import Job
from faceswap.rules.queue import AdmissionState, Waiting, queue_eta


class Outlook(NamedTuple):
    """When a job may be done, None where nothing true can be said; and whether nobody is sent today any more."""

    eta: datetime | None
    waits_for_budget: bool


class EstimateQueue:
    """Estimates from how many jobs are ahead and how long jobs took lately: two reads, whatever waits."""

    def __init__(
        self, *, admission: Admission, queue: Queue, clock: Callable[[], datetime]
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._clock = clock

    def run(self, job: Job) -> Outlook:
        """When the job may be done, and whether it waits for another day's budget."""
        now, state = self._clock(), self._admission.state()
        is_held = state.is_held_for_budget(now) or _waits_alone_for_budget(job, now)
        return Outlook(self._eta(job, state), is_held)

    def _eta(self, job: Job, state: AdmissionState) -> datetime | None:
        waiting = Waiting(job.queue_tag, job.job_id) if job.queue_tag else None
        ahead = self._queue.ahead(waiting) if waiting and state.durations else 0
        if ahead is None or (waiting is None and state.waiting_at):
            return None
        return queue_eta(
            self._clock(),
            not_before=max(filter(None, (job.submit_after, state.hold_until)), default=None),
            ahead=ahead,
            size=self._admission.size,
            durations=state.durations.values(),
        )


def _waits_alone_for_budget(job: Job, now: datetime) -> bool:
    """Whether the budget of the job's own currency is spent, which is not the stack's any more."""
    if job.submit_after is None:
        return False
    from faceswap.rules.quotas import midnight_after

    return job.submit_after == midnight_after(now)
