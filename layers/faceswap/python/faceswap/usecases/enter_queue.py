"""Enter the queue: a job that finds no slot waits for its turn, asleep."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Admission, Queue
from faceswap.ports.jobs import Jobs
from faceswap.rules.job import Job
from faceswap.rules.queue import AdmissionState, Waiting, second_poll, tag_of
from faceswap.usecases.dispatch_slots import Dispatched, DispatchSlots


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

        Who is first polls once more, when the index shows him for certain or the provider takes jobs again: whoever
        gave a slot back meanwhile may not have seen him.

        Returns:
            The job after that, None if it has moved since it was read; and whether it was handed a slot.
        """
        state = self._admission.state()
        began = job.queue_tag is None
        if began:
            since = job.queued_at or job.created_at
            number = self._queue.number(job.owner, state.virtual_time, self._clock())
            noted = self._jobs.note(job, queue_tag=tag_of(number, since), submit_after=None)
            if noted is None:
                self._queue.take_back(job.owner, number)
                return None, False
            job = noted
        candidate = Waiting(job.queue_tag or "", job.job_id)
        dispatched = self._dispatched(candidate, state)
        if job.job_id in dispatched.handed:
            return job, True
        now = self._clock()
        is_held, is_first = state.is_held(now), dispatched.first == job.job_id
        if (is_held and (is_first or job.poll_at is not None)) or (began and is_first):
            return self._jobs.note(job, poll_at=second_poll(now, state)), False
        return job, False

    def _dispatched(self, candidate: Waiting, state: AdmissionState) -> Dispatched:
        """Hand out slots with a fresh mark, so that whoever gives one back meanwhile looks for this job.

        A mark that has stood for a while stays as it is if the job is handed a slot at once: else it would never go.
        """
        if state.is_marked(self._clock()):
            return self._dispatch_slots.run(candidate=candidate)
        if state.waiting_at:
            dispatched = self._dispatch_slots.run(candidate=candidate)
            if candidate.job_id in dispatched.handed:
                return dispatched
        self._admission.mark(self._clock())
        return self._dispatch_slots.run(candidate=candidate)
