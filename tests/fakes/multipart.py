"""Multipart uploads in memory, beside the media bucket in memory."""

from collections.abc import Sequence
from urllib.parse import urlencode

from faceswap.ports.media import Part, PartsRequest, PresignedRequest
from faceswap.rules.parts import length
from faceswap.rules.uploads import Upload
from tests.fakes.calls import Before, at_once
from tests.fakes.media import FakeMedia, etag_of


class FakeMultipart:
    """Multipart uploads by id; what is put together lies among the objects of `media`."""

    def __init__(self, media: FakeMedia, before: Before = at_once) -> None:
        self.begun: dict[str, str] = {}
        """The key of each."""
        self.sent: dict[str, dict[int, bytes]] = {}
        """The parts of each, by number."""
        self._media = media
        self._before = before
        self._count = 0

    def begin(self, upload: Upload) -> str:
        self._before("begin")
        self._count += 1
        multipart_id = f"multipart-{self._count}"
        self.begun[multipart_id], self.sent[multipart_id] = upload.key, {}
        return multipart_id

    def presign(self, upload: Upload, asked: PartsRequest, seconds: int) -> PresignedRequest:
        named: dict[str, object] = {"does": asked.does, "for": seconds}
        headers: dict[str, str] = {}
        if asked.does == "create":
            headers["Content-Type"] = upload.content_type
        else:
            named["id"] = asked.multipart_id
        if asked.does == "part":
            named |= {"number": asked.number, "length": length(upload.size, asked.number)}
        if asked.does == "complete":
            headers["If-None-Match"] = "*"
        return PresignedRequest(f"https://bucket.example/{upload.key}?{urlencode(named)}", headers)

    def send(self, multipart_id: str, number: int, content: bytes) -> None:
        """Send a part, as a client does."""
        self.sent[multipart_id][number] = content

    def arrived(self, key: str, multipart_id: str) -> list[Part] | None:
        self._before("arrived")
        if self.begun.get(multipart_id) != key:
            return None
        parts = sorted(self.sent[multipart_id].items())
        return [Part(number, len(content), etag_of(content)) for number, content in parts]

    def complete(self, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        self._before("complete")
        if self.begun.get(multipart_id) != key or key in self._media.objects:
            return True
        sent = self.sent[multipart_id]
        if any(part.etag != etag_of(sent.get(part.number, b"")) for part in parts):
            return False
        self._media.objects[key] = b"".join(sent[part.number] for part in parts)
        del self.begun[multipart_id], self.sent[multipart_id]
        return True

    def abandon(self, key: str) -> None:
        self._before("abandon")
        for multipart_id in [each for each, of in self.begun.items() if of == key]:
            del self.begun[multipart_id], self.sent[multipart_id]
