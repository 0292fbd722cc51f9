"""Find a job for its owner."""

from faceswap.rules.errors import NotFoundError
from faceswap.rules.ids import is_job_id
from faceswap.rules.job import Job
from faceswap.store.jobs import JobStore


def read_job(job_id: str, owner: str, *, jobs: JobStore) -> Job:
    """The caller's job.

    Raises:
        NotFoundError: there is none, it is somebody else's, or it was deleted.
    """
    job = jobs.get(job_id) if is_job_id(job_id) else None
    if job is None or job.owner != owner or job.erased_at:
        raise NotFoundError("There is no such job.")
    return job
