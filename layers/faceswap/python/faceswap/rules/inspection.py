"""What is wrong with a medium, in words that a person can act on; read from its bytes as far as needed."""

import math

from faceswap.rules.content import HEAD_BYTES, Kind, kind_of
from faceswap.rules.image_size import DamagedError, Read, size_of
from faceswap.rules.media import Purpose
from faceswap.rules.picture_end import demand_end
from faceswap.rules.video_facts import demand_samples, facts_of

SMALLEST_SIDE, LARGEST_SIDE = 64, 8192
"""Pixels of a picture's side."""
_TAKEN = {"picture": "JPEG, PNG and WebP are taken", "video": "MP4, MOV and WebM are taken"}


class TooFarError(Exception):
    """More of a medium would have to be read than is."""


def fault_of(
    read: Read, size: int, purpose: Purpose, ending: str, max_video_seconds: int
) -> str | None:
    """Why a medium cannot be used, in whole sentences; None if it can, as far as that can be told.

    Args:
        read: gives bytes of it; may raise TooFarError: then what is not known by then passes.
        size: its bytes.
        purpose: the media field.
        ending: the file ending of its declared type.
        max_video_seconds: the longest video that the provider takes.
    """
    family = "video" if purpose == "init_video" else "picture"
    kind = kind_of(read(0, HEAD_BYTES))
    if kind is None:
        return f"This is no {family} that is known here; {_TAKEN[family]}."
    if kind.family != family:
        return f"This is {kind.words}, not a {family}."
    if not kind.endings:
        return f"This is {kind.words}; {_TAKEN[family]}."
    if ending not in kind.endings:
        return f"This is {kind.words}, and was declared as another kind (.{ending})."
    try:
        if family == "picture":
            return _of_picture(kind, read, size)
        return _of_video(kind, read, size, max_video_seconds)
    except DamagedError:
        return f"This {family} is damaged or was cut off."
    except TooFarError:
        return None


def _of_picture(kind: Kind, read: Read, size: int) -> str | None:
    sides = size_of(kind, read)
    if sides and not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides):
        return (
            f"This picture has {sides.width} x {sides.height} pixels; each side has to have"
            f" {SMALLEST_SIDE} to {LARGEST_SIDE}."
        )
    demand_end(kind, read, size)
    return None


def _of_video(kind: Kind, read: Read, size: int, max_seconds: int) -> str | None:
    facts = facts_of(kind, read, size)
    if facts.has_pictures is False:
        return "This video has no picture track."
    if facts.seconds is not None and facts.seconds > max_seconds:
        return f"This video is {_span(facts.seconds)} long; the provider takes {max_seconds} s."
    demand_samples(kind, read, size)
    return None


def _span(seconds: float) -> str:
    """A length in words, rounded up to the second: what is too long must not read as if it were not."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
