"""Uploads as clients see them."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from faceswap.rules.media import Purpose, extensions, plain_type
from faceswap.rules.times import Time

Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9+/]{43}=$",
        description="Base64 of the file's SHA-256: the bucket refuses any other content.",
    ),
]


def _integral(value: object) -> object:
    """JSON has one kind of number: 5.0 is the integer 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: object) -> object:
    return plain_type(value) if isinstance(value, str) else value


_VIDEOS, _IMAGES = list(extensions("init_video")), list(extensions("init_image"))
_EXAMPLES: list[JsonValue] = [*_VIDEOS, *_IMAGES, 'video/mp4; codecs="avc1"']


class UploadRequest(BaseModel):
    """What is to be uploaded."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: Purpose = Field(description="The job field that the file is for.")
    content_type: Annotated[str, BeforeValidator(_plain)] = Field(
        max_length=100,
        description=f"Its media type: {', '.join(_VIDEOS)} for `init_video`, {', '.join(_IMAGES)} for the others."
        " In any case, with or without parameters; the answer shows the plain type, which the upload has to have.",
        examples=_EXAMPLES,
    )
    size: Annotated[int, Field(ge=1), BeforeValidator(_integral)] = Field(
        description="Its size in bytes, exactly. At most 100 MiB for a video and 20 MiB for a picture, unless the "
        "deployment sets other limits.",
    )
    sha256: Sha256 | None = None
    method: Literal["PUT"] = Field(default="PUT", description="How it will be sent.")


class UploadView(BaseModel):
    """An upload."""

    upload_id: str
    source: str = Field(description="What a job's media field takes.")
    status: Literal["pending", "landed"]
    purpose: Purpose
    content_type: str
    size: int = Field(description="Bytes: as declared while pending, as stored once landed.")
    sha256: str | None = Field(description="As declared while pending, as stored once landed.")
    expires_at: Time = Field(description="Until when the presigned request is accepted.")


class ReservedUpload(UploadView):
    """A new upload, with its presigned request: a PUT of the file, with exactly these headers."""

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str] = Field(
        description="What has to be sent, besides `Content-Length`, which is the declared size to the byte."
    )
