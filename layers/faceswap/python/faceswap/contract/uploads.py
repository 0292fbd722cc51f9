"""Uploads as clients see them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from faceswap.rules.media import Purpose
from faceswap.rules.times import Time

Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9+/]{43}=$",
        description="Base64 of the file's SHA-256; checked before the provider is asked.",
    ),
]


class UploadRequest(BaseModel):
    """What is to be uploaded."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: Purpose = Field(description="The job field that the file is for.")
    content_type: str = Field(max_length=100, description="Its media type, such as `video/mp4`.")
    size: int = Field(
        ge=1, description="Its size in bytes; a smaller file is accepted, a larger one is not."
    )
    sha256: Sha256 | None = None


class Upload(BaseModel):
    """An upload."""

    upload_id: str
    source: str = Field(description="What a job's media field takes.")
    status: Literal["pending", "landed"]
    purpose: Purpose
    content_type: str
    size: int = Field(description="Bytes: as declared while pending, as stored once landed.")
    sha256: str | None
    expires_at: Time = Field(description="Until when the presigned request is accepted.")


class ReservedUpload(Upload):
    """A new upload, with the presigned form: send `fields`, then `file`, and nothing else."""

    method: Literal["POST"] = "POST"
    url: str
    fields: dict[str, str]
