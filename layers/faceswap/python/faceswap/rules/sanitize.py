"""Foreign text made fit to keep and to show."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

_URL = re.compile(r"(?:https?|data):[^\s\"'<>]+", re.IGNORECASE)
# Addresses of our own without a scheme, and tokens by themselves: a MAC of ours has 43 characters.
_OURS = re.compile(r"/v1/(?:webhooks|inputs|results)/[^\s\"'<>]+|[A-Za-z0-9_-]{43,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_OUR_PATHS = re.compile(r"/v1/(?:webhooks|inputs|results)/")
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_MOST_ESCAPES = 3
_MAX_BYTES = 1024


def sanitize(text: str) -> str:
    """At most 1 KiB of the text, on one line, with URLs and tokens replaced: they may carry signatures.

    Where more of these is found in what is escaped, the text is shown unescaped.
    """
    blotted = _blotted(text.replace("\\/", "/"))
    for plain in _unescaped(blotted):
        once_more = _blotted(plain)
        if once_more != plain:
            blotted = once_more
    return single_line(blotted)


def _blotted(text: str) -> str:
    return _OURS.sub("[token]", _URL.sub("[url]", text))


def _unescaped(text: str) -> Iterator[str]:
    """A text as it reads when escapes of JSON, URLs and HTML are undone once, twice and so on."""
    for _ in range(_MOST_ESCAPES):
        text = html.unescape(unquote(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)))
        yield text


def single_line(text: str) -> str:
    """At most 1 KiB of the text, on one line."""
    one_line = _CONTROL.sub(" ", text).strip()
    return one_line.encode()[:_MAX_BYTES].decode(errors="ignore")


def without(secret: str | None, text: str) -> str:
    """The text with a secret blotted out, in each spelling in which it may have been repeated."""
    if not secret:
        return text
    in_json = json.dumps(secret)[1:-1]
    spellings = [
        secret,
        in_json,
        json.dumps(in_json)[1:-1],
        quote(secret, safe=""),
        html.escape(secret),
    ]
    for spelling in [*spellings, *(each.replace("/", "\\/") for each in spellings)]:
        text = text.replace(spelling, "[key]")
    return "[key]" if holds(secret, text) else text


def holds(secret: str | None, text: str) -> bool:
    """Whether a text holds a secret in any spelling: escaped for JSON, a URL or HTML, also twice."""
    if not secret:
        return False
    return secret in text or any(secret in plain for plain in _unescaped(text))


def is_our_own(url: str) -> bool:
    """Whether a link leads to an address of ours that holds a token."""
    return any(_OUR_PATHS.search(plain) for plain in (url, *_unescaped(url)))
