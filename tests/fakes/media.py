"""The media bucket in memory."""

import base64
import hashlib
from typing import Literal

from faceswap.ports import PresignedPost, Readable, StoredObject
from tests.fakes.calls import Before, at_once

_PIECE = 65536


class FakeMedia:
    """Objects by key."""

    def __init__(self, before: Before = at_once) -> None:
        self.objects: dict[str, bytes] = {}
        self._before = before

    def presign_upload(self, key: str, content_type: str, size: int, seconds: int) -> PresignedPost:
        fields = {"key": key, "Content-Type": content_type, "size": str(size)}
        return PresignedPost(f"https://bucket.example/?for={seconds}", fields)

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        return f"https://bucket.example/{key}?for={seconds}&by={method}"

    def find(self, key: str) -> StoredObject | None:
        self._before("find")
        content = self.objects.get(key)
        return None if content is None else StoredObject(size=len(content))

    def sha256(self, key: str) -> str:
        self._before("sha256")
        return base64.b64encode(hashlib.sha256(self.objects[key]).digest()).decode()

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        del content_type
        self._before("archive")
        data = b""
        while piece := content.read(_PIECE):
            data += piece
        self.objects[key] = data

    def delete(self, key: str) -> None:
        self._before("delete")
        self.objects.pop(key, None)

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        self._before("delete_below")
        for key in [key for key in self.objects if key.startswith(prefix) and key != keep]:
            del self.objects[key]
