"""Media fields: their names, what may be uploaded for each, and where objects lie in the bucket."""

from typing import Literal, NamedTuple, get_args

Purpose = Literal["init_video", "init_image", "reference_image"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

UPLOAD_PREFIX = "upload:"

_VIDEO = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
_IMAGE = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


_SYNONYMS = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "video/x-m4v": "video/mp4"}


class UploadLimits(NamedTuple):
    """Largest accepted uploads, in bytes."""

    video: int
    image: int


def extensions(purpose: Purpose) -> dict[str, str]:
    """The accepted content types of a media field, each with its file extension."""
    return _VIDEO if purpose == "init_video" else _IMAGE


def plain_type(media_type: str) -> str:
    """A media type as it is stored and signed: lower case, no parameters (RFC 9110 §8.3), one name for each type."""
    name = media_type.partition(";")[0].strip().lower()
    return _SYNONYMS.get(name, name)


def max_bytes(purpose: Purpose, limits: UploadLimits) -> int:
    """The largest upload, in bytes, for a media field."""
    return limits.video if purpose == "init_video" else limits.image


def upload_key(upload_id: str, purpose: Purpose, content_type: str) -> str:
    """The bucket key of an upload; it names no owner, since the provider sees it."""
    return f"uploads/{upload_id}.{extensions(purpose)[content_type]}"


def upload_of_key(key: str) -> str | None:
    """The upload id that an `uploads/…` key belongs to, None for any other key."""
    prefix, _, name = key.partition("/")
    return name.partition(".")[0] if prefix == "uploads" and "/" not in name else None


def extension_of_key(key: str) -> str:
    """The file ending of a bucket key, without the dot."""
    return key.rpartition(".")[2]


def results_prefix(job_id: str) -> str:
    """Below which all copies of a job's result lie."""
    return f"results/{job_id}/"


def result_key(job_id: str, attempt: str) -> str:
    """The bucket key of one Collect's copy of a result; `attempt` is random for each copy."""
    return f"{results_prefix(job_id)}{attempt}.mp4"
