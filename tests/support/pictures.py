"""Pictures that are a header, an end and little else."""


def chunk(name: bytes, content: bytes = b"") -> bytes:
    """One chunk of a PNG; nobody here looks at its checksum."""
    return len(content).to_bytes(4, "big") + name + content + b"crc!"


def png(width: int, height: int, pixels: int = 20) -> bytes:
    """A PNG of this size, with so many bytes for its pixels, in chunks of 8 KiB."""
    head = chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes(5))
    data = b"".join(chunk(b"IDAT", bytes(min(8192, pixels - at))) for at in range(0, pixels, 8192))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND")


def jpeg(width: int, height: int, before: int = 20, pixels: int = 20) -> bytes:
    """A JPEG of this size, with so many bytes of other segments before its frame, and for its pixels."""
    segments = b""
    while len(segments) < before:
        length = min(65_000, max(2, before - len(segments) - 2))
        segments += b"\xff\xe1" + length.to_bytes(2, "big") + bytes(length - 2)
    frame = b"\xff\xc0\0\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return (
        b"\xff\xd8"
        + segments
        + b"\xff\xc4\0\x02"
        + b"\xff"
        + frame
        + b"\x5a" * pixels
        + b"\xff\xd9"
    )


def webp(form: str, width: int, height: int, behind: int = 20) -> bytes:
    """A WebP of this size, in one of its forms, with so many bytes behind its header."""
    if form == "VP8X":
        inside = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif form == "VP8L":
        bits = (width - 1) | (height - 1) << 14
        inside = b"\x2f" + bits.to_bytes(4, "little")
    else:
        sides = width.to_bytes(2, "little") + height.to_bytes(2, "little")
        inside = bytes(3) + b"\x9d\x01\x2a" + sides
    content = b"WEBP" + form.encode() + bytes(4) + inside + bytes(behind)
    return b"RIFF" + len(content).to_bytes(4, "little") + content
