"""Width and height of a picture, as its header tells them."""

from collections.abc import Callable
from typing import NamedTuple

from faceswap.rules.content import JPEG, PNG, WEBP, Kind

Read = Callable[[int, int], bytes]
"""So many bytes from an offset on; fewer at the end of the file."""
_MOST_SEGMENTS = 1000
_NO_FRAME = {0xC4, 0xC8, 0xCC}
"""Markers of JPEG that lie among those of frames, and are none."""


class DamagedError(ValueError):
    """The file is not as its kind has it."""


class Size(NamedTuple):
    """In pixels."""

    width: int
    height: int


def size_of(kind: Kind, read: Read) -> Size | None:
    """The size of a picture of this kind; None if it is not told where it is looked for.

    Raises:
        DamagedError: the header is broken.
    """
    if kind == PNG:
        return _of_png(read(0, 24))
    if kind == WEBP:
        return _of_webp(read(0, 30))
    return _of_jpeg(read) if kind == JPEG else None


def _of_png(head: bytes) -> Size:
    if head[12:16] != b"IHDR" or len(head) < 24:
        raise DamagedError
    return Size(int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:], "big"))


def _of_webp(head: bytes) -> Size | None:
    if len(head) < 30:
        raise DamagedError
    form = head[12:16]
    if form == b"VP8X":
        return Size(_little(head[24:27]) + 1, _little(head[27:]) + 1)
    if form == b"VP8L":
        bits = _little(head[21:25])
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if form == b"VP8 ":
        return Size(_little(head[26:28]) & 0x3FFF, _little(head[28:]) & 0x3FFF)
    return None


def _of_jpeg(read: Read) -> Size | None:
    at = jpeg_frame(read)
    if at is None:
        return None
    height, width = read(at + 5, 2), read(at + 7, 2)
    return Size(int.from_bytes(width, "big"), int.from_bytes(height, "big"))


def jpeg_frame(read: Read) -> int | None:
    """Where a JPEG's frame begins, behind notes that may hold a small picture; None if it is not near enough.

    Raises:
        DamagedError: there is none.
    """
    at = 2
    for _ in range(_MOST_SEGMENTS):
        head = read(at, 9)
        if len(head) < 9 or head[0] != 0xFF:
            raise DamagedError
        marker = head[1]
        if marker == 0xFF:  # filling
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            return at
        else:
            at += 2 + int.from_bytes(head[2:4], "big")
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
