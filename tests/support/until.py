"""Waiting for a condition, with a bound."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(
    read: Callable[[], T],
    *,
    holds: Callable[[T], bool] = bool,
    seconds: float = 120.0,
    every: float = 0.1,
) -> T:
    """Read again and again until what is read holds.

    Raises:
        AssertionError: it did not within so many seconds; shows what was read last.
    """
    end = time.monotonic() + seconds
    while True:
        value = read()
        if holds(value):
            return value
        assert time.monotonic() < end, f"not so within {seconds} s: {value!r}"
        time.sleep(every)
