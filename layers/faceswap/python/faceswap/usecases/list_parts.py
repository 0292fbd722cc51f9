"""Tell what has arrived of an upload that is sent in parts."""

from faceswap.contract.uploads import ArrivedPart, ArrivedParts
from faceswap.ports.media import MultipartUploads
from faceswap.ports.uploads import Uploads
from faceswap.rules.parts import count, length
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.owned_upload import multipart_id_of, owned_upload, put_together


class ListParts:
    """Lists parts."""

    def __init__(
        self, *, uploads: Uploads, multipart: MultipartUploads, find_upload: FindUpload
    ) -> None:
        self._uploads = uploads
        self._multipart = multipart
        self._find_upload = find_upload

    def run(self, upload_id: str, owner: str) -> ArrivedParts:
        """The parts of the owner's upload that have arrived; all of them once they are put together.

        Raises:
            NotFoundError: there is no such upload.
            ConflictError: it is not sent in parts.
            GoneError: its parts were dropped, since they were not put together in time.
        """
        upload = owned_upload(self._uploads, upload_id, owner)
        multipart_id = multipart_id_of(upload)
        arrived = None if upload.landed else self._multipart.arrived(upload.key, multipart_id)
        if arrived is not None:
            parts = [ArrivedPart(number=part.number, size=part.size) for part in arrived]
            return ArrivedParts(parts=parts)
        put_together(self._find_upload, upload)
        numbers = range(1, count(upload.size) + 1)
        every = [ArrivedPart(number=each, size=length(upload.size, each)) for each in numbers]
        return ArrivedParts(parts=every)
