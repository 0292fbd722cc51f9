"""A link to a job's result."""

from collections.abc import Callable
from datetime import datetime, timedelta

from faceswap.contract.jobs import ResultLink
from faceswap.ports.media import MediaBucket
from faceswap.rules.errors import ConflictError, GoneError
from faceswap.usecases.read_job import ReadJob

LINK_SECONDS = 3600


class ReadResult:
    """Links to results."""

    def __init__(
        self, *, read_job: ReadJob, media: MediaBucket, clock: Callable[[], datetime]
    ) -> None:
        self._read_job = read_job
        self._media = media
        self._clock = clock

    def run(self, job_id: str, owner: str) -> ResultLink:
        """A fresh link to the result of the owner's job.

        Raises:
            NotFoundError: there is no such job, or it is somebody else's.
            ConflictError: the job has no result.
            GoneError: the result is past its retention.
        """
        job = self._read_job.run(job_id, owner)
        if job.result is None:
            raise ConflictError(f"The job is {job.status}; only a succeeded job has a result.")
        if self._media.find(job.result.key) is None:
            raise GoneError("The result is not kept any longer.")
        return ResultLink(
            url=self._media.presign_read(job.result.key, LINK_SECONDS),
            expires_at=self._clock() + timedelta(seconds=LINK_SECONDS),
            content_type=job.result.content_type,
            size=job.result.size,
            sha256=job.result.sha256,
        )
