"""The media bucket in memory."""

import base64
import hashlib
from collections.abc import Generator
from datetime import datetime
from typing import Literal

from faceswap.ports.media import PresignedRequest, Readable, UnreadableObjectError
from faceswap.rules.uploads import StoredObject, Upload
from tests.fakes.calls import Before, at_once

_PIECE = 65536


class FakeMedia:
    """Objects by key."""

    def __init__(self, before: Before = at_once) -> None:
        self.objects: dict[str, bytes] = {}
        self.checksums: dict[str, str] = {}
        """The SHA-256 (base64) of objects that were sent with one."""
        self.types: dict[str, str] = {}
        """The content types of objects that were written here."""
        self.written: dict[str, datetime] = {}
        """When objects were written, as far as it is known."""
        self.unreadable: set[str] = set()
        """Keys of objects that the bucket gives to nobody."""
        self._before = before

    def presign_upload(self, upload: Upload, seconds: int) -> PresignedRequest:
        headers = {"Content-Type": upload.content_type, "If-None-Match": "*"}
        if upload.sha256:
            headers["x-amz-checksum-sha256"] = upload.sha256
        return PresignedRequest(f"https://bucket.example/{upload.key}?for={seconds}", headers)

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        return f"https://bucket.example/{key}?for={seconds}&by={method}"

    def find(self, key: str) -> StoredObject | None:
        self._before("find")
        content = self.objects.get(key)
        if content is None:
            return None
        sha256 = self.checksums.get(key)
        return StoredObject(size=len(content), etag=etag_of(content), sha256=sha256)

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        self._before("archive")
        data = b"".join(iter(lambda: content.read(_PIECE), b""))
        self.objects[key], self.types[key] = data, content_type

    def read(self, key: str, etag: str, max_bytes: int, at: int = 0) -> bytes | None:
        found = self.find(key)
        if found and key in self.unreadable:
            raise UnreadableObjectError
        if found is None or found.etag != etag:
            return None
        return self.objects[key][at : at + max_bytes]

    def pieces(self, key: str, etag: str) -> Generator[bytes, None, None] | None:
        content = self.read(key, etag, len(self.objects.get(key, b"")))
        if content is None:
            return None
        return (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))

    def sha256(self, key: str, etag: str) -> str | None:
        content = self.read(key, etag, len(self.objects.get(key, b"")))
        digest = hashlib.sha256(content or b"").digest()
        return None if content is None else base64.b64encode(digest).decode()

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self._before("put")
        self.objects[key], self.types[key] = content, content_type

    def copy(self, source: str, target: str) -> bool:
        self._before("copy")
        if source not in self.objects:
            return False
        self.objects[target] = self.objects[source]
        return True

    def written_at(self, key: str) -> datetime | None:
        self._before("written_at")
        return self.written.get(key) if key in self.objects else None

    def delete(self, key: str, etag: str | None = None) -> None:
        self._before("delete")
        lies_there = self.objects.get(key)
        if lies_there is not None and etag in {None, etag_of(lies_there)}:
            del self.objects[key]

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        self._before("delete_below")
        for key in [key for key in self.objects if key.startswith(prefix) and key != keep]:
            del self.objects[key]


def etag_of(content: bytes) -> str:
    """What names this content."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
