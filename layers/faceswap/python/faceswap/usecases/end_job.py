"""End a job: the one place where a job becomes final, and where what follows from an end hangs."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Queue
from faceswap.ports.executions import Executions
from faceswap.ports.jobs import Jobs
from faceswap.rules.draining import must_drain
from faceswap.rules.job import Failure, Job, Result
from faceswap.rules.queue import number_of
from faceswap.rules.status import FinalStatus
from faceswap.usecases.release_slot import ReleaseSlot


class EndJob:
    """Makes jobs final. `finished` is told of each, as it was before and is now; once, unless the process dies."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        executions: Executions,
        queue: Queue,
        release_slot: ReleaseSlot,
        finished: Callable[[Job, Job], object],
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._executions = executions
        self._queue = queue
        self._release_slot = release_slot
        self._finished = finished
        self._clock = clock

    def run(
        self,
        job: Job,
        status: FinalStatus,
        *,
        failure: Failure | None = None,
        result: Result | None = None,
        generation_time: float | None = None,
        wake: bool = True,
    ) -> Job | None:
        """End the job as it was read, and let its execution go on, should it sleep, unless the caller wakes it.

        A job that may be at work at the provider is final, and stays open until it is drained. The slot of any other
        that was sent is given back first: whoever dies between the two leaves an open job, and its end is made again.
        One that waits may be handed a slot until it is final: it gives that back then. Who dies between the two leaves
        a slot that was handed and not taken up, which dispatch takes back.

        Returns:
            The final job; None if it has moved since it was read.

        Raises:
            RefusedContentError: the final write is refused for good.
        """
        now = self._clock()
        fields = {"error": failure, "result": result, "generation_time": generation_time}
        drains = must_drain(job, status, failure.type if failure else None, now)
        if not drains and job.status in {"submitting", "processing"}:
            self._release_slot.run(job)
        ended = self._jobs.move(
            job,
            status,
            now,
            wake=status == "cancelled",
            unless_woken=_may_miss_a_message(job, status, failure),
            **job.final_fields,
            **_unspent(job, failure),
            **({} if drains else {"closed_at": now}),
            **{name: value for name, value in fields.items() if value is not None},
        )
        if ended is None:
            return None
        if job.queue_tag:
            self._queue.take_back(job.owner, number_of(job.queue_tag))
        if not drains and job.status == "queued":
            self._release_slot.run(ended)
        self._finished(job, ended)
        if status == "cancelled" and wake:
            self._executions.wake(ended.task_token)
        return ended


def _may_miss_a_message(job: Job, status: FinalStatus, failure: Failure | None) -> bool:
    """Whether a message that came meanwhile may hold the only id of what the provider makes: it is stripped here."""
    is_unknown = job.status == "submitting" and job.request_id is None
    is_answered = failure is not None and failure.type in {"provider-rejected", "input-invalid"}
    return is_unknown and status != "succeeded" and not is_answered


def _unspent(job: Job, failure: Failure | None) -> dict[str, object]:
    """What the final write changes of what was spent."""
    if job.spent_on is None:
        return {}
    from faceswap.rules.cost import is_refused_unstarted

    refused = is_refused_unstarted(job, failure.type if failure else None)
    return {"spent_on": None} if refused else {}
