"""Reading the provider's irregular fields (provider contract §8). Each function takes any JSON value."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from pydantic_core import from_json

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_MAX_URLS = 8
_IN_WORDS = re.compile(r"(?:try again in|wait)\s+(\d{1,6})\s*(second|minute|hour)", re.IGNORECASE)
_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_DAY = 86400


def parse(body: bytes) -> Mapping[str, object] | None:
    """The JSON object that a body holds, None for anything else (§8.20)."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def identifier(value: object) -> str | None:
    """An id as text: 298, "298" and 298.0 are the same; empty and null are none (§8.5, §8.12)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if isinstance(value, int | str) else ""
    return text if _ID.fullmatch(text) else None


def number(value: object) -> float | None:
    """A positive finite number, also out of a string (§8.11, §8.15)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) and 0 < result < 1e10 else None


def urls(value: object) -> tuple[str, ...]:
    """The http(s) URLs in a string, a list, or objects with a `url`; in order, each once (§8.8)."""
    found = (text.strip() for text in _candidates(value))
    usable = dict.fromkeys(
        text for text in found if text.lower().startswith(("https://", "http://"))
    )
    return tuple(usable)[:_MAX_URLS]


def _candidates(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _candidates(entry)
    elif isinstance(value, dict) and isinstance(value.get("url"), str):
        yield value["url"]


def words(value: object) -> str:
    """A message as one text, whether it came as a string, a list or an object of fields (§8.4)."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return " ".join(filter(None, map(words, value)))
    if isinstance(value, dict):
        return " ".join(f"{key}: {text}" for key, entry in value.items() if (text := words(entry)))
    return ""


def wait(
    body: Mapping[str, object], headers: Mapping[str, str], text: str, now: datetime
) -> int | None:
    """The longest wait in whole seconds, at most a day, that a refusal names anywhere (§8.16).

    Places: body `retry_after`, headers `Retry-After` and `X-RateLimit-Reset`, "try again in N minutes".
    `headers` have lower-case names.
    """
    named = [number(body.get("retry_after")), _retry_after(headers.get("retry-after"), now)]
    reset = number(headers.get("x-ratelimit-reset"))
    if reset is not None:
        named.append(reset - now.timestamp() if reset > _DAY else reset)
    named += [int(match[1]) * _UNITS[match[2].lower()] for match in _IN_WORDS.finditer(text)]
    seconds = [entry for entry in named if entry is not None and entry > 0]
    return min(math.ceil(max(seconds)), _DAY) if seconds else None


def _retry_after(header: str | None, now: datetime) -> float | None:
    if header is None or header.strip().isdigit():
        return number(header)
    try:
        return (parsedate_to_datetime(header) - now).total_seconds()
    except (TypeError, ValueError):
        return None
