"""Reading a picture that somebody sent: its size is read from its header before it is decoded."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from local.provider.engine.arrays import Image, pixels
from local.provider.engine.errors import UnreadableImageError
from local.provider.engine.isobmff import FIRST_BOXES, photo_kind
from local.provider.engine.matroska import EBML

MAX_BYTES = 20 << 20
MAX_PIXELS = 40_000_000

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_JPEG_END = b"\xff\xd9"
_JPEG_SCAN = 0xDA
_MISSING = 0.03
_LEAST_ROWS = 4
_ONE_COLOUR = 2
_OPAQUE, _GREY = 255, 127.0
_WITH_COLOURS, _WITH_OPACITY = 3, 4
_DAMAGED = "it is damaged or incomplete"
_INCOMPLETE = "it is incomplete"
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def read_picture(path: Path, name: str) -> Image:
    """Decode a PNG, JPEG or WebP file; `name` is what messages call it.

    Raises UnreadableImageError if it is none of these, damaged, or too large.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableImageError(name, f"it is larger than {MAX_BYTES >> 20} MiB")
    data = path.read_bytes()
    size = picture_size(data)
    if size is None:
        raise UnreadableImageError(name, _what_it_is(path, data))
    width, height = size
    if width * height > MAX_PIXELS:
        raise UnreadableImageError(
            name, f"it is {width}x{height} and must be at most {MAX_PIXELS // 10**6} megapixels"
        )
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise UnreadableImageError(name, _DAMAGED)
        image = pixels(image)
        shown = image if data.startswith(_JPEG) else _flattened(data, image)
    except cv2.error as error:
        raise UnreadableImageError(name, _DAMAGED) from error
    if data.startswith(_JPEG) and _breaks_off(data, shown):
        raise UnreadableImageError(name, _INCOMPLETE)
    return shown


def _what_it_is(path: Path, data: bytes) -> str:
    """Say what is no picture that we take."""
    if data.startswith((_PNG, _JPEG)) or data[8:12] == b"WEBP":
        return _INCOMPLETE
    photo = photo_kind(path)
    if photo:
        return f"it is a photo of a kind ({photo}) that is not taken; it must be PNG, JPEG or WebP"
    if data[4:8] in FIRST_BOXES or data.startswith(EBML):
        return "it is a video, not a picture"
    return "it is not a PNG, JPEG or WebP picture"


def _flattened(data: bytes, image: Image) -> Image:
    """Lay a picture with transparency on grey, so that nothing hidden under it counts."""
    file = np.frombuffer(data, np.uint8)
    stored, kinds, notes = cv2.imdecodeWithMetadata(file, flags=cv2.IMREAD_UNCHANGED)
    if stored.ndim != _WITH_COLOURS or stored.shape[2] != _WITH_OPACITY:
        return image
    deep = stored.dtype != np.uint8
    opaque = pixels(stored[..., 3] // (257 if deep else 1))
    if opaque.min() == _OPAQUE:
        return image
    # A picture's own turn (EXIF) is applied to colours only, so it is applied to this one by itself.
    exif = [
        note for kind, note in zip(kinds, notes, strict=True) if kind == cv2.IMAGE_METADATA_EXIF
    ]
    if exif:
        _, turned = cv2.imencodeWithMetadata(".png", opaque, [cv2.IMAGE_METADATA_EXIF], exif[:1])
        decoded = cv2.imdecode(turned, cv2.IMREAD_COLOR)
        opaque = opaque if decoded is None else pixels(decoded)[..., 0]
    share = (opaque / np.float32(_OPAQUE))[..., None]
    return (image * share + _GREY * (1 - share)).astype(np.uint8)


def _breaks_off(data: bytes, image: Image) -> bool:
    """Notice a JPEG that was cut: it has no end, and nothing but one colour at its bottom."""
    if data.find(_JPEG_END, _scan_start(data)) >= 0:
        return False
    bottom = image[-max(_LEAST_ROWS, round(_MISSING * image.shape[0])) :]
    return bool(np.ptp(bottom.reshape(-1, 3), axis=0).max() <= _ONE_COLOUR)


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Read width and height out of a picture's header; None if it is no picture we take."""
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(_JPEG):
        return _jpeg_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    for marker, at in _jpeg_markers(data):
        if marker in _JPEG_SIZES and at + 9 <= len(data):
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
    return None


def _scan_start(data: bytes) -> int:
    """Where the pixels begin; what is before may hold a small picture of its own."""
    return next((at for marker, at in _jpeg_markers(data) if marker == _JPEG_SCAN), len(data))


def _jpeg_markers(data: bytes) -> Iterator[tuple[int, int]]:
    """Give a JPEG's markers up to its pixels, each with its place."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        yield marker, at
        if marker == _JPEG_SCAN:
            return
        at += 2 if marker in _JPEG_BARE else 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30], "little") + 1,
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return (
            int.from_bytes(data[26:28], "little") & 0x3FFF,
            int.from_bytes(data[28:30], "little") & 0x3FFF,
        )
    return None
