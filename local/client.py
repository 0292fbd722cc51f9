"""The client that apps use (`clients/python`), for a stack on this machine or one that is tried from it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from faceswap_adapter import Client

_TIMEOUT_SECONDS = 60.0


@contextmanager
def connected(api_url: str, token: str) -> Iterator[Client]:
    """A client that no proxy of this machine's settings stands before."""
    with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False) as http:
        yield Client(api_url, token, http=http)
