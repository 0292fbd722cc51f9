"""An object landed in the bucket: wake the jobs that wait for it."""

from faceswap.ports import Uploads
from faceswap.rules.media import upload_of_key
from faceswap.usecases.wake_job import WakeJob


class UploadLanded:
    """Tells jobs that their upload has landed."""

    def __init__(self, *, uploads: Uploads, wake_job: WakeJob) -> None:
        self._uploads = uploads
        self._wake_job = wake_job

    def run(self, key: str) -> int:
        """Wake each job that waits for the upload with this bucket key. Returns how many there were."""
        named = upload_of_key(key)
        upload = self._uploads.get(named[1]) if named else None
        if upload is None or upload.key != key:
            return 0
        for job_id in sorted(upload.waiters):
            self._wake_job.run(job_id)
        return len(upload.waiters)
