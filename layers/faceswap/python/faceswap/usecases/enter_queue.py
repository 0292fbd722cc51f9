"""Enter the queue: a job that finds no slot waits for its turn, asleep."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Admission, Queue
from faceswap.ports.jobs import Jobs
from faceswap.rules.job import Job
from faceswap.rules.queue import AdmissionState, Waiting, tag_of
from faceswap.usecases.dispatch_slots import DispatchSlots


class EnterQueue:
    """Lets jobs wait for a slot."""

    def __init__(
        self,
        *,
        admission: Admission,
        queue: Queue,
        jobs: Jobs,
        dispatch_slots: DispatchSlots,
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._jobs = jobs
        self._dispatch_slots = dispatch_slots
        self._clock = clock

    def run(self, job: Job) -> tuple[Job | None, bool]:
        """Let a queued job stand in the queue, and hand out what is free by now.

        Whoever gave a slot back meanwhile may not have seen it: then the next scheduled dispatch does.

        Returns:
            The job after that, None if it has moved since it was read; and whether it was handed a slot.
        """
        state = self._admission.state()
        if job.queue_tag is None:
            since = job.queued_at or job.created_at
            number = self._queue.number(job.owner, state.virtual_time, self._clock())
            noted = self._jobs.note(job, queue_tag=tag_of(number, since), submit_after=None)
            if noted is None:
                self._queue.take_back(job.owner, number)
                return None, False
            job = noted
        candidate = Waiting(job.queue_tag or "", job.job_id)
        return job, job.job_id in self._handed(candidate, state)

    def _handed(self, candidate: Waiting, state: AdmissionState) -> frozenset[str]:
        """Hand out slots with a fresh mark, so that whoever gives one back meanwhile looks for this job.

        A mark that has stood for a while stays as it is if the job is handed a slot at once: else it would never go.
        """
        if state.is_marked(self._clock()):
            return self._dispatch_slots.run(candidate=candidate)
        if state.waiting_at:
            handed = self._dispatch_slots.run(candidate=candidate)
            if candidate.job_id in handed:
                return handed
        self._admission.mark(self._clock())
        return self._dispatch_slots.run(candidate=candidate)
