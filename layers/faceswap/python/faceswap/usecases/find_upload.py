"""Whether uploads have landed: their records say so, and where an event is late or lost the bucket does."""

from collections.abc import Callable, Mapping

from faceswap.ports.uploads import Uploads
from faceswap.rules.uploads import StoredObject, Upload


class FindUpload:
    """Reads uploads as they are now. `find` looks an object up in the bucket by its key."""

    def __init__(self, *, uploads: Uploads, find: Callable[[str], StoredObject | None]) -> None:
        self._uploads = uploads
        self._find = find

    def run(self, upload_id: str, read: Mapping[str, Upload] | None = None) -> Upload | None:
        """The upload, with what has landed; None if there is none or it was given up.

        `read` are the uploads by id, if they were read just now. What the record does not know yet is looked up in
        the bucket and noted, so that it is looked up once.
        """
        upload = self._uploads.get(upload_id) if read is None else read.get(upload_id)
        if upload is None or upload.erased_at:
            return None
        if upload.landed:
            return upload
        stored = self._find(upload.key)
        if stored is None:
            return upload
        return self._uploads.land(upload_id, stored) or self._uploads.get(upload_id)
