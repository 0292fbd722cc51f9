"""How long to wait: before a request is repeated, and before a job is read again. `random` is from 0 to 1."""

from collections.abc import Mapping

MOST_RETRIES = 3
RETRIED = frozenset({408, 429, 502, 503, 504})
_FIRST, _LONGEST = 0.5, 8.0
_LONGEST_ASKED = 60.0
_POLL, _SHORTEST_POLL, _LONGEST_POLL = 5.0, 1.0, 120.0
_SPREAD = 0.2


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer names, None where it names none. (The API never names a date.)"""
    named = headers.get("retry-after", "")
    return float(named) if named.isascii() and named.isdigit() else None


def before_retry(retries: int, asked: float | None, random: float) -> float | None:
    """Seconds before the next try, after so many; None if there is none: no try is left, or the wait is too long.

    Full jitter over a range that doubles, on top of what the answer asked for.
    """
    if retries >= MOST_RETRIES or (asked or 0) > _LONGEST_ASKED:
        return None
    return (asked or 0.0) + random * min(_LONGEST, _FIRST * float(2**retries))


def before_poll(asked: float | None, random: float) -> float:
    """Seconds before a job is read again: what was asked for (else 5), within 1 and 120, and up to a fifth more."""
    asked = _POLL if asked is None else asked
    return min(max(asked, _SHORTEST_POLL), _LONGEST_POLL) * (1 + _SPREAD * random)
