"""End a job here. The provider has no cancel: what it has accepted may still be billed."""

from datetime import datetime

from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Job
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.usecases.read_job import read_job

_TRIES = 5


def cancel_job(
    job_id: str, owner: str, *, jobs: JobStore, executions: ExecutionStore, now: datetime
) -> Job:
    """Cancel the caller's job; one that is cancelled already stays so.

    Raises:
        NotFoundError: there is none, it is somebody else's, or it was deleted.
        ConflictError: it has succeeded or failed, or keeps moving under our hands.
    """
    for _ in range(_TRIES):
        job = read_job(job_id, owner, jobs=jobs)
        if job.status == "cancelled":
            return job
        if job.is_final:
            raise ConflictError(f"The job has {job.status}; it cannot be cancelled any more.")
        cancelled = jobs.move(job, "cancelled", now, wake=True, media=job.final_media)
        if cancelled:
            executions.wake(cancelled.task_token)
            return cancelled
    raise ConflictError("The job is changing at this moment. Try again.")
