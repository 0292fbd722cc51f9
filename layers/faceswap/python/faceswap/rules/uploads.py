"""What an upload is: reserved, sent once by its owner, named by jobs."""

from datetime import datetime, timedelta

from faceswap.rules.media import Purpose
from faceswap.rules.stored import Stored
from faceswap.rules.times import Time

MOST_JOBS = 20
"""How many jobs may name one upload."""
FILLED_WITHIN = timedelta(days=1)
"""For so long after it was reserved a file can be sent; then the bucket drops parts that were not put together."""


class StoredObject(Stored):
    """An object that lies in the bucket, as the bucket tells of it.

    `size` in bytes; `etag` names its content, without quotes; `sha256` is the base64 checksum if it was sent with one.
    """

    size: int
    etag: str
    sha256: str | None = None


class Upload(Stored):
    """A reserved upload.

    `size` in bytes and `sha256` (base64) are what the client announced, `expires_at` is the end of the presigned
    request, `landed` what has arrived. `named_by` are the jobs that name it, `waiters` those to wake when it lands.
    `multipart_id` is the bucket's name for what a multipart upload is put together from; None for a single PUT.
    One that was given up stays as an empty record (`erased_at`), by which whatever still lands is known to be nobody's.
    """

    upload_id: str
    owner: str
    purpose: Purpose
    content_type: str
    size: int
    sha256: str | None = None
    key: str
    created_at: Time
    expires_at: Time
    multipart_id: str | None = None
    landed: StoredObject | None = None
    named_by: frozenset[str] = frozenset()
    waiters: frozenset[str] = frozenset()
    erased_at: Time | None = None

    @property
    def ends_at(self) -> datetime:
        """Until when requests are signed for it."""
        return self.created_at + FILLED_WITHIN

    @property
    def is_unverified(self) -> bool:
        """Whether a checksum was announced that the bucket could not compare: it does so for a single PUT only."""
        is_there = self.landed is not None and self.landed.sha256 is None
        return is_there and self.sha256 is not None and self.multipart_id is not None

    @property
    def mismatch(self) -> str | None:
        """How what has landed differs from what was announced, in words; None if it does not."""
        if self.landed is None:
            return None
        if self.landed.size != self.size:
            return f"has {self.landed.size} bytes, {self.size} were declared"
        if self.sha256 and self.landed.sha256 != self.sha256 and not self.is_unverified:
            return "has another SHA-256 than declared"
        return None
