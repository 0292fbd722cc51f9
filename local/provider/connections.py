"""The connections that are open, so that one can be reset: ASGI itself knows no way to leave a request unanswered."""

import asyncio
import socket
import struct

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}
# Close at once and drop what is unsent: the other side sees a reset.
_NO_LINGER = struct.pack("ii", 1, 0)


class KnownConnection(H11Protocol):
    """A connection that can be found by the address at its other end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember it."""
        super().connection_made(transport)
        if self.client:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self.client:
            _open.pop(self.client, None)
        super().connection_lost(exc)


def reset(scope: Scope) -> None:
    """Reset the connection of a request."""
    transport = _open.get(tuple(scope["client"]))
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
