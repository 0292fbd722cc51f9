"""A provider, and the links to its results, that do as they are told."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from faceswap.ports.provider import Submission
from faceswap.ports.results import DownloadError, Video
from faceswap.rules.reply import Reply
from tests.fakes.calls import Before, at_once

SubmitBehaviour = Literal[
    "accepted", "immediate", "refused", "rejected", "lost before", "lost after"
]
FetchBehaviour = Literal["answers", "unclear"]


@dataclass
class Order:
    """A job that the provider has taken."""

    request_id: str
    track_id: int
    outcome: Literal["runs", "success", "failed"] = "runs"
    is_deleted: bool = False

    @property
    def message(self) -> bytes:
        """What its webhook says."""
        said: dict[str, Any] = {"status": self.outcome, "id": int(self.request_id)}
        if self.outcome == "success":
            said["output"] = [f"https://provider.example/{self.request_id}.mp4"]
        return json.dumps(said | {"track_id": self.track_id}).encode()


class FakeProvider:
    """Takes orders as it is told, and counts what each job sent. It deletes nothing while it works on it."""

    def __init__(self, before: Before = at_once) -> None:
        self.submit_behaviour: SubmitBehaviour = "accepted"
        self.fetch_behaviour: FetchBehaviour = "answers"
        self.deletes = True
        self.orders: list[Order] = []
        self.sent: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self._before = before

    def submit(self, key: str, submission: Submission) -> Reply:
        del key
        self._before("submit")
        track, behaviour = submission.track_id, self.submit_behaviour
        self.sent[track] += 1
        if behaviour == "refused":
            self.refused[track] += 1
            return Reply("not_started", remedy="retry", retry_after=30)
        if behaviour == "rejected":
            return Reply("failed", text="no face")
        if behaviour == "lost before":
            return Reply("ambiguous")
        order = Order(str(300 + len(self.orders)), track)
        self.orders.append(order)
        if behaviour == "lost after":
            return Reply("ambiguous", unread="HTTP 502: (empty)")
        if behaviour == "immediate":
            order.outcome = "success"
            return Reply("succeeded", request_id=order.request_id, urls=("https://p.example/i",))
        return Reply("accepted", request_id=order.request_id, eta=20)

    def fetch(self, key: str, request_id: str) -> Reply:
        del key
        self._before("fetch")
        outcome = next(o.outcome for o in self.orders if o.request_id == request_id)
        if self.fetch_behaviour == "unclear":
            return Reply("unclear", unread="HTTP 500: (empty)")
        if outcome == "success":
            return Reply("succeeded", urls=("https://provider.example/f.mp4",), generation_time=9)
        return Reply("failed", text="broken") if outcome == "failed" else Reply("pending")

    def delete(self, key: str, request_id: str) -> bool:
        del key
        self._before("delete")
        order = next(each for each in self.orders if each.request_id == request_id)
        if order.outcome == "runs" or not self.deletes:
            return False
        order.is_deleted = True
        return True


class FakeVideo:
    """A small video that is whole."""

    def __init__(self, content: bytes = b"abc") -> None:
        self._content = content
        self._read = 0

    @property
    def size(self) -> int:
        return self._read

    @property
    def sha256(self) -> str:
        return base64.b64encode(hashlib.sha256(self._content[: self._read]).digest()).decode()

    def read(self, size: int = -1, /) -> bytes:
        end = len(self._content) if size < 0 else self._read + size
        piece = self._content[self._read : end]
        self._read += len(piece)
        return piece


class FakeReader:
    """Links that give a video, unless they all are broken or one is `broken`; writes down which were opened."""

    def __init__(self, before: Before = at_once) -> None:
        self.is_broken = False
        self.broken: set[str] = set()
        self.opened: list[str] = []
        self._before = before

    @contextmanager
    def open(self, url: str, seconds: float) -> Iterator[Video]:
        del seconds
        self._before("open")
        self.opened.append(url)
        if self.is_broken or url in self.broken:
            raise DownloadError(f"{len(url)} characters that lead nowhere")
        yield FakeVideo()
