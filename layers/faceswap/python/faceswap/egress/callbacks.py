"""Posting a callback to an address that a client named (architecture, rule 7)."""

import time
from collections.abc import Mapping

import httpx

from faceswap import USER_AGENT
from faceswap.egress.transport import BoundedTransport, Guard, no_cookies
from faceswap.rules.addresses import ForbiddenUrlError, check_url
from faceswap.rules.callbacks import TRY_SECONDS, Answer
from faceswap.rules.sanitize import sanitize

_MAX_BYTES = 64 * 1024
_HEADERS = {
    "accept": "*/*",
    "accept-encoding": "identity",
    "content-type": "application/json",
    "user-agent": USER_AGENT,
}
_LONGEST_RETRY_AFTER = 10


class HttpCallbackSender:
    """Posts callbacks. Nothing is followed, kept from an answer or read from the environment."""

    def __init__(self, *, allow_loopback: bool, seconds: float = TRY_SECONDS) -> None:
        """Limits.

        Args:
            allow_loopback: admit http and 127.0.0.0/8.
            seconds: how long a receiver may take, from the first byte to the last.
        """
        self._allow_loopback = allow_loopback
        self._seconds = seconds
        self._http = httpx.Client(
            transport=BoundedTransport(keep_alive=0, guard=Guard(allow_loopback=allow_loopback)),
            timeout=seconds,
            headers=_HEADERS,
            cookies=no_cookies(),
            follow_redirects=False,
            trust_env=False,
        )

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What the receiver answered. Raises nothing for what it, the network or its address does."""
        began = time.monotonic()
        deadline = began + self._seconds
        try:
            place = check_url(url, allow_loopback=self._allow_loopback)
            with self._http.stream(
                "POST",
                place,
                content=body,
                headers=dict(headers),
                extensions={"deadline": deadline},
            ) as response:
                text = _beginning(response)
                return Answer(
                    seconds=time.monotonic() - began,
                    http_status=response.status_code,
                    trouble="it redirects, which is not followed" if _redirects(response) else None,
                    text=text,
                    retry_after=_retry_after(response),
                )
        except ForbiddenUrlError as error:
            trouble, is_late = f"the address {error}", False
        except httpx.TimeoutException:
            trouble, is_late = "it did not answer in time", True
        except (httpx.TransportError, httpx.InvalidURL):
            trouble, is_late = "it cannot be reached", False
        return Answer(seconds=time.monotonic() - began, trouble=trouble, is_late=is_late)


def _beginning(response: httpx.Response) -> str | None:
    """At most 1 KiB of the answer on one line, of at most 64 KiB that are read; what came, if the rest does not."""
    received = bytearray()
    try:
        for chunk in response.iter_raw():
            received += chunk
            if len(received) >= _MAX_BYTES:
                break
    except httpx.TransportError:
        pass  # the status has come, and that is what counts
    return sanitize(received[:_MAX_BYTES].decode(errors="replace")) or None


def _redirects(response: httpx.Response) -> bool:
    return response.status_code // 100 == 3


def _retry_after(response: httpx.Response) -> int | None:
    """Seconds; dates are not read."""
    text = response.headers.get("retry-after", "")
    is_number = text.isascii() and text.isdecimal() and len(text) < _LONGEST_RETRY_AFTER
    return int(text) if is_number else None
