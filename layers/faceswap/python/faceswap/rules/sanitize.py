"""Foreign text made fit to keep and to show."""

import html
import json
import re
from urllib.parse import quote

_URL = re.compile(r"(?:https?|data):[^\s\"'<>]+", re.IGNORECASE)
# Addresses of our own without a scheme, and tokens by themselves: a MAC of ours has 43 characters.
_OURS = re.compile(r"/v1/(?:webhooks|inputs|results)/[^\s\"'<>]+|[A-Za-z0-9_-]{43,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MAX_BYTES = 1024


def sanitize(text: str) -> str:
    """At most 1 KiB of the text, on one line, with URLs and tokens replaced: they may carry signatures."""
    return single_line(_OURS.sub("[token]", _URL.sub("[url]", text.replace("\\/", "/"))))


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
    return text
