"""Answers that come late, break off, never end, or never come."""

import asyncio
import gzip
import zlib

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.provider.canned_answers import CannedAnswer
from local.provider.connections import reset
from local.provider.jobs import Job
from local.provider.scripts import spoken

MOST_ENDLESS_BYTES = 64 * 1024 * 1024
_CHUNK = bytes(64 * 1024)


class ScriptedAnswer(Response):
    """Answers as a script says."""

    def __init__(self, says: CannedAnswer, job: Job | None, truth: bytes = b"") -> None:
        """The answer to a job, if there is one; `truth` is what would be said otherwise."""
        body = spoken(says.body, job).encode(says.charset) + (truth if says.truth else b"")
        headers = {name: spoken(value, job) for name, value in says.headers.items()}
        if says.coding is not None:
            body = gzip.compress(body) if says.coding == "gzip" else zlib.compress(body)
            headers["content-encoding"] = says.coding
        super().__init__(body, says.status, headers)
        self._says = says

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then send what there is to send."""
        left = asyncio.create_task(_client_left(receive))
        try:
            await asyncio.wait([left], timeout=self._says.delay)
            if left.done():
                return
            if self._says.reset:
                reset(scope)
                await left
            elif self._says.endless:
                await self._pour(send, left)
            elif self._says.cut:
                await self._break_off(send)
            else:
                await super().__call__(scope, receive, send)
        finally:
            left.cancel()

    async def _break_off(self, send: Send) -> None:
        """Announce the whole body, send all but its end and leave."""
        body = bytes(self.body)
        missing = self._says.cut
        sent = body[: max(0, len(body) - missing)]
        length = str(len(sent) + missing).encode()
        headers = [
            *(pair for pair in self.raw_headers if pair[0] != b"content-length"),
            (b"content-length", length),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        if sent:
            await send({"type": "http.response.body", "body": sent, "more_body": True})

    async def _pour(self, send: Send, left: asyncio.Task[None]) -> None:
        """Send the body and then zeros until the client leaves; at the most 64 MiB, then break off."""
        headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(self.body), "more_body": True})
        for _ in range(MOST_ENDLESS_BYTES // len(_CHUNK)):
            if left.done():
                return
            await send({"type": "http.response.body", "body": _CHUNK, "more_body": True})


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
