"""What an upload is: reserved, sent once by its owner, named by jobs."""

from pydantic import BaseModel, ConfigDict

from faceswap.rules.media import Purpose
from faceswap.rules.times import Time


class Upload(BaseModel):
    """A reserved upload.

    `size` is the largest accepted in bytes, `sha256` (base64) what the client announced, `expires_at` the end of
    the presigned request, `named_by` the jobs that name it, `waiters` those to wake when the object lands.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    upload_id: str
    owner: str
    purpose: Purpose
    content_type: str
    size: int
    sha256: str | None = None
    key: str
    created_at: Time
    expires_at: Time
    named_by: frozenset[str] = frozenset()
    waiters: frozenset[str] = frozenset()
