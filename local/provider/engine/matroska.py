"""What Matroska and WebM files say in their elements that FFmpeg does not tell (RFC 8794, RFC 9559)."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

EBML = b"\x1aE\xdf\xa3"
"""How such files begin."""
_MOST_ELEMENTS = 4096
_SEGMENT, _TRACKS, _TRACK, _CLUSTER = 0x18538067, 0x1654AE6B, 0xAE, 0x1F43B675
_ENCODINGS, _ENCODING, _ENCRYPTION = 0x6D80, 0x6240, 0x5035
_VIDEO = 0xE0
_CROPS = {0x54CC: "left", 0x54BB: "top", 0x54DD: "right", 0x54AA: "bottom"}


class Cropped(NamedTuple):
    """How many rows and columns of a picture are not shown, at each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


class _Element(NamedTuple):
    kind: int
    content: int
    end: int | None
    """None where the length is not known, as in a recording."""


def is_cut(path: Path) -> bool:
    """Notice a file that is shorter than it says, or that ends before its tracks."""
    size = path.stat().st_size
    with path.open("rb") as file:
        segment = _segment(file, size)
        if segment is None or (segment.end or 0) > size:
            return True
        return not any(True for _ in _tracks(file, size))


def is_protected(path: Path) -> bool:
    """Say whether a track is encrypted, so that nobody without its key can decode it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return any(
            encryption.kind == _ENCRYPTION
            for track in _tracks(file, size)
            for encodings in _inside(file, track, size, _ENCODINGS)
            for encoding in _inside(file, encodings, size, _ENCODING)
            for encryption in _elements(file, encoding.content, encoding.end or size)
        )


def cropped(path: Path, place: int) -> Cropped:
    """Read what is cropped off the track at this place among all tracks."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for number, track in enumerate(_tracks(file, size)):
            if number == place:
                return Cropped(**_crops(file, track, size))
    return Cropped()


def _crops(file: BinaryIO, track: _Element, size: int) -> dict[str, int]:
    found = {}
    for video in _inside(file, track, size, _VIDEO):
        for element in _elements(file, video.content, video.end or size):
            if element.kind in _CROPS and element.end is not None:
                file.seek(element.content)
                value = file.read(min(8, element.end - element.content))
                found[_CROPS[element.kind]] = int.from_bytes(value, "big")
    return found


def _segment(file: BinaryIO, size: int) -> _Element | None:
    return next((e for e in _elements(file, 0, size) if e.kind == _SEGMENT), None)


def _tracks(file: BinaryIO, size: int) -> Iterator[_Element]:
    segment = _segment(file, size)
    if segment is None:
        return
    for element in _elements(file, segment.content, min(segment.end or size, size)):
        if element.kind == _TRACKS:
            yield from _inside(file, element, size, _TRACK)
            return


def _inside(file: BinaryIO, parent: _Element, size: int, kind: int) -> Iterator[_Element]:
    inner = list(_elements(file, parent.content, min(parent.end or size, size)))
    return (element for element in inner if element.kind == kind)


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[_Element]:
    """Read the headers of the elements that follow each other, up to one of unknown length."""
    for _ in range(_MOST_ELEMENTS):
        if start >= end:
            return
        file.seek(start)
        head = file.read(12)
        kind, at = _number(head, 0, marked=True)
        length, content = _number(head, at, marked=False)
        if kind is None or content == at:
            return
        stop = None if length is None else start + content + length
        yield _Element(kind, start + content, stop)
        if stop is None:
            return
        start = stop


def _number(head: bytes, at: int, *, marked: bool) -> tuple[int | None, int]:
    """Read a number of variable length and where the next one begins; None if all its bits are set."""
    if at >= len(head) or head[at] == 0:
        return None, at
    length = 9 - head[at].bit_length()
    value = int.from_bytes(head[at : at + length], "big")
    if not marked:
        value &= (1 << 7 * length) - 1
        if value == (1 << 7 * length) - 1:
            return None, at + length
    return value, at + length
