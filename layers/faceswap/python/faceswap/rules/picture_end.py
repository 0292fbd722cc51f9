"""Whether a picture is there to its end, or was cut off; pixels are not decoded."""

from faceswap.rules.content import JPEG, PNG, WEBP, Kind
from faceswap.rules.image_size import DamagedError, Read, jpeg_frame

_MOST_CHUNKS = 100_000
"""So many chunks of a PNG are walked; writers make them of 8 KiB."""
_JPEG_END, _FILLING = b"\xff\xd9", b"\0\0"
_BLOCK = 64 * 1024


def demand_end(kind: Kind, read: Read, size: int) -> None:
    """See that a picture of so many bytes reaches to its end. What lies behind that does not matter.

    Raises:
        DamagedError: it was cut off.
    """
    if kind == PNG:
        _end_of_png(read, size)
    elif kind == WEBP and 8 + int.from_bytes(read(4, 4), "little") > size:
        raise DamagedError
    elif kind == JPEG:
        _end_of_jpeg(read, size)


def _end_of_png(read: Read, size: int) -> None:
    """Walk the chunks (length, name, content, checksum) to the one that says that there are no more."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        head = read(at, 8)
        at += 12 + int.from_bytes(head[:4], "big")
        if at > size or not head[4:].isalpha():
            raise DamagedError
        if head[4:] == b"IEND":
            return


def _end_of_jpeg(read: Read, size: int) -> None:
    """Find the marker of the end behind the frame.

    One that lacks it and is filled up with zeros may have all its pixels, which decoders take: that cannot be told.
    """
    at = jpeg_frame(read)
    if at is None:
        return
    while len(block := read(at, _BLOCK)) > 1:
        if _JPEG_END in block:
            return
        at += len(block) - 1
    if read(size - 2, 2) != _FILLING:
        raise DamagedError
