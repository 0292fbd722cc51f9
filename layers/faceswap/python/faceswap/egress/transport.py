"""The way out: exchanges that end in time however slowly they drip, and foreign addresses used as they were judged."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from faceswap.rules.addresses import ForbiddenUrlError, is_fetchable

# Never reached: every request says when it ends.
_UNBOUNDED = float("inf")


def no_cookies() -> CookieJar:
    """A jar that keeps nothing: whoever is asked twice learns nothing from the first time."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


class BoundedTransport(httpx.HTTPTransport):
    """Sends requests that end by their extension `deadline`, a time of the monotonic clock in seconds.

    A timeout of httpx begins anew with each byte; this one holds from the first to the last of them. One request
    at a time. Nothing is read from the environment.
    """

    def __init__(self, *, keep_alive: int, guard: "Guard | None" = None) -> None:
        """How many connections to keep for later, and who judges addresses, if anybody."""
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._backend = _BoundedBackend(guard)
        # httpx names no way to give its pool another backend.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_keepalive_connections=keep_alive,
            keepalive_expiry=5.0,
            network_backend=self._backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            ForbiddenUrlError: the guard lets nobody there.
            httpx.TransportError: as httpx does; httpx.ReadTimeout also when there is no time left.
        """
        self._backend.deadline = request.extensions["deadline"]
        return super().handle_request(request)


class Guard:
    """Lets through to public addresses only (and IPv4 loopback where allowed)."""

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback

    def resolve(self, name: str, port: int, seconds: float) -> str:
        """The address to connect to, resolved once, so that a second answer of the DNS changes nothing.

        Raises:
            ForbiddenUrlError: the name has an address that is not public.
            httpcore.ConnectError: the name does not resolve.
            httpcore.ConnectTimeout: nor does it within so many seconds.
        """
        addresses = _addresses(name, port, seconds)
        for address in addresses:
            resolved = ipaddress.ip_address(address.partition("%")[0])
            if not is_fetchable(resolved, allow_loopback=self._allow_loopback):
                raise ForbiddenUrlError("leads to an address that is not public")
        return addresses[0]


def _addresses(name: str, port: int, seconds: float) -> list[str]:
    """What a name resolves to; whoever keeps the name may keep the question open for longer than anybody waits."""
    found: list[str] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            entries = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            found.extend(str(entry[4][0]) for entry in entries)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore.ConnectTimeout("the name did not resolve in time")
    if not found:
        raise httpcore.ConnectError("the name does not resolve")
    return found


class _BoundedBackend(httpcore.SyncBackend):
    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard
        self.deadline = _UNBOUNDED

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        if self._guard is not None:
            host = self._guard.resolve(host, port, self.left(timeout, httpcore.ConnectTimeout))
        left = self.left(timeout, httpcore.ConnectTimeout)
        stream = super().connect_tcp(host, port, left, local_address, socket_options)
        return _BoundedStream(stream, self)

    def left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        """Seconds until the deadline, or until this timeout if that is sooner. Raises `late` if there is none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise late("no time is left")
        return left if timeout is None else min(left, timeout)


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, backend: _BoundedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _BoundedStream(secured, self._backend)

    def get_extra_info(self, info: str) -> object:
        told: object = self._stream.get_extra_info(info)
        return told
