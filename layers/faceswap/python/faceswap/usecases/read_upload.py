"""Tell whether an upload has landed."""

from faceswap.contract.uploads import UploadView
from faceswap.ports import MediaBucket, Uploads
from faceswap.rules.errors import NotFoundError
from faceswap.rules.ids import is_upload_id
from faceswap.rules.media import UPLOAD_PREFIX


class ReadUpload:
    """Reads one upload."""

    def __init__(self, *, uploads: Uploads, media: MediaBucket) -> None:
        self._uploads = uploads
        self._media = media

    def run(self, upload_id: str, owner: str) -> UploadView:
        """The owner's upload as it is now.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
        """
        upload = self._uploads.get(upload_id) if is_upload_id(upload_id) else None
        if upload is None or upload.owner != owner:
            raise NotFoundError("There is no such upload.")
        landed = self._media.find(upload.key)
        return UploadView(
            upload_id=upload_id,
            source=UPLOAD_PREFIX + upload_id,
            status="landed" if landed else "pending",
            purpose=upload.purpose,
            content_type=upload.content_type,
            size=landed.size if landed else upload.size,
            sha256=upload.sha256,
            expires_at=upload.expires_at,
        )
