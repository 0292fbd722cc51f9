"""What MP4 and QuickTime files say in their boxes that FFmpeg does not tell (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_MOST_BOXES = 4096
_HEADER, _LONG_HEADER = 8, 16
_VISUAL_ENTRY = 86
"""How long a picture's sample entry is before its own boxes (clause 12.1.3)."""
_TO_ENTRY = ("mdia", "minf", "stbl", "stsd")
_STSD_HEADER = 16
_PROTECTED = {"encv", "enca", "drmi", "drms"}
_PROTECTION = "sinf"
_PHOTOS = {
    "heic": "HEIC", "heix": "HEIC", "heim": "HEIC", "heis": "HEIC", "mif1": "HEIC",
    "hevc": "HEIC", "hevx": "HEIC", "msf1": "HEIC", "avif": "AVIF", "avis": "AVIF",
}  # fmt: skip
_AVIF = {"avif", "avis"}
FIRST_BOXES = frozenset({b"ftyp", b"mdat", b"moov", b"wide", b"skip", b"free", b"pnot", b"styp"})


class Box(NamedTuple):
    """A box: its kind, where it begins, where its content begins, and where it ends."""

    kind: str
    start: int
    content: int
    end: int


class Aperture(NamedTuple):
    """The part of a picture that is shown: its size, and how far its middle is from the picture's."""

    width: float
    height: float
    right: float
    down: float


def photo_kind(path: Path) -> str | None:
    """Say which kind of photo, or row of photos, a file is by its brands (ISO/IEC 23008-12)."""
    with path.open("rb") as file:
        head = file.read(64)
    if head[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12].decode("latin-1")
    others = [head[at : at + 4].decode("latin-1") for at in range(16, length - 3, 4)]
    if major not in _PHOTOS:
        return None
    return next((_PHOTOS[brand] for brand in (*others, major) if brand in _AVIF), _PHOTOS[major])


def is_cut(path: Path) -> bool:
    """Notice a file whose last box ends behind the file, or that has no index."""
    size = path.stat().st_size
    with path.open("rb") as file:
        boxes = list(_boxes(file, 0, size))
    kinds = {box.kind for box in boxes}
    return not boxes or boxes[-1].end > size or "moov" not in kinds


def is_protected(path: Path) -> bool:
    """Say whether a track is encrypted, so that nobody without its key can decode it."""
    with path.open("rb") as file:
        return any(_is_protected(file, entry) for _, entry in _entries(file))


def _is_protected(file: BinaryIO, entry: Box) -> bool:
    if entry.kind in _PROTECTED:
        return True
    inner = _boxes(file, entry.start + _VISUAL_ENTRY, entry.end)
    return any(box.kind == _PROTECTION for box in inner)


def clean_aperture(path: Path, track: int) -> Aperture | None:
    """Read the clean aperture of a picture track by its number (clause 12.1.4)."""
    with path.open("rb") as file:
        for number, entry in _entries(file):
            if number != track:
                continue
            for box in _boxes(file, entry.start + _VISUAL_ENTRY, entry.end):
                if box.kind == "clap" and box.end - box.content >= 32:
                    file.seek(box.content)
                    values = struct.unpack(">IIIIiIiI", file.read(32))
                    if all(values[1::2]):
                        return Aperture(*(values[i] / values[i + 1] for i in (0, 2, 4, 6)))
    return None


def _entries(file: BinaryIO) -> Iterator[tuple[int, Box]]:
    """Give each track's number and its sample entries."""
    file.seek(0, 2)
    for moov in _boxes(file, 0, file.tell()):
        if moov.kind != "moov":
            continue
        for track in _boxes(file, moov.content, moov.end):
            if track.kind == "trak":
                number = _track_number(file, track)
                yield from ((number, entry) for entry in _entries_of(file, track))


def _track_number(file: BinaryIO, track: Box) -> int:
    for box in _boxes(file, track.content, track.end):
        if box.kind == "tkhd":
            file.seek(box.content)
            head = file.read(24)
            at = 20 if head[:1] == b"\x01" else 12
            return int.from_bytes(head[at : at + 4], "big")
    return 0


def _entries_of(file: BinaryIO, track: Box) -> Iterator[Box]:
    box = track
    for kind in _TO_ENTRY:
        inner = next((b for b in _boxes(file, box.content, box.end) if b.kind == kind), None)
        if inner is None:
            return
        box = inner
    yield from _boxes(file, box.start + _STSD_HEADER, box.end)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Read the headers of the boxes that follow each other; the last may end behind the file."""
    for _ in range(_MOST_BOXES):
        if start + _HEADER > end:
            return
        file.seek(start)
        head = file.read(_LONG_HEADER)
        size, content = int.from_bytes(head[:4], "big"), start + _HEADER
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), start + _LONG_HEADER
        elif size == 0:
            size = end - start
        if size < _HEADER:
            return
        yield Box(head[4:8].decode("latin-1"), start, content, start + size)
        start += size


def put_into_entry(path: Path, kind: bytes, boxes: bytes) -> None:
    """Add boxes to the sample entry of a kind in an MP4 whose index is before its media."""
    data = bytearray(path.read_bytes())
    with path.open("rb") as file:
        size = len(data)
        moov = next(box for box in _boxes(file, 0, size) if box.kind == "moov")
        tracks = [box for box in _boxes(file, moov.content, moov.end) if box.kind == "trak"]
        for track in tracks:
            _move_chunks(file, track, data, len(boxes))
        for track in tracks:
            path_to_entry = _path_to_entry(file, track, kind)
            if path_to_entry:
                entry = path_to_entry[-1]
                for box in (moov, *path_to_entry):
                    length = box.end - box.start + len(boxes)
                    data[box.start : box.start + 4] = length.to_bytes(4, "big")
                data[entry.end : entry.end] = boxes
                break
    path.write_bytes(data)


def _path_to_entry(file: BinaryIO, track: Box, kind: bytes) -> list[Box]:
    """The boxes from a track down to its sample entry of a kind; none if it has none."""
    way = [track]
    for step in _TO_ENTRY:
        inner = [box for box in _boxes(file, way[-1].content, way[-1].end) if box.kind == step]
        if not inner:
            return []
        way.append(inner[0])
    entries = _boxes(file, way[-1].start + _STSD_HEADER, way[-1].end)
    entry = next((box for box in entries if box.kind == kind.decode("latin-1")), None)
    return [*way, entry] if entry else []


def _move_chunks(file: BinaryIO, track: Box, data: bytearray, by: int) -> None:
    """Say of a track's media that they lie farther behind (clause 8.7.5)."""
    box = track
    for kind in _TO_ENTRY[:-1]:
        box = next(inner for inner in _boxes(file, box.content, box.end) if inner.kind == kind)
    for offsets in _boxes(file, box.content, box.end):
        width = {"stco": 4, "co64": 8}.get(offsets.kind)
        if width is not None:
            for at in range(offsets.content + 8, offsets.end, width):
                place = int.from_bytes(data[at : at + width], "big") + by
                data[at : at + width] = place.to_bytes(width, "big")
