"""The provider takes nobody for a while: its refusal holds back the queue, or just the job, if it takes others."""

from collections.abc import Callable
from datetime import datetime, timedelta

from faceswap.ports import Admission, Jobs, Queue
from faceswap.rules.job import Job
from faceswap.rules.queue import AdmissionState, tag_of
from faceswap.usecases.dispatch_slots import DispatchSlots

_MOST_READ = 5


class HoldQueue:
    """Holds the queue back. A lease ends by itself after the span `lease`."""

    def __init__(
        self,
        *,
        admission: Admission,
        queue: Queue,
        jobs: Jobs,
        dispatch_slots: DispatchSlots,
        lease: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._jobs = jobs
        self._dispatch_slots = dispatch_slots
        self._lease = lease
        self._clock = clock

    def run(self, job: Job, until: datetime, *, perhaps_its_own: bool) -> str | None:
        """Give a refused job's slot back, and send nobody until then; that job polls when it is over.

        Args:
            job: the refused job.
            until: so long the provider takes nobody.
            perhaps_its_own: whether the refusal may be this job's own: then the first one holds back the job only, and
                the next one everybody, unless the provider has accepted another job between them.

        Returns:
            The job's tag: it stands behind those who wait. None if only the job is held back, and is in no queue.
        """
        now, state = self._clock(), self._admission.state()
        if perhaps_its_own and self._takes_others(state):
            self._admission.give_back(job.job_id, though_awaited=True, refused_at=now)
            self._dispatch_slots.run()
            return None
        self._admission.mark(now)
        longest = max(until, state.hold_until or until)
        self._admission.give_back(
            job.job_id, though_awaited=True, hold_until=longest, refused_at=now
        )
        number = self._queue.number(job.owner, state.virtual_time, now)
        return tag_of(number, now)

    def _takes_others(self, state: AdmissionState) -> bool:
        """Whether the provider has accepted a job since it last refused one, or never refused any."""
        since = state.refused_at
        if since is None:
            return True
        for job_id in state.taken_since(since, self._lease)[:_MOST_READ]:
            other = self._jobs.get(job_id)
            if other and other.accepted_at and other.accepted_at > since:
                return True
        return False
