"""A link to a job's result."""

from datetime import datetime, timedelta

from faceswap.contract.jobs import ResultLink
from faceswap.rules.errors import ConflictError, GoneError
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from faceswap.usecases.read_job import read_job

LINK_SECONDS = 3600


def read_result(
    job_id: str, owner: str, *, jobs: JobStore, bucket: MediaStore, now: datetime
) -> ResultLink:
    """A fresh link to the result of the caller's job.

    Raises:
        NotFoundError: there is no such job, or it is somebody else's.
        ConflictError: the job has no result.
        GoneError: the result is past its retention.
    """
    job = read_job(job_id, owner, jobs=jobs)
    if job.result is None:
        raise ConflictError(f"The job is {job.status}; only a succeeded job has a result.")
    if bucket.find(job.result.key) is None:
        raise GoneError("The result is not kept any longer.")
    return ResultLink(
        url=bucket.presign_read(job.result.key, LINK_SECONDS),
        expires_at=now + timedelta(seconds=LINK_SECONDS),
        content_type=job.result.content_type,
        size=job.result.size,
        sha256=job.result.sha256,
    )
