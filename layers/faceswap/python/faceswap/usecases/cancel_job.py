"""End a job here. The provider has no cancel: what it has accepted may still be billed."""

from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Job
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.read_job import ReadJob

_TRIES = 5


class CancelJob:
    """Cancels jobs."""

    def __init__(self, *, read_job: ReadJob, end_job: EndJob) -> None:
        self._read_job = read_job
        self._end_job = end_job

    def run(self, job_id: str, owner: str, *, wake: bool = True) -> Job:
        """Cancel the owner's job; one that is cancelled already stays so.

        Its execution is woken to do what is left, unless the caller does that.

        Raises:
            NotFoundError: there is none, it is somebody else's, or it was deleted.
            ConflictError: it has succeeded or failed, or keeps moving under our hands.
        """
        for _ in range(_TRIES):
            job = self._read_job.run(job_id, owner)
            if job.status == "cancelled":
                return job
            if job.is_final:
                raise ConflictError(f"The job has {job.status}; it cannot be cancelled any more.")
            cancelled = self._end_job.run(job, "cancelled", wake=wake)
            if cancelled:
                return cancelled
        raise ConflictError("The job is changing at this moment. Try again.")
