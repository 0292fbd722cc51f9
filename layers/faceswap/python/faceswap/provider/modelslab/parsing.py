"""Reading the provider's irregular fields (provider contract §8). Each function takes any JSON value."""

import codecs
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_MAX_URLS, _MAX_URL, _MAX_URL_BYTES = 8, 8192, 32 * 1024
_MAX_DEPTH = 32
_MAX_DIGITS = 300
_IN_WORDS = re.compile(r"(?:try again in|wait)\s+(\d{1,6})\s*(second|minute|hour)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_SCHEME = re.compile(r"(https?):[/\\]+", re.IGNORECASE)
_NEXT_URL = re.compile(r"\shttps?:[/\\]", re.IGNORECASE)
_PRINTED_LIST = re.compile(r"\s*(?:[\[({]|array\b)", re.IGNORECASE)
_PRINTED_URL = re.compile(r"https?:[/\\]+[^\s'\"<>]+", re.IGNORECASE)
_PICTURE = re.compile(r"[^?#]*\.(?:jpe?g|png|webp|gif|avif|bmp|svg)(?:[?#]|$)", re.IGNORECASE)
_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_DAY = 86400
_SHORTEST, _LONGEST = 0.001, 365.0 * _DAY
_SURROGATE = re.compile("[\ud800-\udfff]")
_AROUND = " \t\r\n\0\ufeff"
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Byte order marks and what they tell; UTF-32's before UTF-16's, which is its beginning."""


def decoded(body: bytes) -> str:
    """A body as text: without a byte order mark, U+FFFD for what cannot be decoded (§8.31)."""
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    return body.decode(errors="replace")


def unescaped(text: str) -> str:
    """A text with JSON's escapes of characters undone and without NULs, so that what they hide is found."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text.replace("\0", ""))


def parse(body: bytes) -> Mapping[str, object] | None:
    """The JSON object that a body holds, None for anything else (§8.20)."""
    try:
        value = parse_any(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def parse_any(body: bytes) -> object:
    """The JSON value that a body holds, read leniently (§8.31).

    Raw control characters are taken, half surrogates become U+FFFD, numbers that are none are None.

    Raises:
        ValueError: it is no JSON, or nested without end.
    """
    try:
        value = json.loads(
            decoded(body).strip(_AROUND),
            strict=False,
            parse_constant=_absent,
            parse_float=_finite,
            parse_int=_integer,
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return _clean(value, _MAX_DEPTH)


def _absent(_name: str) -> None:
    return None


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= _MAX_DIGITS else None


def _clean(value: object, depth: int) -> object:
    """The value with whole characters only, and nothing that is nested deeper than so."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_clean(entry, depth - 1) for entry in value]
    return {_clean(name, 0): _clean(entry, depth - 1) for name, entry in value.items()}


def identifier(value: object) -> str | None:
    """An id as text: 298, "298" and 298.0 are the same; empty and null are none (§8.5, §8.12)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if isinstance(value, int | str) else ""
    return text if _ID.fullmatch(text) else None


def number(value: object) -> float | None:
    """A positive finite number, also out of a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) and result > 0 else None


def seconds(value: object) -> float | None:
    """A span of 1 ms to a year, also out of a string; None for anything else (§8.11, §8.15, §8.32)."""
    found = number(value)
    return found if found is not None and _SHORTEST <= found <= _LONGEST else None


def urls(value: object) -> tuple[str, ...]:
    """The http(s) URLs in any nesting of texts, lists and objects; in order, each once, bounded (§8.8, §8.32, §8.34).

    A text that holds JSON, or a list as a program prints it, counts as what it holds. At most 8 URLs, of 8 KiB each
    and 32 KiB together; those that a picture's ending names come last, so that they displace no video.
    """
    found = dict.fromkeys(url for text in _texts(value) if (url := _url(text)) is not None)
    kept: list[str] = []
    left = _MAX_URL_BYTES
    for url in sorted(found, key=lambda url: _PICTURE.match(url) is not None):
        size = len(url.encode())
        if size <= min(_MAX_URL, left) and len(kept) < _MAX_URLS:
            kept.append(url)
            left -= size
    return tuple(kept)


def _url(text: str) -> str | None:
    """Slashes may be escaped once more, or fewer or more than two: browsers read them all the same (§8.36)."""
    text = text.strip()
    scheme = _SCHEME.match(text)
    if scheme is None:
        return None
    return f"{scheme[1].lower()}://{text[scheme.end() :]}".replace("\\/", "/")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        inner = _inner(value)
        if inner is not None:
            yield from _texts(inner)
        elif _PRINTED_LIST.match(value):
            yield from _PRINTED_URL.findall(value)
        else:
            yield from _separated(value.strip())
    elif isinstance(value, list | dict):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _texts(entry)


def _separated(text: str) -> Iterator[str]:
    """The links of a text that begins with one: a blank inside a link is its own, one before another link is not."""
    starts = [found.start() for found in _NEXT_URL.finditer(text)] if _SCHEME.match(text) else []
    for start, end in zip([0, *starts], [*starts, len(text)], strict=True):
        yield text[start:end].rstrip(" \t\r\n,;|") if end < len(text) else text[start:]


def _inner(text: str) -> object:
    """What a text holds that is itself the JSON of a list, an object or a text; None for any other."""
    text = text.strip()
    if not text.startswith(("[", "{", '"')):
        return None
    try:
        value = parse_any(text.encode())
    except ValueError:
        return None
    return value if isinstance(value, list | dict | str) else None


def flatten(value: object) -> str:
    """A message as one text, whether it came as a string, a list or an object of fields (§8.4)."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return " ".join(filter(None, map(flatten, value)))
    if isinstance(value, dict):
        return " ".join(
            f"{key}: {text}" for key, entry in value.items() if (text := flatten(entry))
        )
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
    spans = [entry for entry in named if entry is not None and entry > 0]
    return min(math.ceil(max(spans)), _DAY) if spans else None


def _retry_after(header: str | None, now: datetime) -> float | None:
    if header is None or header.strip().isdigit():
        return number(header)
    try:
        return (parsedate_to_datetime(header) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
