"""Reading a result from wherever the provider keeps it, checked while it streams by."""

import base64
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urljoin

import httpx

from faceswap import USER_AGENT
from faceswap.egress.codings import CodingError, codings_of, unpack
from faceswap.egress.transport import BoundedTransport, Guard, no_cookies
from faceswap.ports.results import DownloadError
from faceswap.rules.addresses import ForbiddenUrlError, check_url, encoded
from faceswap.rules.mp4 import NotAVideoError, VideoCheck

_MOST_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_CHUNK = 256 * 1024


class CheckedStream:
    """A video that is judged while it is read; file-like, for `upload_fileobj`.

    The last `read` raises DownloadError if what came was not a whole video, so that whoever copies it
    fails before the copy is complete. `size` is in bytes, `sha256` base64; both are right once it is read.
    """

    def __init__(
        self, received: "Received", codings: Sequence[str], max_bytes: int, deadline: float
    ) -> None:
        self._received = received
        self._chunks: Iterator[bytes] = iter(received)
        for coding in codings:
            self._chunks = unpack(self._chunks, coding)
        self._largest = max_bytes
        self._until = deadline
        self._buffer = bytearray()
        self._ended = False
        self._check = VideoCheck()
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The base64 SHA-256 of what was read."""
        return base64.b64encode(self._hash.digest()).decode()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, exactly `size` unless the video ends."""
        while not self._ended and (size < 0 or len(self._buffer) < size):
            self._pull()
        taken = bytes(self._buffer if size < 0 else self._buffer[:size])
        del self._buffer[: len(taken)]
        return taken

    def _pull(self) -> None:
        try:
            chunk = next(self._chunks, None)
        except httpx.TransportError as error:
            raise _trouble("the connection broke", self._until) from error
        except CodingError as error:
            raise DownloadError(f"it came compressed: {error}") from error
        try:
            if chunk is None:
                self._end()
                return
            self._check.feed(chunk)
        except NotAVideoError as error:
            raise DownloadError(f"what came is not a video: {error}") from error
        self.size += len(chunk)
        self._hash.update(chunk)
        self._buffer += chunk
        if self.size > self._largest:
            raise DownloadError("it is larger than allowed")

    def _end(self) -> None:
        self._ended = True
        self._received.check()
        self._check.finish()


class Received:
    """The bytes of an answer as they come from the wire, counted against the announced length."""

    def __init__(self, chunks: Iterator[bytes], announced: int | None) -> None:
        self._chunks = chunks
        self._announced = announced
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._size += len(chunk)
            yield chunk

    def check(self) -> None:
        """All has come. Raises DownloadError if that is not what was announced."""
        if self._announced is not None and self._size != self._announced:
            raise DownloadError("it has another length than announced")


class HttpResultReader:
    """Opens result links under the rules for foreign URLs (architecture, rule 7)."""

    def __init__(self, *, allow_loopback: bool, max_bytes: int) -> None:
        """Limits.

        Args:
            allow_loopback: admit http and 127.0.0.0/8.
            max_bytes: bytes of a result.
        """
        self._allow_loopback = allow_loopback
        self._largest = max_bytes
        self._http = httpx.Client(
            transport=BoundedTransport(keep_alive=1, guard=Guard(allow_loopback=allow_loopback)),
            timeout=_TIMEOUT,
            headers={"accept": "*/*", "accept-encoding": "identity", "user-agent": USER_AGENT},
            cookies=no_cookies(),
            follow_redirects=False,
            trust_env=False,
        )

    @contextmanager
    def open(self, url: str, seconds: float) -> Iterator[CheckedStream]:
        """The video behind a link, to be read within the `with` and within so many seconds from now.

        Raises:
            DownloadError: forbidden, unreachable, refused, too large, or not announced as it came.
        """
        deadline = time.monotonic() + seconds
        for _ in range(_MOST_REDIRECTS + 1):
            with self._get(url, deadline) as response:
                if response.has_redirect_location:
                    url = _redirected(url, response)
                    continue
                if response.status_code != httpx.codes.OK:
                    raise DownloadError(f"the link answered {response.status_code}")
                announced = _length(response)
                if announced is not None and announced > self._largest:
                    raise DownloadError("it is larger than allowed")
                received = Received(response.iter_raw(_CHUNK), announced)
                yield CheckedStream(received, _codings(response), self._largest, deadline)
                return
        raise DownloadError("it redirects too often")

    @contextmanager
    def _get(self, url: str, deadline: float) -> Iterator[httpx.Response]:
        try:
            url = check_url(url, allow_loopback=self._allow_loopback)
            with self._http.stream("GET", url, extensions={"deadline": deadline}) as response:
                yield response
        except ForbiddenUrlError as error:
            raise DownloadError(f"the link {error}") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise _trouble("the link cannot be reached", deadline) from error


def _redirected(url: str, response: httpx.Response) -> str:
    """Where a redirect leads; the place is judged when it is asked."""
    try:
        return urljoin(url, encoded(response.headers["location"]))
    except ValueError as error:
        raise DownloadError("the link redirects to what is not a URL") from error


def _codings(response: httpx.Response) -> list[str]:
    try:
        return codings_of(response.headers.get("content-encoding"))
    except CodingError as error:
        raise DownloadError(f"it came compressed: {error}") from error


def _trouble(text: str, deadline: float) -> DownloadError:
    """What went wrong, or that there was no time left."""
    return DownloadError("it took too long" if time.monotonic() > deadline else text)


def _length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isdecimal() else None
