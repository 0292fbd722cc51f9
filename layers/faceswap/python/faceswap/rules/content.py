"""What kind of file it is, by its first bytes; and the words for it."""

from typing import Literal, NamedTuple

Family = Literal["picture", "video", "file"]
HEAD_BYTES = 64
"""So many bytes tell the kind."""


class Kind(NamedTuple):
    """A kind of file: how a person names it, what it is, and the endings of its declared types, if it is taken."""

    words: str
    family: Family
    endings: frozenset[str] = frozenset()


JPEG = Kind("a JPEG picture", "picture", frozenset({"jpg", "jpeg"}))
PNG = Kind("a PNG picture", "picture", frozenset({"png"}))
WEBP = Kind("a WebP picture", "picture", frozenset({"webp"}))
MP4 = Kind("an MP4 video", "video", frozenset({"mp4", "m4v", "mov"}))
"""MP4 and MOV are one format; phones declare one for the other."""
WEBM = Kind("a WebM video", "video", frozenset({"webm"}))
_MATROSKA = Kind("a Matroska video (MKV)", "video")
_HEIC = Kind("a photo (HEIC)", "picture")
_AVIF = Kind("a photo (AVIF)", "picture")
_SOUND = Kind("a sound file", "file")
_WITH_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", Kind("a GIF picture", "picture")),
    (b"GIF89a", Kind("a GIF picture", "picture")),
    (b"BM", Kind("a bitmap picture (BMP)", "picture")),
    (b"II*\0", Kind("a TIFF picture", "picture")),
    (b"MM\0*", Kind("a TIFF picture", "picture")),
    (b"%PDF-", Kind("a PDF document", "file")),
    (b"PK\x03\x04", Kind("a ZIP archive or an office document", "file")),
    (b"ID3", _SOUND),
    (b"OggS", _SOUND),
    (b"fLaC", _SOUND),
    (b"\0\0\x01\xba", Kind("an MPEG video", "video")),
    (b"\0\0\x01\xb3", Kind("an MPEG video", "video")),
    (b"FLV\x01", Kind("a Flash video", "video")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind("a Windows Media file", "video")),
)
_EBML = b"\x1a\x45\xdf\xa3"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_SOUND_BRANDS = {b"M4A ", b"M4B ", b"M4P "}
_FIRST_BOXES = {b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"udta"}
"""With which an old MOV may begin."""


def kind_of(head: bytes) -> Kind | None:
    """The kind of a file that begins so; None for one that is not known."""
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if head.startswith(_EBML):
        return WEBM if b"webm" in head else _MATROSKA
    if head.startswith(b"RIFF"):
        return _by_form(head[8:12])
    signed = next((kind for start, kind in _WITH_SIGNATURES if head.startswith(start)), None)
    if signed is None and head[4:8] in _FIRST_BOXES:
        return MP4
    return signed


def _by_brand(brand: bytes) -> Kind:
    if brand in _HEIC_BRANDS:
        return _HEIC
    if brand in _AVIF_BRANDS:
        return _AVIF
    return _SOUND if brand in _SOUND_BRANDS else MP4


def _by_form(form: bytes) -> Kind | None:
    forms = {b"WEBP": WEBP, b"AVI ": Kind("an AVI video", "video"), b"WAVE": _SOUND}
    return forms.get(form)
