"""An object landed in the bucket: wake the jobs that wait for it."""

from collections.abc import Callable

from faceswap.ports import Uploads
from faceswap.rules.media import upload_of_key
from faceswap.usecases.wake_job import WakeJob


class UploadLanded:
    """Tells jobs that their upload has landed. `delete_object` deletes by key."""

    def __init__(
        self, *, uploads: Uploads, delete_object: Callable[[str], object], wake_job: WakeJob
    ) -> None:
        self._uploads = uploads
        self._delete_object = delete_object
        self._wake_job = wake_job

    def run(self, key: str) -> int:
        """Wake each job that waits for the upload with this bucket key; an object without a record is deleted.

        Returns:
            How many jobs there were.
        """
        upload_id = upload_of_key(key)
        upload = self._uploads.get(upload_id) if upload_id else None
        if upload is None or upload.key != key:
            self._delete_object(key)
            return 0
        for job_id in sorted(upload.waiters):
            self._wake_job.run(job_id)
        return len(upload.waiters)
