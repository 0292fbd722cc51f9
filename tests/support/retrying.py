"""A client that does not give up: what failed on the other side is asked again, as it was."""

import time
from collections.abc import Callable

import httpx

_TRIES = 12
_PAUSE_SECONDS = 0.3


def retrying(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The first answer that is no server error.

    Raises:
        AssertionError: there was none in a dozen tries.
    """
    last = "nothing"
    for _ in range(_TRIES):
        try:
            answer = ask()
        except httpx.TransportError as error:
            last = type(error).__name__
        else:
            if answer.status_code < 500:
                return answer
            last = f"{answer.status_code} {answer.text}"
        time.sleep(_PAUSE_SECONDS)
    raise AssertionError(f"no answer in {_TRIES} tries, the last was {last}")
