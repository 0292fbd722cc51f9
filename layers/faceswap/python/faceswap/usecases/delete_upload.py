"""Give an upload up: its object or parts are erased, and whatever still lands under it."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket, MultipartUploads
from faceswap.ports.uploads import Uploads
from faceswap.rules.errors import ConflictError, NotFoundError
from faceswap.rules.ids import is_upload_id
from faceswap.rules.job import Job
from faceswap.rules.uploads import Upload


class DeleteUpload:
    """Gives uploads up. Dying half way leaves an upload that can be given up again."""

    def __init__(
        self,
        *,
        uploads: Uploads,
        jobs: Jobs,
        media: MediaBucket,
        multipart: MultipartUploads,
        clock: Callable[[], datetime],
    ) -> None:
        self._uploads = uploads
        self._jobs = jobs
        self._media = media
        self._multipart = multipart
        self._clock = clock

    def run(self, upload_id: str, owner: str) -> None:
        """Erase the owner's upload.

        Its record is marked first, so that an object that lands from now on is deleted.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
            ConflictError: a job that is not over uses it, or just named it.
        """
        upload = self._uploads.get(upload_id) if is_upload_id(upload_id) else None
        if upload is None or upload.owner != owner:
            raise NotFoundError("There is no such upload.")
        if upload.erased_at is None:
            self._mark(upload)
        if upload.multipart_id:
            self._multipart.abandon(upload.key)
        self._media.delete(upload.key)

    def _mark(self, upload: Upload) -> None:
        named_by = map(self._jobs.get, sorted(upload.named_by))
        if any(job and not job.is_final and _uses(job, upload) for job in named_by):
            raise ConflictError("A job that is not over uses this upload. Cancel it first.")
        if not self._uploads.erase(upload, self._clock()):
            current = self._uploads.get(upload.upload_id)
            if current and current.erased_at is None:
                raise ConflictError("The upload is changing at this moment. Try again.")


def _uses(job: Job, upload: Upload) -> bool:
    """Whether a job is made of an upload; of two requests under one key only one made the job."""
    return any(media.key == upload.key for media in job.uploads.values())
