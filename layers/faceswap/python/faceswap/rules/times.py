"""Moments as the product writes them: RFC 3339, UTC, milliseconds."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer

_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_FIRST, _LAST = "1970", "9998"


def is_moment(text: str) -> bool:
    """Whether a foreign text has the shape of a moment in RFC 3339, in a year that has a neighbour on each side."""
    return _MOMENT.fullmatch(text) is not None and _FIRST <= text[:4] <= _LAST


def to_text(moment: datetime) -> str:
    """A moment as RFC 3339 text, `2026-01-31T09:30:00.250Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_text(text: str) -> bool:
    """Whether the text has the shape that `to_text` gives."""
    return _TEXT.fullmatch(text) is not None


Time = Annotated[AwareDatetime, PlainSerializer(to_text, return_type=str, when_used="json")]
"""A field that holds a moment; JSON shows it as `to_text` does."""
