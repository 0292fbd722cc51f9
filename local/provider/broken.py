"""Answers that break off."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class BrokenAnswer(Response):
    """Announces more than it sends, then the connection ends."""

    def __init__(self, body: bytes = b"", status: int = 200, missing: int = 1000) -> None:
        super().__init__(body, status)
        self._missing = missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is and leave."""
        del scope, receive
        length = str(len(self.body) + self._missing).encode()
        headers = [(b"content-length", length), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        if self.body:
            await send({"type": "http.response.body", "body": bytes(self.body), "more_body": True})
