"""Uploads as clients see them."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, RootModel

from faceswap.rules.media import UPLOAD_PREFIX, Purpose, extensions, plain_type
from faceswap.rules.parts import MOST_NUMBERS, PART_BYTES, count
from faceswap.rules.times import Time
from faceswap.rules.uploads import Upload

Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9+/]{43}=$",
        description="Base64 of the file's SHA-256. The bucket refuses any other content in one PUT; of a multipart "
        "upload it is compared before the provider is asked.",
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
    method: Literal["PUT", "multipart"] = Field(
        default="PUT",
        description="How it will be sent: as the body of one PUT, or in parts, of which only those that are missing "
        "are sent again after a break.",
    )


class UploadView(BaseModel):
    """An upload."""

    upload_id: str
    source: str = Field(description="What a job's media field takes.")
    status: Literal["pending", "landed"]
    purpose: Purpose
    content_type: str
    size: int = Field(description="Bytes: as declared while pending, as stored once landed.")
    sha256: str | None = Field(description="As declared while pending, as stored once landed.")
    expires_at: Time = Field(
        description="Until when the presigned request is accepted; of a multipart upload, until when it can be filled."
    )

    part_size: int | None = Field(
        default=None, description="Bytes of each part but the last, if it is sent in parts."
    )
    parts: int | None = Field(default=None, description="How many parts, if it is sent in parts.")


class ReservedPut(UploadView):
    """A new upload, with its presigned request: a PUT of the file, with exactly these headers."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str] = Field(
        description="What has to be sent, besides `Content-Length`, which is the declared size to the byte."
    )


class ReservedMultipart(UploadView):
    """A new upload that is sent in parts, whose requests are presigned when they are needed."""

    method: Literal["multipart"]
    part_size: int = Field(description="Bytes of each part but the last.")
    parts: int = Field(description="How many parts.")


class ReservedUpload(
    RootModel[Annotated[ReservedPut | ReservedMultipart, Field(discriminator="method")]]
):
    """A new upload, and how it is sent."""


class SignRequest(BaseModel):
    """One request to the bucket, as Uppy's `signRequest` tells of it.

    Other fields of it are ignored: what is signed is always about this upload.
    """

    model_config = ConfigDict(strict=True)

    method: Literal["PUT", "POST", "GET", "DELETE"] = Field(
        description="Without `uploadId`: PUT sends the file, POST begins a multipart upload. With it: PUT sends a part,"
        " GET lists the parts, POST puts them together, DELETE gives them up."
    )
    uploadId: str | None = Field(  # noqa: N815
        default=None,
        min_length=1,
        max_length=1024,
        description="The bucket's id of a multipart upload.",
    )
    partNumber: Annotated[int, Field(ge=1, le=10_000), BeforeValidator(_integral)] | None = Field(  # noqa: N815
        default=None, description="Of a part, from 1."
    )


class SignedRequest(BaseModel):
    """A presigned request to the bucket."""

    url: str
    headers: dict[str, str] = Field(
        description="What has to be sent, besides `Content-Length`: the size of the file or of the part, to the byte."
    )


class PartNumbers(BaseModel):
    """Parts whose requests are to be presigned."""

    model_config = ConfigDict(extra="forbid", strict=True)

    numbers: list[Annotated[int, Field(ge=1, le=10_000), BeforeValidator(_integral)]] = Field(
        min_length=1, max_length=MOST_NUMBERS, description="From 1."
    )


class PresignedPart(BaseModel):
    """A part, and where its bytes are put."""

    number: int
    url: str
    size: int = Field(description="Bytes, exactly.")


class PresignedParts(BaseModel):
    """Parts, each with the presigned PUT of its bytes; it needs no header."""

    parts: list[PresignedPart]
    expires_at: Time = Field(description="Until when the requests are accepted.")


class ArrivedPart(BaseModel):
    """A part that has arrived."""

    number: int
    size: int = Field(description="Bytes.")


class ArrivedParts(BaseModel):
    """What has arrived of an upload."""

    parts: list[ArrivedPart]


def view_of(upload: Upload) -> UploadView:
    """An upload as its owner sees it."""
    return UploadView.model_validate(shown(upload))


def shown(upload: Upload) -> dict[str, object]:
    """The fields that every view of an upload has."""
    landed = upload.landed
    fields: dict[str, object] = {
        "upload_id": upload.upload_id,
        "source": UPLOAD_PREFIX + upload.upload_id,
        "status": "landed" if landed else "pending",
        "purpose": upload.purpose,
        "content_type": upload.content_type,
        "size": landed.size if landed else upload.size,
        "sha256": (landed.sha256 if landed else None) or upload.sha256,
        "expires_at": upload.expires_at,
    }
    if upload.multipart_id is None:
        return fields
    return fields | {"part_size": PART_BYTES, "parts": count(upload.size)}
