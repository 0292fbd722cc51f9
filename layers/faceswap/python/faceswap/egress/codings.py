"""Content codings: bodies that come compressed although nobody asked, unpacked within bounds (provider contract §8.33).

Names of codings are RFC 9110's. Names that say nothing about the bytes (`UTF-8`, `aws-chunked`, `none`, empty) are
ignored: what reads the body decides whether it is usable. So is a coding that the body turns out not to be in.
"""

import zlib
from collections.abc import Iterator

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB, _RAW = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
_UNSUPPORTED = {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}
_DEFLATED = {"gzip", "x-gzip", "deflate"}
_PIECE = 64 * 1024
_MAX_LAYERS = 4


class CodingError(ValueError):
    """A body that cannot be unpacked: an unsupported coding, broken data, or more than is allowed."""


def codings_of(header: str | None) -> list[str]:
    """The codings of a `Content-Encoding` that change bytes, the last applied first.

    Raises:
        CodingError: one of them is not supported.
    """
    named = [name.strip().lower() for name in (header or "").split(",")]
    if _UNSUPPORTED.intersection(named):
        raise CodingError("an unsupported content coding")
    return [name for name in reversed(named) if name in _DEFLATED]


def decode(body: bytes, header: str | None, max_bytes: int) -> bytes:
    """A whole body without its codings; gzip and zlib are recognised by their first bytes, too.

    Args:
        body: as it came.
        header: its `Content-Encoding`, None without one.
        max_bytes: the most that may come out.

    Raises:
        CodingError: an unsupported coding, data that is broken or breaks off, or more than `max_bytes`.
    """
    codings = codings_of(header)
    for _ in range(_MAX_LAYERS):
        if not codings and _window(body, "") is None:
            break
        unpacked = bytearray()
        for piece in unpack(iter([body]), codings.pop(0) if codings else "gzip"):
            unpacked += piece
            if len(unpacked) > max_bytes:
                raise CodingError("more than is read")
        body = bytes(unpacked)
    return body


def unpack(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """The content of a compressed stream, in pieces of at most 64 KiB; a stream in no such coding as it is.

    Raises:
        CodingError: the data is broken or breaks off.
    """
    first = next(chunks, b"")
    while len(first) < 2 and (more := next(chunks, b"")):
        first += more
    window = _window(first, coding)
    if window is None:
        yield first
        yield from chunks
        return
    try:
        yield from _inflate(first, chunks, window)
    except zlib.error as error:
        raise CodingError("broken compressed data") from error


def _inflate(pending: bytes, chunks: Iterator[bytes], window: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(window)
    while pending:
        yield inflater.decompress(pending, _PIECE)
        if not inflater.eof:
            pending = inflater.unconsumed_tail or next(chunks, b"")
            continue
        pending = inflater.unused_data or next(chunks, b"")
        if not pending.startswith(_GZIP_MAGIC):
            for _ in chunks:  # what follows the last member is padding
                pass
            return
        inflater = zlib.decompressobj(window)
    raise CodingError("compressed data that breaks off")


def _window(start: bytes, coding: str) -> int | None:
    """How zlib reads what begins so: gzip (RFC 1952), zlib (RFC 1950), bare deflate (RFC 1951); None: not at all."""
    is_zlib = len(start) > 1 and start[0] & 0x0F == zlib.DEFLATED
    if start.startswith(_GZIP_MAGIC) or (is_zlib and int.from_bytes(start[:2], "big") % 31 == 0):
        return _GZIP_OR_ZLIB
    if coding != "deflate":
        return None
    try:
        zlib.decompressobj(_RAW).decompress(start, _PIECE)
    except zlib.error:
        return None
    return _RAW
