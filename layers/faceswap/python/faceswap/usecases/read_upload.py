"""Tell whether an upload has landed."""

from faceswap.contract.uploads import UploadView, view_of
from faceswap.rules.errors import NotFoundError
from faceswap.rules.ids import is_upload_id
from faceswap.usecases.find_upload import FindUpload


class ReadUpload:
    """Reads one upload."""

    def __init__(self, *, find_upload: FindUpload) -> None:
        self._find_upload = find_upload

    def run(self, upload_id: str, owner: str) -> UploadView:
        """The owner's upload as it is now.

        Raises:
            NotFoundError: there is none, it is somebody else's, or it was given up.
        """
        upload = self._find_upload.run(upload_id) if is_upload_id(upload_id) else None
        if upload is None or upload.owner != owner:
            raise NotFoundError("There is no such upload.")
        return view_of(upload)
