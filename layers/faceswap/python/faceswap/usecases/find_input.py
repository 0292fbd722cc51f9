"""What lies in the bucket for one input of a job: an upload of the owner's, or a file of his inbox."""

from collections.abc import Callable
from typing import NamedTuple

from faceswap.rules.inbox import forms, oversize
from faceswap.rules.job_media import InboxMedia, UploadedMedia
from faceswap.rules.media import Purpose, UploadLimits
from faceswap.rules.uploads import StoredObject, Upload
from faceswap.usecases.find_upload import FindUpload


class FoundInput(NamedTuple):
    """Where an input lies, what has landed there, and in words why it cannot be used, if so.

    `unverified` is the upload, if a checksum of it was announced that nobody has compared.
    """

    key: str
    landed: StoredObject | None
    mismatch: str | None = None
    unverified: Upload | None = None


class FindInput:
    """Finds inputs. `find` looks an object up in the bucket by its key."""

    def __init__(
        self,
        *,
        find_upload: FindUpload,
        find: Callable[[str], StoredObject | None],
        limits: UploadLimits,
    ) -> None:
        self._find_upload = find_upload
        self._find = find
        self._limits = limits

    def run(self, media: UploadedMedia | InboxMedia, purpose: Purpose) -> FoundInput | None:
        """The input as it is now; None if it is an upload that is there no more."""
        if isinstance(media, UploadedMedia):
            upload = self._find_upload.run(media.upload_id)
            if upload is None:
                return None
            unverified = upload if upload.is_unverified else None
            return FoundInput(upload.key, upload.landed, upload.mismatch, unverified)
        return self.in_inbox(media, purpose)

    def in_inbox(self, media: InboxMedia, purpose: Purpose) -> FoundInput:
        """A file of the inbox: under its name byte by byte, else in one of the two forms of Unicode."""
        named = forms(media.key)
        exact = self._find(named.exact)
        found = [(named.exact, exact)] if exact else []
        if not found:
            looked_up = ((key, self._find(key)) for key in named.others)
            found = [(key, landed) for key, landed in looked_up if landed]
        if not found:
            return FoundInput(media.key, None)
        key, landed = found[0]
        if len(found) > 1:
            return FoundInput(key, landed, "is a name that two files have")
        return FoundInput(key, landed, oversize(purpose, landed.size, self._limits))
