"""Sign one more request to the bucket for an upload, as a library asks for it, or a phone whose request expired."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from faceswap.contract.uploads import SignedRequest, SignRequest
from faceswap.ports.media import MediaBucket, MultipartUploads, PartsRequest, PresignedRequest
from faceswap.ports.uploads import Uploads
from faceswap.rules.errors import Fault, InvalidError
from faceswap.rules.parts import count
from faceswap.rules.uploads import Upload
from faceswap.usecases.owned_upload import multipart_id_of, owned_upload, signed_until

_BEGIN: dict[str, Literal["create"]] = {"POST": "create"}
_GO_ON: dict[str, Literal["part", "list", "complete", "abort"]] = {
    "PUT": "part",
    "GET": "list",
    "POST": "complete",
    "DELETE": "abort",
}


class SignUpload:
    """Signs requests about the key of an upload, and about nothing else."""

    def __init__(
        self,
        *,
        uploads: Uploads,
        media: MediaBucket,
        multipart: MultipartUploads,
        clock: Callable[[], datetime],
    ) -> None:
        self._uploads = uploads
        self._media = media
        self._multipart = multipart
        self._clock = clock

    def run(self, upload_id: str, asked: SignRequest, owner: str) -> SignedRequest:
        """Sign the request that is asked for.

        Raises:
            NotFoundError: there is no such upload of the owner's.
            InvalidError: there is no such request, or no such part.
            ConflictError: the file is there, or it is not sent so.
            GoneError: the time to send the file is over.
        """
        upload = owned_upload(self._uploads, upload_id, owner)
        now = self._clock()
        until = signed_until(upload, now)
        seconds = int((until - now).total_seconds())
        if asked.method == "PUT" and asked.uploadId is None and upload.multipart_id is None:
            signed = self._media.presign_upload(upload, seconds)
            if until > upload.expires_at:
                self._uploads.renew(upload_id, until)
        else:
            signed = self._about_parts(upload, asked, seconds)
        return SignedRequest(url=signed.url, headers=signed.headers)

    def _about_parts(self, upload: Upload, asked: SignRequest, seconds: int) -> PresignedRequest:
        multipart_id_of(upload)
        known = _BEGIN if asked.uploadId is None else _GO_ON
        if asked.method not in known:
            detail = f"must be named, for a {asked.method} of an upload that is sent in parts"
            raise _invalid("#/uploadId", detail)
        does = known[asked.method]
        number = asked.partNumber or 0
        if does == "part" and not 1 <= number <= count(upload.size):
            raise _invalid("#/partNumber", f"must be from 1 to {count(upload.size)}")
        request = PartsRequest(does, asked.uploadId or "", number)
        return self._multipart.presign(upload, request, seconds)


def _invalid(pointer: str, detail: str) -> InvalidError:
    return InvalidError("There is no such request.", [Fault(pointer=pointer, detail=detail)])
