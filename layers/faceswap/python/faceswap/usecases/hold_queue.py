"""The provider takes nobody for a while: then one job at a time is tried, and for a while none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from faceswap.ports.admission import Admission, Queue
from faceswap.rules.job import Job
from faceswap.rules.queue import hold_seconds, tag_of
from faceswap.usecases.dispatch_slots import DispatchSlots


class Held(NamedTuple):
    """What a refused job waits with: its place in the queue, and when it polls for all, if it is the one that does."""

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
            What the job waits with; None if it waits alone, in no queue, until then.
        """
        now, state = self._clock(), self._admission.state()
        if perhaps_its_own and not state.refusals:
            self._admission.refuse(job.job_id, 1, None)
            self._dispatch_slots.run()
            return None
        self._admission.mark(now)
        is_same_round = state.refusals > 0 and state.is_held(now)
        refusals = state.refusals + (not is_same_round)
        wait = (until - now).total_seconds()
        hold_until = now + timedelta(seconds=hold_seconds(wait, refusals))
        self._admission.refuse(job.job_id, refusals, hold_until)
        number = self._queue.number(job.owner, state.virtual_time, now)
        return Held(tag_of(number, now), None if is_same_round else hold_until)
