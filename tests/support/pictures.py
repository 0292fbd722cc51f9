"""Pictures that are a header and little else."""


def png(width: int, height: int) -> bytes:
    """A PNG of this size."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + size + bytes(20)


def jpeg(width: int, height: int, before: int = 20) -> bytes:
    """A JPEG of this size, with so many bytes of other segments before its frame."""
    segments = b""
    while len(segments) < before:
        length = min(65_000, max(2, before - len(segments) - 2))
        segments += b"\xff\xe1" + length.to_bytes(2, "big") + bytes(length - 2)
    frame = b"\xff\xc0\0\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return b"\xff\xd8" + segments + b"\xff\xc4\0\x02" + b"\xff" + frame + bytes(20)


def webp(form: str, width: int, height: int) -> bytes:
    """A WebP of this size, in one of its forms."""
    if form == "VP8X":
        inside = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif form == "VP8L":
        bits = (width - 1) | (height - 1) << 14
        inside = b"\x2f" + bits.to_bytes(4, "little")
    else:
        sides = width.to_bytes(2, "little") + height.to_bytes(2, "little")
        inside = bytes(3) + b"\x9d\x01\x2a" + sides
    return b"RIFF\0\0\0\0WEBP" + form.encode() + bytes(4) + inside + bytes(20)
