"""What a validation by pydantic found, as the faults that clients are told."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue
from pydantic_core import from_json

from faceswap.rules.errors import Fault

_MOST_FAULTS, _LONGEST_STEP = 20, 64
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parsed(content: str | bytes) -> JsonValue:
    """What a JSON text says. Half a character, which escapes can say, is let through: validation points at it.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        value: JsonValue = from_json(content, allow_inf_nan=False)
    except ValueError:
        text = content if isinstance(content, str) else content.decode()
        if not _HALF.search(text):
            raise
        value = _with_halves(text)
    return value


def _with_halves(text: str) -> JsonValue:
    """By Python's own parser, which takes them, and numbers that are none; and may be nested too deeply for it."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def readable(text: str) -> str:
    """A text that can be written: half a character, which JSON's escapes can say, becomes a question mark."""
    return text.encode(errors="replace").decode()


def faults_of(errors: Sequence[Mapping[str, Any]], *, within: str | None = None) -> list[Fault]:
    """The first 20 faults: an answer must not grow with what was sent.

    Args:
        errors: as pydantic lists them.
        within: the first step of each location that is in the document itself; `#` points to all others.
    """
    return [
        Fault(pointer=_pointer(error["loc"], within), detail=_describe(error, within))
        for error in errors[:_MOST_FAULTS]
    ]


def _pointer(location: Sequence[str | int], within: str | None) -> str:
    """A JSON pointer to a field. Where a name is too long to be repeated, it ends at what holds the field."""
    if within and (not location or location[0] != within):
        return "#"
    pointer = "#"
    for step in map(str, location[1:] if within else location):
        if len(step) > _LONGEST_STEP:
            break
        pointer += "/" + readable(step).replace("~", "~0").replace("/", "~1")
    return pointer


def _describe(error: Mapping[str, Any], within: str | None) -> str:
    place, *rest = error["loc"] or [within]
    name = "" if not within or place == within or not rest else f"{place} {rest[-1]}: "
    return readable(f"{name}{error['msg']}")
