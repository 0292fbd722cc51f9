"""The inbox: names of manifests, of the media beside them, and of what answers them; and which event is the newer."""

import re
import unicodedata
from typing import NamedTuple

from faceswap.rules.media import Purpose, UploadLimits, max_bytes
from faceswap.rules.owner import OWNER_PATTERN
from faceswap.rules.stored import Stored

INBOX, OUTBOX = "inbox/", "outbox/"
SOURCE_PREFIX = "s3:"
MOST_JOBS = 5000
"""How many jobs may name one file."""
LARGEST_MANIFEST = 64 * 1024

_MANIFEST, _ANSWER, _VIDEO = ".job.json", ".result.json", ".mp4"
_UNFINISHED = (".part", ".filepart", ".tmp")
_MOST_KEY_BYTES = 1024
_SEQUENCER_DIGITS = 64
_VIDEOS, _IMAGES = ("mp4", "mov", "m4v", "webm"), ("jpg", "jpeg", "png", "webp")
_OWNER = re.compile(OWNER_PATTERN)


class Manifest(Stored):
    """A manifest as it was when a job was made of it: its key, the event's sequencer, and the bucket's entity tag."""

    key: str
    sequencer: str
    etag: str

    @property
    def owner(self) -> str:
        """Whom the folder belongs to; empty for a manifest that lies in none."""
        folder, _, path = self.key.removeprefix(INBOX).partition("/")
        return folder if path else ""

    @property
    def answer_key(self) -> str:
        """Where the answer lies."""
        return self._outbox(_ANSWER)

    @property
    def video_key(self) -> str:
        """Where the video lies."""
        return self._outbox(_VIDEO)

    @property
    def can_be_answered(self) -> bool:
        """Whether the answer's key is one that S3 takes."""
        return _is_key(self.answer_key)

    def _outbox(self, suffix: str) -> str:
        return OUTBOX + self.key.removeprefix(INBOX).removesuffix(_MANIFEST) + suffix


class MediaPathError(ValueError):
    """A path that no file of the inbox can have here; the text says why, fit for a client."""


class Form(NamedTuple):
    """The keys under which one named file may lie: as it was named, and in the two forms of Unicode."""

    exact: str
    others: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them."""
        return (self.exact, *self.others)


def is_nothing(key: str) -> bool:
    """Whether a key is a folder's mark, hidden, or a file that is still being sent."""
    name = key.rpartition("/")[2]
    return not name or name.startswith(".") or name.lower().endswith(_UNFINISHED)


def is_manifest(key: str) -> bool:
    """Whether a key is a manifest's."""
    return key.startswith(INBOX) and key.endswith(_MANIFEST)


def is_owner(text: str) -> bool:
    """Whether a folder's name can be an owner's."""
    return _OWNER.fullmatch(text) is not None and bool(text.strip("."))


def media_key(owner: str, path: str, purpose: Purpose) -> str:
    """The key of a file that a manifest names.

    Raises:
        MediaPathError: no file of this owner's inbox can have this path, or it is of another kind.
    """
    key = f"{INBOX}{owner}/{path}"
    segments = path.split("/")
    if path.startswith(INBOX):
        raise MediaPathError("is below inbox/<owner>/ already; leave that away")
    if any(segment in {"", ".", ".."} for segment in segments):
        raise MediaPathError("must be a path below the owner's folder, without .. and empty parts")
    if is_nothing(key) or is_manifest(key):
        raise MediaPathError(
            "must not name a hidden file, a manifest, or one that is still being sent"
        )
    if not _is_key(key):
        raise MediaPathError(f"makes a key of more than {_MOST_KEY_BYTES} bytes")
    wanted = _VIDEOS if purpose == "init_video" else _IMAGES
    if path.rpartition(".")[2].lower() not in wanted:
        raise MediaPathError(f"must end in one of {', '.join(wanted)}")
    return key


def forms(key: str) -> Form:
    """The keys under which a file of this name may lie: names are compared byte by byte, then in NFC and NFD."""
    normal = (unicodedata.normalize("NFC", key), unicodedata.normalize("NFD", key))
    others = dict.fromkeys(each for each in normal if each != key and _is_key(each))
    return Form(key, tuple(others))


def _is_key(key: str) -> bool:
    """Whether S3 takes a key as long as this."""
    return len(key.encode()) <= _MOST_KEY_BYTES


def ordered(sequencer: str) -> str:
    """A sequencer as it can be compared with another one of the same key: the shorter is filled up with zeros."""
    return sequencer.upper().ljust(_SEQUENCER_DIGITS, "0")


def oversize(purpose: Purpose, size: int, limits: UploadLimits) -> str | None:
    """How a file is larger than may be, in words; None if it is not."""
    most = max_bytes(purpose, limits)
    return f"has {size} bytes, at most {most} are taken" if size > most else None
