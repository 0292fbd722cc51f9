"""MP4 files small enough to read."""


def box(kind: bytes, payload: bytes = b"", *, long: bool = False) -> bytes:
    """One box; `long` writes its length in 64 bits."""
    if long:
        return b"\0\0\0\x01" + kind + (16 + len(payload)).to_bytes(8, "big") + payload
    return (8 + len(payload)).to_bytes(4, "big") + kind + payload


def moov(
    handler: bytes = b"vide", formats: int = 1, padding: int = 0, *, long: bool = False
) -> bytes:
    """An index with one track."""
    stsd = box(b"stsd", bytes(4) + formats.to_bytes(4, "big"))
    media = box(b"hdlr", bytes(8) + handler + bytes(12)) + box(b"minf", box(b"stbl", stsd))
    track = box(b"trak", box(b"tkhd", bytes(20)) + box(b"mdia", media))
    return box(b"moov", box(b"mvhd", bytes(8), long=long) + track + bytes(padding))


FTYP = box(b"ftyp", b"isom\0\0\2\0isommp41")
MOOV = moov()
MDAT = box(b"mdat", bytes(64))
VIDEO = FTYP + MOOV + MDAT
"""One that is looked at and passes."""
