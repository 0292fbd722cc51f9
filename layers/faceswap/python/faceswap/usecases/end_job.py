"""End a job: the one place where a job becomes final, and where what follows from an end hangs."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports import Executions, Jobs
from faceswap.rules.job import Failure, FinalStatus, Job, Result


class EndJob:
    """Makes jobs final. `finished` is told of each, once, unless the process dies before."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        executions: Executions,
        finished: Callable[[Job], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._executions = executions
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
    ) -> Job | None:
        """End the job as it was read, and let its execution go on, should it sleep.

        Returns:
            The final job; None if it has moved since it was read.

        Raises:
            RefusedContentError: the final write is refused for good.
        """
        fields = {"error": failure, "result": result, "generation_time": generation_time}
        ended = self._jobs.move(
            job,
            status,
            self._clock(),
            wake=status == "cancelled",
            media=job.final_media,
            **{name: value for name, value in fields.items() if value is not None},
        )
        if ended is None:
            return None
        self._finished(ended)
        if status == "cancelled":
            self._executions.wake(ended.task_token)
        return ended
