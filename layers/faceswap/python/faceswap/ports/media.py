"""The bucket with media, and files that are put there in parts."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from faceswap.rules.uploads import StoredObject, Upload


@dataclass(frozen=True, slots=True)
class PresignedRequest:
    """A request to the bucket that anybody may send: to `url`, with exactly these headers."""

    url: str
    headers: dict[str, str]


class Readable(Protocol):
    """Something that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size`; empty at the end."""


class UnreadableObjectError(Exception):
    """An object that is archived, or encrypted with a key that is not ours to use."""


class MediaBucket(Protocol):
    """Objects by key."""

    def presign_upload(self, upload: Upload, seconds: int) -> PresignedRequest:
        """A request that can put exactly this upload, once: its key, type, size and, if announced, checksum."""

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        """A link that reads the object, or its headers, for so many seconds."""

    def find(self, key: str) -> StoredObject | None:
        """The object, None if it has not landed or is gone."""

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        """Store what `content` yields; if reading it raises, nothing is stored."""

    def read(self, key: str, etag: str, max_bytes: int, at: int = 0) -> bytes | None:
        """At most so many bytes of an object, from one on; None if it is gone, or has another content.

        Raises:
            UnreadableObjectError: the bucket does not give it out, whoever asks how often.
        """

    def pieces(self, key: str, etag: str) -> Generator[bytes, None, None] | None:
        """All of an object, piece by piece; None if it is gone, or has another content.

        Raises:
            TimeoutError: it could not be read through in time; raised while it is read.
            UnreadableObjectError: the bucket does not give it out, whoever asks how often.
        """

    def sha256(self, key: str, etag: str) -> str | None:
        """The SHA-256 (base64) of an object's content, read through; None if it is gone, or has another content.

        Raises:
            TimeoutError: it could not be read through in time.
            UnreadableObjectError: the bucket does not give it out, whoever asks how often.
        """

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store something small, in the place of what lies there."""

    def copy(self, source: str, target: str) -> bool:
        """Store an archived video once more, in the place of what lies there. Whether there is one."""

    def written_at(self, key: str) -> datetime | None:
        """When the object was written, to the second; None if that is not known, or it is gone."""

    def delete(self, key: str, etag: str | None = None) -> None:
        """Remove an object, with `etag` only while it has this content; one that is not there is fine."""

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        """Remove every object whose key begins so, but the one to keep."""


class Part(NamedTuple):
    """A part that lies in the bucket: its number, counted from 1, its bytes, and what names its content."""

    number: int
    size: int
    etag: str


class PartsRequest(NamedTuple):
    """A request about an upload's parts: what it does, to which multipart upload, and to which part."""

    does: Literal["create", "part", "list", "complete", "abort"]
    multipart_id: str = ""
    number: int = 0


class MultipartUploads(Protocol):
    """Objects that are sent in parts."""

    def begin(self, upload: Upload) -> str:
        """Let parts of this upload be sent. Returns the id of what they make."""

    def presign(self, upload: Upload, asked: PartsRequest, seconds: int) -> PresignedRequest:
        """A request about parts of this upload: a part has exactly its length, what is complete replaces nothing."""

    def arrived(self, key: str, multipart_id: str) -> list[Part] | None:
        """The parts that lie there, by number; None if they were put together, given up or dropped."""

    def complete(self, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        """Put the parts together, unless an object lies there.

        Returns:
            Whether nothing is left to be put together: not if the parts have changed meanwhile.
        """

    def abandon(self, key: str) -> None:
        """Drop all parts that were sent for an object and not put together."""
