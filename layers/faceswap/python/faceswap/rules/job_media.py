"""What a job is made from: an upload, a file of the inbox, or an address of a client's own."""

from typing import Annotated, Literal, Self

from pydantic import Field

from faceswap.rules.addresses import without_query
from faceswap.rules.consent import UploadRecord, UrlRecord
from faceswap.rules.inbox import INBOX, SOURCE_PREFIX
from faceswap.rules.media import UPLOAD_PREFIX
from faceswap.rules.stored import Stored
from faceswap.rules.uploads import StoredObject


class StoredMedia(Stored):
    """An input that lies in the bucket; once the job is sent, with what was sent."""

    key: str
    sent: StoredObject | None = None

    @property
    def redacted(self) -> Self:
        """As it may be kept."""
        return self

    @property
    def record(self) -> UploadRecord | None:
        """What the consent receipt says of it; None if it was not sent."""
        if self.sent is None:
            return None
        etag = None if self.sent.sha256 else self.sent.etag
        return UploadRecord(size=self.sent.size, sha256=self.sent.sha256, etag=etag)


class UploadedMedia(StoredMedia):
    """An upload of the owner's."""

    kind: Literal["upload"] = "upload"

    @property
    def upload_id(self) -> str:
        """The upload, whose id its key names."""
        return self.key.rpartition("/")[2].partition(".")[0]

    @property
    def source(self) -> str:
        """What a client names it by."""
        return UPLOAD_PREFIX + self.upload_id


class InboxMedia(StoredMedia):
    """A file of the owner's inbox, by the name that the manifest gave it."""

    kind: Literal["inbox"] = "inbox"

    @property
    def source(self) -> str:
        """What a manifest names it by."""
        return SOURCE_PREFIX + self.key.removeprefix(INBOX).partition("/")[2]


class LinkedMedia(Stored):
    """An input that lies elsewhere, at a client's own URL; once the job is sent, with the SHA-256 of that."""

    kind: Literal["url"] = "url"
    url: str
    url_sha256: str | None = None

    @property
    def source(self) -> str:
        """What a client names it by, as it may be shown: without its query, which may hold a signature."""
        return self.redacted.url

    @property
    def redacted(self) -> "LinkedMedia":
        """As it may be kept once the job is over: without its query."""
        return self.model_copy(update={"url": without_query(self.url)})

    @property
    def record(self) -> UrlRecord | None:
        """What the consent receipt says of it; None if it was not sent."""
        return UrlRecord(url_sha256=self.url_sha256) if self.url_sha256 else None


Media = Annotated[UploadedMedia | InboxMedia | LinkedMedia, Field(discriminator="kind")]
"""One input of a job."""
