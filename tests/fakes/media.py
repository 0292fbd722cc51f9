"""The media bucket in memory."""

import hashlib
from typing import Literal

from faceswap.ports import PresignedPut, Readable
from faceswap.rules.uploads import StoredObject, Upload
from tests.fakes.calls import Before, at_once

_PIECE = 65536


class FakeMedia:
    """Objects by key."""

    def __init__(self, before: Before = at_once) -> None:
        self.objects: dict[str, bytes] = {}
        self.checksums: dict[str, str] = {}
        """The SHA-256 (base64) of objects that were sent with one."""
        self._before = before

    def presign_upload(self, upload: Upload, seconds: int) -> PresignedPut:
        headers = {"Content-Type": upload.content_type, "If-None-Match": "*"}
        if upload.sha256:
            headers["x-amz-checksum-sha256"] = upload.sha256
        return PresignedPut(f"https://bucket.example/{upload.key}?for={seconds}", headers)

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        return f"https://bucket.example/{key}?for={seconds}&by={method}"

    def find(self, key: str) -> StoredObject | None:
        self._before("find")
        content = self.objects.get(key)
        if content is None:
            return None
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return StoredObject(size=len(content), etag=etag, sha256=self.checksums.get(key))

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        del content_type
        self._before("archive")
        data = b""
        while piece := content.read(_PIECE):
            data += piece
        self.objects[key] = data

    def read(self, key: str, etag: str, max_bytes: int) -> bytes | None:
        found = self.find(key)
        return self.objects[key][:max_bytes] if found and found.etag == etag else None

    def put(self, key: str, content: bytes, content_type: str) -> None:
        del content_type
        self._before("put")
        self.objects[key] = content

    def copy(self, source: str, target: str) -> None:
        self._before("copy")
        self.objects[target] = self.objects[source]

    def delete(self, key: str) -> None:
        self._before("delete")
        self.objects.pop(key, None)

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        self._before("delete_below")
        for key in [key for key in self.objects if key.startswith(prefix) and key != keep]:
            del self.objects[key]
