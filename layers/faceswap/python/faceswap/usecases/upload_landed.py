"""An object landed in the bucket: note it on the upload's record, and wake the jobs that wait for it."""

from collections.abc import Callable

from faceswap.ports.uploads import Uploads
from faceswap.rules.media import upload_of_key
from faceswap.rules.uploads import StoredObject, Upload
from faceswap.usecases.wake_when_complete import WakeWhenComplete


class UploadLanded:
    """Notes landings, each once.

    `find` reads of an object what its event does not tell; `delete_object` deletes by key.
    """

    def __init__(
        self,
        *,
        uploads: Uploads,
        find: Callable[[str], StoredObject | None],
        delete_object: Callable[[str], object],
        wake_when_complete: WakeWhenComplete,
    ) -> None:
        self._uploads = uploads
        self._find = find
        self._delete_object = delete_object
        self._wake_when_complete = wake_when_complete

    def run(self, key: str, landed: StoredObject) -> int:
        """Wake each job that waits for the upload with this bucket key alone; an object without a record is deleted.

        Jobs are taken off the list once they are woken: who dies between the two wakes them again. A landing that was
        noted before, and whose jobs were woken, is nothing.

        Returns:
            How many jobs were waiting for it.
        """
        upload = self._record(key)
        if upload and upload.landed is None:
            # Somebody else may note it, or give it up, at this very moment.
            upload = self._land(upload, landed) or self._record(key)
        if upload is None:
            self._delete_object(key)
            return 0
        for job_id in sorted(upload.waiters):
            self._wake_when_complete.run(job_id)
        if upload.waiters:
            self._uploads.remove_waiters(upload.upload_id, upload.waiters)
        return len(upload.waiters)

    def _record(self, key: str) -> Upload | None:
        """The record of the upload that this key belongs to, unless it was given up."""
        upload_id = upload_of_key(key)
        upload = self._uploads.get(upload_id) if upload_id else None
        return upload if upload and upload.key == key and upload.erased_at is None else None

    def _land(self, upload: Upload, landed: StoredObject) -> Upload | None:
        """Note it. The event tells size and content; a checksum that was announced is read from the object."""
        if upload.sha256:
            landed = self._find(upload.key) or landed
        return self._uploads.land(upload.upload_id, landed)
