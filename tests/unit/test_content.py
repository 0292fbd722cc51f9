"""What kind of file it is: each signature that is known, and what it is called."""

import pytest

from faceswap.rules.content import HEAD_BYTES, MP4, WEBM, kind_of
from tests.support.boxes import box

SIGNATURES = [
    (b"\xff\xd8\xff", "a JPEG picture", "picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "picture"),
    (b"RIFF\0\0\0\0WEBP", "a WebP picture", "picture"),
    (b"GIF87a", "a GIF picture", "picture"),
    (b"GIF89a", "a GIF picture", "picture"),
    (b"BM", "a bitmap picture (BMP)", "picture"),
    (b"II*\0", "a TIFF picture", "picture"),
    (b"MM\0*", "a TIFF picture", "picture"),
    (b"%PDF-", "a PDF document", "file"),
    (b"PK\x03\x04", "a ZIP archive or an office document", "file"),
    (b"ID3", "a sound file", "file"),
    (b"OggS", "a sound file", "file"),
    (b"fLaC", "a sound file", "file"),
    (b"RIFF\0\0\0\0WAVE", "a sound file", "file"),
    (b"RIFF\0\0\0\0AVI ", "an AVI video", "video"),
    (b"\0\0\x01\xba", "an MPEG video", "video"),
    (b"\0\0\x01\xb3", "an MPEG video", "video"),
    (b"FLV\x01", "a Flash video", "video"),
    (bytes.fromhex("3026b2758e66cf11"), "a Windows Media file", "video"),
    (bytes.fromhex("1a45dfa3") + bytes(20) + b"matroska", "a Matroska video (MKV)", "video"),
    (bytes.fromhex("1a45dfa3") + bytes(20) + b"webm", "a WebM video", "video"),
]
BRANDS = [
    *[(brand, "a photo (HEIC)", "picture") for brand in (b"heic", b"heix", b"heim", b"heis")],
    *[(brand, "a photo (HEIC)", "picture") for brand in (b"hevc", b"hevx", b"mif1", b"msf1")],
    *[(brand, "a photo (AVIF)", "picture") for brand in (b"avif", b"avis")],
    *[(brand, "a sound file", "file") for brand in (b"M4A ", b"M4B ", b"M4P ")],
    *[(brand, "an MP4 video", "video") for brand in (b"isom", b"mp42", b"qt  ", b"none")],
]


@pytest.mark.parametrize(
    ("start", "words", "family"), SIGNATURES, ids=[str(s[0]) for s in SIGNATURES]
)
def test_a_file_is_known_by_its_first_bytes(start: bytes, words: str, family: str) -> None:
    kind = kind_of(start + bytes(HEAD_BYTES))

    assert kind is not None
    assert (kind.words, kind.family) == (words, family)
    assert kind_of(b"." + start + bytes(HEAD_BYTES)) is None


@pytest.mark.parametrize(("brand", "words", "family"), BRANDS, ids=[str(b[0]) for b in BRANDS])
def test_a_file_of_boxes_is_known_by_its_brand(brand: bytes, words: str, family: str) -> None:
    kind = kind_of(box(b"ftyp", brand + bytes(8)))

    assert kind is not None
    assert (kind.words, kind.family) == (words, family)


@pytest.mark.parametrize(
    "name", [b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"udta"], ids=bytes.decode
)
def test_an_old_mov_begins_with_any_of_its_boxes(name: bytes) -> None:
    assert kind_of(box(name, bytes(8))) is MP4


def test_mp4_and_mov_are_declared_for_one_another() -> None:
    assert MP4.endings == {"mp4", "m4v", "mov"}
    assert WEBM.endings == {"webm"}


@pytest.mark.parametrize("content", [b"", b"B", b"RIFF\0\0\0\0none", bytes(64), b"hello, world"])
def test_whatever_else_it_is_is_not_known(content: bytes) -> None:
    assert kind_of(content) is None
