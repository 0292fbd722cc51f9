"""The two calls to the provider. What an answer means is decided in `interpret`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpx

from faceswap import USER_AGENT
from faceswap.egress.codings import CodingError, decode
from faceswap.egress.transport import BoundedTransport, no_cookies
from faceswap.ports.provider import Submission
from faceswap.provider.modelslab import parsing
from faceswap.provider.modelslab.errors import REDIRECTS
from faceswap.provider.modelslab.interpret import interpret
from faceswap.rules.reply import Reply, Request

_SUBMIT_SECONDS, _FETCH_SECONDS, _DELETE_SECONDS = 110.0, 30.0, 5.0
_CONNECT_SECONDS, _WRITE_SECONDS = 10.0, 20.0
_LARGEST_ANSWER = 1024 * 1024
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)


class ModelsLabClient:
    """Talks to one server that honours the provider contract.

    Every request has a connection of its own: on a kept one, a server that has just hung up cannot be
    told from one that took the job and died.
    """

    def __init__(
        self, base_url: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._http = httpx.Client(
            transport=BoundedTransport(keep_alive=0),
            headers={
                "accept": "application/json",
                "accept-encoding": "identity",
                "user-agent": USER_AGENT,
            },
            cookies=no_cookies(),
            follow_redirects=False,
            trust_env=False,
        )

    def submit(self, key: str, submission: Submission) -> Reply:
        """Ask for one generation. Never raises for what the provider or the network does."""
        body = {
            "init_video": submission.init_video,
            "init_image": submission.init_image,
            "reference_image": submission.reference_image,
            "output_format": submission.output_format,
            "watermark": submission.watermark,
            "webhook": submission.webhook,
            "track_id": submission.track_id,
        }
        return self._post("/faceswap/specific_video_swap", key, body, "submit", _SUBMIT_SECONDS)

    def fetch(self, key: str, request_id: str) -> Reply:
        """Ask what became of a request.

        The address is built here; the provider's `fetch_result` is not followed, as the key goes along (§2).
        """
        return self._post(
            f"/faceswap/fetch/{request_id}", key, {}, "fetch", _FETCH_SECONDS, request_id
        )

    def delete(self, key: str, request_id: str) -> bool:
        """Ask the provider to delete what it keeps of a request (§4.6). Best effort: whether it said so."""
        url = urljoin(self._base_url + "/", "../v3/delete_image")
        body: dict[str, object] = {"key": key, "request_id": request_id, "type": "video"}
        if request_id.isdecimal():
            body |= {"request_id": int(request_id)}
        try:
            response, content = self._exchange(url, body, httpx.Timeout(_DELETE_SECONDS))
        except httpx.HTTPError:
            return False
        told = parsing.parse(content) or {}
        return response.is_success and told.get("status") == "success"

    def _post(
        self,
        path: str,
        key: str,
        body: dict[str, object],
        asked: Request,
        seconds: float,
        request_id: str | None = None,
    ) -> Reply:
        timeout = httpx.Timeout(seconds, connect=_CONNECT_SECONDS, write=_WRITE_SECONDS)
        try:
            response, content = self._exchange(self._base_url + path, {"key": key, **body}, timeout)
        except _NOTHING_SENT:
            return Reply(
                "not_started" if asked == "submit" else "unclear",
                remedy="retry",
                text="the provider cannot be reached",
            )
        except httpx.TransportError:
            return Reply(
                "ambiguous" if asked == "submit" else "unclear",
                remedy="retry",
                text="the provider's answer was lost",
            )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return interpret(
            response.status_code,
            headers,
            content,
            asked=asked,
            now=self._clock(),
            request_id=request_id,
            secret=key,
        )

    def _exchange(
        self, url: str, body: dict[str, object], timeout: httpx.Timeout
    ) -> tuple[httpx.Response, bytes]:
        """One request, over when the time to read is. Raises httpx.TransportError."""
        deadline = time.monotonic() + (timeout.read or 0.0)
        extensions = {"deadline": deadline}
        with self._http.stream(
            "POST", url, json=body, timeout=timeout, extensions=extensions
        ) as response:
            try:
                return response, _read(response)
            except httpx.TransportError:
                if response.status_code in REDIRECTS:
                    return response, b""  # what its status and headers say is known
                raise


def _read(response: httpx.Response) -> bytes:
    """The answer's bytes, unpacked; none of one above 1 MiB, or packed in a way that is not supported."""
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > _LARGEST_ANSWER:
            return b""
    try:
        return decode(bytes(content), response.headers.get("content-encoding"), _LARGEST_ANSWER)
    except CodingError:
        return b""
