"""Find an upload for its owner, what became of its parts, and until when a request for it may be signed."""

from datetime import datetime, timedelta

from faceswap.ports.uploads import Uploads
from faceswap.rules.errors import ConflictError, GoneError, NotFoundError
from faceswap.rules.ids import is_upload_id
from faceswap.rules.uploads import Upload
from faceswap.usecases.find_upload import FindUpload

PRESIGNED = timedelta(hours=1)
"""For so long a request is signed at most."""


def owned_upload(uploads: Uploads, upload_id: str, owner: str) -> Upload:
    """The owner's upload.

    Raises:
        NotFoundError: there is none, it is somebody else's, or it was given up.
    """
    upload = uploads.get(upload_id) if is_upload_id(upload_id) else None
    if upload is None or upload.owner != owner or upload.erased_at:
        raise NotFoundError("There is no such upload.")
    return upload


def multipart_id_of(upload: Upload) -> str:
    """The bucket's name for what the upload is put together from.

    Raises:
        ConflictError: it is not sent in parts.
    """
    if upload.multipart_id is None:
        raise ConflictError("This upload was reserved for one PUT, not for parts.")
    return upload.multipart_id


def put_together(find_upload: FindUpload, upload: Upload) -> Upload:
    """The upload whose parts are not there any more, as it has landed.

    Raises:
        GoneError: its parts were dropped, since they were not put together in time.
    """
    found = find_upload.run(upload.upload_id, {upload.upload_id: upload})
    if found is None or found.landed is None:
        raise GoneError("The parts are not kept any longer. Reserve another upload.")
    return found


def signed_until(upload: Upload, now: datetime) -> datetime:
    """Until when a request for this upload that is signed now is accepted.

    Raises:
        ConflictError: its file is there.
        GoneError: its time is over.
    """
    if upload.landed:
        raise ConflictError("The file is there already. Go on with it.")
    if now >= upload.ends_at:
        raise GoneError("The time to send this file is over. Reserve another upload.")
    return min(now + PRESIGNED, upload.ends_at)
