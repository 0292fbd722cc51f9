"""What a validation by pydantic found, as the faults that clients are told."""

from collections.abc import Mapping, Sequence
from typing import Any

from faceswap.rules.errors import Fault

_MOST_FAULTS, _LONGEST_STEP = 20, 64


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
        pointer += "/" + step.replace("~", "~0").replace("/", "~1")
    return pointer


def _describe(error: Mapping[str, Any], within: str | None) -> str:
    place, *rest = error["loc"] or [within]
    name = "" if not within or place == within or not rest else f"{place} {rest[-1]}: "
    return f"{name}{error['msg']}"
