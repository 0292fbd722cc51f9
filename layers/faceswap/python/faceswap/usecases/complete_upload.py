"""Put the parts of an upload together."""

from faceswap.contract.uploads import UploadView, view_of
from faceswap.ports.media import MultipartUploads
from faceswap.ports.uploads import Uploads
from faceswap.rules.errors import ConflictError, Fault
from faceswap.rules.parts import missing
from faceswap.rules.uploads import Upload
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.owned_upload import multipart_id_of, owned_upload, put_together

_MOST_TOLD = 20


class CompleteUpload:
    """Completes uploads. Repeating it is fine, also if the answer was lost after the parts were put together."""

    def __init__(
        self, *, uploads: Uploads, multipart: MultipartUploads, find_upload: FindUpload
    ) -> None:
        self._uploads = uploads
        self._multipart = multipart
        self._find_upload = find_upload

    def run(self, upload_id: str, owner: str) -> UploadView:
        """Put the parts of the owner's upload together, once all have arrived with their sizes.

        Raises:
            NotFoundError: there is no such upload.
            ConflictError: something is missing, or changed at this moment; or it is not sent in parts.
            GoneError: its parts were dropped, since they were not put together in time.
        """
        upload = owned_upload(self._uploads, upload_id, owner)
        if upload.landed is None:
            self._complete(upload, multipart_id_of(upload))
            upload = put_together(self._find_upload, upload)
        return view_of(upload)

    def _complete(self, upload: Upload, multipart_id: str) -> None:
        arrived = self._multipart.arrived(upload.key, multipart_id)
        if arrived is None:  # perhaps an earlier try has put them together
            return
        lacking = missing(upload.size, {part.number: part.size for part in arrived})
        if lacking:
            raise ConflictError(
                f"{len(lacking)} parts are missing, or have another size than theirs.",
                [
                    Fault(pointer=f"#/parts/{number}", detail="has to be sent")
                    for number in lacking[:_MOST_TOLD]
                ],
            )
        if not self._multipart.complete(upload.key, multipart_id, arrived):
            raise ConflictError("The parts are changing at this moment. Try again.")
