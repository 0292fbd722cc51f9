"""The provider takes nobody for a while: then one job at a time is tried, and for a while none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from faceswap.ports.admission import Admission, Queue
from faceswap.rules.job import Job
from faceswap.rules.queue import DISPATCH_INTERVAL, hold_seconds, tag_of
from faceswap.usecases.dispatch_slots import DispatchSlots


class Held(NamedTuple):
    """What a refused job waits with: its place in the queue, and when it polls by itself, if it does."""

    queue_tag: str
    poll_at: datetime | None


class HoldQueue:
    """Holds the queue back."""

    def __init__(
        self,
        *,
        admission: Admission,
        queue: Queue,
        dispatch_slots: DispatchSlots,
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._dispatch_slots = dispatch_slots
        self._clock = clock

    def run(self, job: Job, until: datetime, *, perhaps_its_own: bool) -> Held | None:
        """Give a refused job's slot back. Until the provider takes a job again only one at a time is tried.

        Args:
            job: the refused job.
            until: so long the provider takes nobody, as far as this refusal tells.
            perhaps_its_own: whether the refusal may be this job's own. Then the first one in a row holds back nobody
                else: the next job is tried at once, and tells which it was.

        Returns:
            What the job waits with; None if it waits alone until then.
        """
        now, state = self._clock(), self._admission.state()
        if perhaps_its_own and not state.refusals:
            self._admission.refuse(job.job_id, 1, None)
            self._dispatch_slots.run()
            return None
        is_same_round = state.refusals > 0 and state.is_held(now)
        refusals = state.refusals + (not is_same_round)
        wait = (until - now).total_seconds()
        hold_until = now + timedelta(seconds=hold_seconds(wait, refusals))
        place = self.place(job)
        self._admission.refuse(job.job_id, refusals, hold_until)
        # Who has not waited yet is tried again as soon as the provider asked, if no scheduled dispatch comes before.
        is_first = refusals == 1 and not is_same_round and job.wakes == 0
        polls = is_first and hold_until - job.created_at <= DISPATCH_INTERVAL
        return Held(place, hold_until if polls else None)

    def place(self, job: Job) -> str:
        """A place in the queue for a job that was refused."""
        now, state = self._clock(), self._admission.state()
        self._admission.mark(now)
        return tag_of(self._queue.number(job.owner, state.virtual_time, now), now)
