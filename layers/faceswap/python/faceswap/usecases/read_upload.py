"""Tell whether an upload has landed."""

from faceswap.contract.uploads import Upload
from faceswap.rules import media
from faceswap.rules.errors import NotFoundError
from faceswap.rules.ids import is_upload_id
from faceswap.store.media import MediaStore
from faceswap.store.uploads import UploadStore


def read_upload(upload_id: str, owner: str, *, uploads: UploadStore, bucket: MediaStore) -> Upload:
    """The caller's upload as it is now.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    record = uploads.get(upload_id) if is_upload_id(upload_id) else None
    if record is None or record.owner != owner:
        raise NotFoundError("There is no such upload.")
    landed = bucket.find(record.key)
    return Upload(
        upload_id=upload_id,
        source=media.UPLOAD_PREFIX + upload_id,
        status="landed" if landed else "pending",
        purpose=record.purpose,
        content_type=record.content_type,
        size=landed.size if landed else record.size,
        sha256=record.sha256,
        expires_at=record.expires_at,
    )
