"""What a video's index tells: whether there is a picture track, and how long it is.

MP4 and MOV (boxes, ISO/IEC 14496-12) and WebM (elements, RFC 8794). Only headers are read, wherever they lie.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from faceswap.rules.content import WEBM, Kind
from faceswap.rules.image_size import DamagedError, Read

_MOST = 64
"""So many boxes or elements of one level are looked at."""
_UNKNOWN = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}
_SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_TRACK, _TRACK_TYPE, _SCALE, _DURATION = 0xAE, 0x83, 0x2AD7B1, 0x4489
_NANOSECONDS, _USUAL_SCALE = 1_000_000_000, 1_000_000


class VideoFacts(NamedTuple):
    """Whether it has a picture track, and its seconds; None for what is not told."""

    has_pictures: bool | None = None
    seconds: float | None = None


class _Part(NamedTuple):
    """A box or an element: its kind, and where its content begins and ends."""

    kind: int
    start: int
    end: int


def facts_of(kind: Kind, read: Read, size: int) -> VideoFacts:
    """What the index of a video of so many bytes tells.

    Raises:
        DamagedError: it has none, or is cut off.
    """
    return _of_webm(read, size) if kind == WEBM else _of_mp4(read, size)


def demand_samples(kind: Kind, read: Read, size: int) -> None:
    """See that a video whose index comes first was not cut off behind it, as far as boxes tell.

    Raises:
        DamagedError: its samples end behind its end.
    """
    if kind == WEBM:
        return
    for number, box in enumerate(_boxes(read, 0, size)):
        if box.kind == _box(b"mdat") or number == _MOST:
            return


def _of_mp4(read: Read, size: int) -> VideoFacts:
    for number, box in enumerate(_boxes(read, 0, size)):
        if box.kind == _box(b"moov"):
            return _of_moov(read, box)
        if number == _MOST:
            return VideoFacts()
    raise DamagedError


def _of_moov(read: Read, moov: _Part) -> VideoFacts:
    seconds, has_pictures, is_whole = None, False, True
    for number, box in enumerate(_boxes(read, moov.start, moov.end)):
        if number == _MOST:
            is_whole = False
            break
        if box.kind == _box(b"mvhd") and seconds is None:
            seconds = _seconds(read(box.start, min(32, box.end - box.start)))
        elif box.kind == _box(b"trak"):
            has_pictures = has_pictures or _is_video(read, box)
    return VideoFacts(has_pictures or (False if is_whole else None), seconds)


def _seconds(mvhd: bytes) -> float | None:
    is_long = mvhd[:1] == b"\x01"
    layout, at = (">IQ", 20) if is_long else (">II", 12)
    if len(mvhd) < at + struct.calcsize(layout):
        return None
    scale, duration = struct.unpack_from(layout, mvhd, at)
    return duration / scale if scale and duration not in _UNKNOWN else None


def _is_video(read: Read, trak: _Part) -> bool:
    for media in _boxes(read, trak.start, trak.end):
        if media.kind == _box(b"mdia"):
            for box in _boxes(read, media.start, media.end):
                if box.kind == _box(b"hdlr"):
                    return read(box.start + 8, 4) == b"vide"
    return False


def _boxes(read: Read, at: int, end: int) -> Iterator[_Part]:
    """The boxes between two places; one without a length goes to the end, and so do zeros, which are filling."""
    while at + 8 <= end:
        head = read(at, 16)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:], "big"), 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            raise DamagedError
        yield _Part(_box(head[4:8]), at + header, at + size)
        at += size


def _box(name: bytes) -> int:
    return int.from_bytes(name, "big")


def _of_webm(read: Read, size: int) -> VideoFacts:
    segment = next((each for each in _elements(read, 0, size) if each.kind == _SEGMENT), None)
    if segment is None:
        raise DamagedError
    has_pictures = seconds = None
    for number, element in enumerate(_elements(read, segment.start, segment.end)):
        if element.kind == _CLUSTER or number == _MOST:
            break
        if element.kind == _INFO:
            seconds = _of_info(read, element)
        elif element.kind == _TRACKS:
            has_pictures = _has_pictures(read, element)
    return VideoFacts(has_pictures, seconds)


def _of_info(read: Read, info: _Part) -> float | None:
    scale, duration = _USUAL_SCALE, None
    for element in _elements(read, info.start, info.end):
        content = read(element.start, min(8, element.end - element.start))
        if element.kind == _SCALE:
            scale = int.from_bytes(content, "big")
        elif element.kind == _DURATION and len(content) in {4, 8}:
            [duration] = struct.unpack(">f" if len(content) == 4 else ">d", content)
    return None if duration is None else duration * scale / _NANOSECONDS


def _has_pictures(read: Read, tracks: _Part) -> bool:
    return any(
        element.kind == _TRACK_TYPE and read(element.start, 1) == b"\x01"
        for track in _elements(read, tracks.start, tracks.end)
        if track.kind == _TRACK
        for element in _elements(read, track.start, track.end)
    )


def _elements(read: Read, at: int, end: int) -> Iterator[_Part]:
    """The elements between two places; one without a known length goes to the end."""
    while at < end:
        head = read(at, 12)
        kind_length = _length(head, 0)
        kind = int.from_bytes(head[:kind_length], "big")
        length = _length(head, kind_length)
        if kind_length > 4 or len(head) < kind_length + length:
            raise DamagedError
        coded = int.from_bytes(head[kind_length : kind_length + length], "big")
        size = coded & ((1 << 7 * length) - 1)
        start = at + kind_length + length
        at = end if size == (1 << 7 * length) - 1 else start + size
        yield _Part(kind, start, min(at, end))


def _length(head: bytes, at: int) -> int:
    """How many bytes a number has that begins there (RFC 8794 §4)."""
    if at >= len(head) or not head[at]:
        raise DamagedError
    return 9 - head[at].bit_length()
