"""Reading a picture that somebody sent: its size is read from its header before it is decoded."""

from pathlib import Path

import cv2

from local.bench.reference.arrays import Image, pixels
from local.bench.reference.errors import UnreadableImageError

MAX_BYTES = 20 << 20
MAX_PIXELS = 40_000_000

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
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
        raise UnreadableImageError(name, "it is not a PNG, JPEG or WebP picture")
    width, height = size
    if width * height > MAX_PIXELS:
        raise UnreadableImageError(name, f"{width}x{height} pixels are too many")
    try:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise UnreadableImageError(name, "it is damaged") from error
    if image is None:
        raise UnreadableImageError(name, "it is damaged")
    return pixels(image)


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
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _JPEG_SIZES:
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


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
