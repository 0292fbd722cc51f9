"""Presign requests for parts of an upload, just when they are needed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from faceswap.contract.uploads import PresignedPart, PresignedParts
from faceswap.ports.media import MultipartUploads, PartsRequest
from faceswap.ports.uploads import Uploads
from faceswap.rules.errors import Fault, InvalidError
from faceswap.rules.parts import count, length
from faceswap.usecases.owned_upload import multipart_id_of, owned_upload, signed_until


class SignParts:
    """Presigns the PUT of each part, for exactly its bytes."""

    def __init__(
        self, *, uploads: Uploads, multipart: MultipartUploads, clock: Callable[[], datetime]
    ) -> None:
        self._uploads = uploads
        self._multipart = multipart
        self._clock = clock

    def run(self, upload_id: str, numbers: Sequence[int], owner: str) -> PresignedParts:
        """Presign these parts of the owner's upload.

        Raises:
            NotFoundError: there is no such upload.
            ConflictError: the file is there, or it is not sent in parts.
            GoneError: the time to send the file is over.
            InvalidError: it has no such part.
        """
        upload = owned_upload(self._uploads, upload_id, owner)
        multipart_id = multipart_id_of(upload)
        now = self._clock()
        until = signed_until(upload, now)
        last = count(upload.size)
        faults = [
            Fault(pointer=f"#/numbers/{place}", detail=f"must be from 1 to {last}")
            for place, number in enumerate(numbers)
            if number > last
        ]
        if faults:
            raise InvalidError("There is no such part.", faults)
        seconds = int((until - now).total_seconds())
        parts = [
            PresignedPart(
                number=number,
                url=self._multipart.presign(
                    upload, PartsRequest("part", multipart_id, number), seconds
                ).url,
                size=length(upload.size, number),
            )
            for number in numbers
        ]
        return PresignedParts(parts=parts, expires_at=until)
