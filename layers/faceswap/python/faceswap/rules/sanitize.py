"""Foreign text made fit to keep and to show."""

import re

_URL = re.compile(r"(?:https?|data):[^\s\"'<>]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MAX_BYTES = 1024


def sanitize(text: str) -> str:
    """At most 1 KiB of the text, on one line, with URLs replaced: they may carry signatures or tokens."""
    return single_line(_URL.sub("[url]", text.replace("\\/", "/")))


def single_line(text: str) -> str:
    """At most 1 KiB of the text, on one line."""
    one_line = _CONTROL.sub(" ", text).strip()
    return one_line.encode()[:_MAX_BYTES].decode(errors="ignore")
