"""Waiting for a condition, with a bound."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_GROWTH, _RARER = 1.3, 5


def until(
    read: Callable[[], T],
    *,
    holds: Callable[[T], bool] = bool,
    seconds: float = 120.0,
    every: float = 0.1,
) -> T:
    """Read again and again until what is read holds: at first after `every` seconds, later five times as rarely.

    Each reading costs the stack something, and who has waited for long does not mind half a second more.

    Raises:
        AssertionError: it did not within so many seconds; shows what was read last.
    """
    end = time.monotonic() + seconds
    pause, longest = every, _RARER * every
    while True:
        value = read()
        if holds(value):
            return value
        assert time.monotonic() < end, f"not so within {seconds} s: {value!r}"
        time.sleep(pause)
        pause = min(longest, _GROWTH * pause)
