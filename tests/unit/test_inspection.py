"""What is looked at in a medium before the provider is paid, and the words for what is wrong."""

import struct
from pathlib import Path

import pytest

from faceswap.rules.inspection import TooFarError, fault_of
from faceswap.rules.media import Purpose
from tests.support.boxes import FTYP, MDAT, MOOV, box, moov
from tests.support.pictures import chunk, jpeg, png, webp

CAST = Path(__file__).resolve().parents[2] / "local" / "demo" / "cast"
DAMAGED = "This video is damaged or was cut off."
HEIC = box(b"ftyp", b"heic\0\0\0\0mif1heic") + bytes(100)


def fault(content: bytes, purpose: Purpose = "init_video", ending: str = "mp4") -> str | None:
    def read(at: int, count: int) -> bytes:
        assert at >= 0
        return content[at : at + count]

    return fault_of(read, len(content), purpose, ending, 60)


def of_picture(content: bytes, ending: str = "jpg") -> str | None:
    return fault(content, "init_image", ending)


def video(
    seconds: float, *, long: bool = False, first: bool = True, handler: bytes = b"vide"
) -> bytes:
    """A video of this length, with its index first or last."""
    layout = ">B3xQQIQ" if long else ">B3xIIII"
    mvhd = box(
        b"mvhd", struct.pack(layout, int(long), 0, 0, 1000, round(seconds * 1000)) + bytes(80)
    )
    index = box(b"moov", mvhd + moov(handler)[8:])
    return FTYP + (index + MDAT if first else MDAT + index)


def test_a_clip_that_was_cut_off_behind_its_index_is_damaged() -> None:
    assert fault(video(5)[:-1]) == DAMAGED
    assert fault(video(5)) is None
    # How long it is counts first, and a later box that is cut off is no sample.
    assert "2 min 0 s long" in str(fault(video(120)[:-1]))
    assert fault(video(5) + b"\0\0\x01\0free") is None


def test_who_cannot_look_behind_a_long_index_lets_the_clip_pass() -> None:
    whole = video(5)
    end = whole.index(b"mdat") - 4

    def read(at: int, count: int) -> bytes:
        if at >= end:
            raise TooFarError
        return whole[at : at + count]

    assert fault_of(read, len(whole), "init_video", "mp4", 60) is None


def element(kind: str, content: bytes = b"", *, endless: bool = False) -> bytes:
    """An element of a WebM file."""
    size = b"\x01" + b"\xff" * 7 if endless else (len(content) | 1 << 56).to_bytes(8, "big")
    return bytes.fromhex(kind) + size + content


def webm(
    seconds: float | None = 5.0, track: int = 1, doctype: bytes = b"webm", *, endless: bool = False
) -> bytes:
    """A WebM file with one track."""
    info = element("2AD7B1", (1_000_000).to_bytes(3, "big"))
    if seconds is not None:
        info += element("4489", struct.pack(">d", seconds * 1000))
    tracks = element("AE", element("D7", b"\x01") + element("83", bytes([track])))
    inside = (
        element("1549A966", info) + element("1654AE6B", tracks) + element("1F43B675", b"x" * 50)
    )
    head = element("1A45DFA3", element("4282", doctype))
    return head + element("18538067", inside, endless=endless)


def webm_of(*inside: bytes, size: bytes | None = None) -> bytes:
    """A WebM file with these elements in its segment, whose size may be written otherwise."""
    content = b"".join(inside)
    segment = element("18538067", content)
    if size is not None:
        segment = bytes.fromhex("18538067") + size + content
    return element("1A45DFA3", element("4282", b"webm")) + segment


def info(duration: bytes, scale: int | None = None) -> bytes:
    """How long a WebM file says to be, in units of so many nanoseconds."""
    told = b"" if scale is None else element("2AD7B1", scale.to_bytes(4, "big"))
    return element("1549A966", told + element("4489", duration))


def mvhd(scale: int, duration: int, *, long: bool = False) -> bytes:
    """The box that tells how long a video is."""
    layout = ">B3xQQIQ" if long else ">B3xIIII"
    return box(b"mvhd", struct.pack(layout, int(long), 0, 0, scale, duration) + bytes(80))


FREE, VOID, TRAK = box(b"free"), element("EC"), moov()[24:]
TOO_LONG, NO_PICTURES = mvhd(1, 120), "This video has no picture track."
TOO_LONG_TOLD = "This video is 2 min 0 s long; the provider takes 60 s."


@pytest.mark.parametrize(
    "content",
    [
        FTYP + box(b"moov", mvhd(1000, 2**32 - 1) + TRAK) + MDAT,
        FTYP + box(b"moov", mvhd(1000, 2**64 - 1, long=True) + TRAK) + MDAT,
        FTYP + box(b"moov", mvhd(0, 5) + TRAK) + MDAT,
        FTYP + box(b"moov", box(b"mvhd", bytes(8)) + box(b"\0\0\0\1", b"\0\0\xff\xff") + TRAK),
        FTYP + box(b"moov", FREE * 70 + moov(b"soun")[24:]) + MDAT,
        FTYP + box(b"moov", FREE * 70 + TOO_LONG + TRAK) + MDAT,
        FTYP + FREE * 64 + box(b"moov", TOO_LONG + TRAK) + MDAT,
        FTYP + box(b"moov", TRAK + b"\xff" * 7) + MDAT,
        FTYP + box(b"moov", TRAK, long=True) + box(b"mdat", bytes(9), long=True),
        FTYP + MDAT + bytes(4) + MOOV[4:],
    ],
    ids=[
        "a length that is not known",
        "nor in 64 bits",
        "no unit",
        "a box that is too short for a length",
        "too many boxes before the track",
        "too many boxes before the length",
        "too many boxes before the index",
        "a few odd bytes behind the last box",
        "lengths in 64 bits",
        "an index to the end",
    ],
)
def test_what_an_index_does_not_tell_is_not_held_against_a_video(content: bytes) -> None:
    assert fault(content) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FTYP + box(b"moov", TOO_LONG + TRAK, long=True) + MDAT, TOO_LONG_TOLD),
        (FTYP + FREE * 63 + box(b"moov", TOO_LONG + TRAK) + MDAT, TOO_LONG_TOLD),
        (FTYP + box(b"moov", FREE * 63 + TOO_LONG + TRAK) + MDAT, TOO_LONG_TOLD),
        (FTYP + MDAT + bytes(4) + box(b"moov", TOO_LONG + TRAK)[4:], TOO_LONG_TOLD),
        (FTYP + MDAT + box(b"moov"), NO_PICTURES),
        (FTYP + box(b"moov", box(b"trak", box(b"tkhd"))) + MDAT, NO_PICTURES),
        (FTYP + box(b"moov", box(b"trak", box(b"mdia", FREE))) + MDAT, NO_PICTURES),
        (FTYP + box(b"moov", moov(b"soun")[24:], long=True) + MDAT, NO_PICTURES),
        (FTYP + b"\0\0\0\1free" + (2**56 + 16).to_bytes(8, "big") + MOOV, DAMAGED),
        (FTYP + b"\0\0\0\1free" + (15).to_bytes(8, "big") + MOOV, DAMAGED),
        (video(20_000.0), "This video is 333 min 20 s long; the provider takes 60 s."),
    ],
)
def test_an_index_is_read_wherever_and_however_it_is_written(content: bytes, words: str) -> None:
    assert fault(content) == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (webm_of(info(struct.pack(">d", 120_000))), TOO_LONG_TOLD),
        (webm_of(info(struct.pack(">f", 120_000))), TOO_LONG_TOLD),
        (webm_of(info(struct.pack(">d", 240_000), 500_000)), TOO_LONG_TOLD),
        (webm_of(info(struct.pack(">d", 60_000))), None),
        (webm_of(info(struct.pack(">d", 60_000), 1_000_000)), None),
        (webm_of(info(struct.pack(">d", 60_000.00001), 1_000_000)), "1 min 1 s"),
        (webm_of(info(struct.pack(">d", 60_000.01))), "1 min 1 s"),
        (webm_of(VOID * 63 + info(struct.pack(">d", 120_000))), TOO_LONG_TOLD),
        (webm_of(VOID * 64 + info(struct.pack(">d", 120_000))), None),
        # A size that is not known, in one byte; one of 100 bytes, in one byte; a name of five bytes, which none has.
        (webm_of(element("EC", bytes(200)), info(struct.pack(">d", 120_000)), size=b"\xff"), TOO_LONG_TOLD),
        (webm_of(b"\xec\xe4" + bytes(100), info(struct.pack(">d", 120_000))), TOO_LONG_TOLD),
        (webm_of(element("0811111111"), info(struct.pack(">d", 5))), DAMAGED),
    ],
)  # fmt: skip
def test_how_long_a_webm_video_is_is_read_however_it_is_written(
    content: bytes, words: str | None
) -> None:
    told = fault(content, ending="webm")

    assert (told is None) if words is None else words in str(told)


def test_nothing_is_read_behind_the_first_pictures_of_a_webm_video() -> None:
    content = webm_of(
        info(struct.pack(">d", 120_000)),
        element("1F43B675", bytes(500)),
        element("1F43B675", bytes(500)),
    )

    def read(at: int, count: int) -> bytes:
        if at > 300:
            raise TooFarError
        return content[at : at + count]

    assert fault_of(read, len(content), "init_video", "webm", 60) == TOO_LONG_TOLD


# What passes.


@pytest.mark.parametrize(
    "content",
    [
        FTYP + MOOV + MDAT,
        FTYP + MDAT + MOOV,
        FTYP + box(b"free") + moov(padding=8) + MDAT,
        MDAT + MOOV,
        video(60.0),
        video(59.5, first=False),
        video(60.0, long=True),
        box(b"ftyp", b"odd!\0\0\0\0") + MOOV + MDAT,
        (CAST / "cast360.mp4").read_bytes(),
    ],
    ids=["first", "last", "padded", "old MOV", "60 s", "59.5 s", "long", "unknown brand", "real"],
)
def test_a_video_that_the_provider_takes_passes(content: bytes) -> None:
    assert fault(content) is None
    assert fault(content, ending="mov") is None


@pytest.mark.parametrize(
    "content",
    [webm(), webm(60.0), webm(None), webm(endless=True)],
    ids=["short", "60 s", "of a browser, without a length", "without an end"],
)
def test_a_webm_video_passes(content: bytes) -> None:
    assert fault(content, ending="webm") is None


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (png(64, 8192), "png"),
        (jpeg(8192, 64), "jpg"),
        (jpeg(640, 480, before=70_000), "jpeg"),
        (webp("VP8X", 64, 64), "webp"),
        (webp("VP8L", 100, 8192), "webp"),
        (webp("VP8 ", 300, 200), "webp"),
        (webp("VP8X", 640, 480)[:30] + b"\xff" * 20, "webp"),
        ((CAST / "cast_ana.png").read_bytes(), "png"),
    ],
)
def test_a_picture_that_the_provider_takes_passes(content: bytes, ending: str) -> None:
    assert of_picture(content, ending) is None


# What does not.


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEIC, "This is a photo (HEIC), not a video."),
        (jpeg(640, 480), "This is a JPEG picture, not a video."),
        (b"%PDF-1.7 and so on", "This is a PDF document, not a video."),
        (b"ID3\x04 and so on", "This is a sound file, not a video."),
        (b"RIFF\0\0\0\0AVI LIST", "This is an AVI video; MP4, MOV and WebM are taken."),
        (
            webm(doctype=b"matroska"),
            "This is a Matroska video (MKV); MP4, MOV and WebM are taken.",
        ),
        (webm(), "This is a WebM video, and was declared as another kind (.mp4)."),
        (b"hello", "This is no video that is known here; MP4, MOV and WebM are taken."),
        (b"", "This is no video that is known here; MP4, MOV and WebM are taken."),
        (video(192.0), "This video is 3 min 12 s long; the provider takes 60 s."),
        (video(60.2, first=False), "This video is 1 min 1 s long; the provider takes 60 s."),
        (video(5e6, long=True), "This video is 83333 min 20 s long; the provider takes 60 s."),
        (video(5.0, handler=b"soun"), "This video has no picture track."),
        (FTYP + MDAT, DAMAGED),
        (FTYP + MDAT[:-1], DAMAGED),
        (FTYP + b"\0\0\0\x04oddodd", DAMAGED),
        (FTYP, DAMAGED),
    ],
)
def test_what_is_wrong_with_a_video_is_told(content: bytes, words: str) -> None:
    assert fault(content) == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (webm(61.5), "This video is 1 min 2 s long; the provider takes 60 s."),
        (webm(track=2), "This video has no picture track."),
        (webm()[:60], DAMAGED),
        (webm()[:40], DAMAGED),
        (FTYP + MOOV + MDAT, "This is an MP4 video, and was declared as another kind (.webm)."),
    ],
)
def test_what_is_wrong_with_a_webm_video_is_told(content: bytes, words: str) -> None:
    assert fault(content, ending="webm") == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEIC, "This is a photo (HEIC); JPEG, PNG and WebP are taken."),
        (FTYP + MOOV, "This is an MP4 video, not a picture."),
        (b"GIF89a", "This is a GIF picture; JPEG, PNG and WebP are taken."),
        (png(64, 64), "This is a PNG picture, and was declared as another kind (.jpg)."),
        (jpeg(63, 64), "This picture has 63 x 64 pixels; each side has to have 64 to 8192."),
        (jpeg(64, 8193), "This picture has 64 x 8193 pixels; each side has to have 64 to 8192."),
        (jpeg(64, 64)[:15], "This picture is damaged or was cut off."),
        (b"\xff\xd8\xff\xe0\0\x10no frame", "This picture is damaged or was cut off."),
        (b"\0" * 100, "This is no picture that is known here; JPEG, PNG and WebP are taken."),
    ],
)
def test_what_is_wrong_with_a_picture_is_told(content: bytes, words: str) -> None:
    assert of_picture(content) == words


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (png(640, 480)[:20], "png"),
        (png(64, 8192)[:23], "png"),
        (webp("VP8 ", 300, 256)[:29], "webp"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "png"),
        (webp("VP8X", 64, 64)[:20], "webp"),
    ],
)
def test_a_header_that_is_broken_is_told(content: bytes, ending: str) -> None:
    assert of_picture(content, ending) == "This picture is damaged or was cut off."


# Pictures that were cut off.

CUT_OFF = "This picture is damaged or was cut off."
LARGE = {
    "png": png(64, 64, pixels=300_000),
    "jpg": jpeg(64, 64, before=70_000, pixels=300_000),
    "webp": webp("VP8 ", 300, 200, behind=300_000),
}


@pytest.mark.parametrize("ending", LARGE)
def test_a_picture_that_was_cut_off_anywhere_is_damaged(ending: str) -> None:
    whole = LARGE[ending]
    for part in (0.1, 0.5, 0.9):
        assert of_picture(whole[: int(len(whole) * part)], ending) == CUT_OFF
    for missing in (1, 2, 4, 12, 20):
        assert of_picture(whole[:-missing], ending) == CUT_OFF
    assert of_picture(whole, ending) is None


@pytest.mark.parametrize("ending", LARGE)
def test_what_lies_behind_a_picture_does_not_matter(ending: str) -> None:
    for behind in (b"\0", b"old pixels" * 9000, FTYP + MDAT, LARGE["png"][:-20]):
        assert of_picture(LARGE[ending] + behind, ending) is None


def test_a_real_picture_that_was_cut_off_is_damaged() -> None:
    ana = (CAST / "cast_ana.png").read_bytes()
    for missing in (1, 12, 20, len(ana) // 2):
        assert of_picture(ana[:-missing], "png") == CUT_OFF


def test_a_small_picture_in_the_notes_of_a_jpeg_is_not_its_end() -> None:
    note = jpeg(64, 64)
    notes = b"\xff\xd8\xff\xe1" + (len(note) + 2).to_bytes(2, "big") + note
    whole = notes + jpeg(640, 480)[2:]
    assert of_picture(whole) is None
    assert of_picture(whole[:-2]) == CUT_OFF


def test_the_end_of_a_jpeg_is_found_wherever_blocks_of_reading_part() -> None:
    for pixels in range(65_520, 65_545):
        assert of_picture(jpeg(64, 64, pixels=pixels)) is None
        assert of_picture(jpeg(64, 64, pixels=pixels) + b"x") is None


@pytest.mark.parametrize("behind", [bytes(1000), chunk(b"\0Est") + chunk(b"IEND")])
def test_a_png_whose_chunks_run_into_something_else_is_damaged(behind: bytes) -> None:
    assert of_picture(png(64, 64)[:-12] + behind, "png") == CUT_OFF


def test_a_webp_that_says_to_be_longer_than_16_mib_is_cut_off() -> None:
    content = webp("VP8 ", 300, 200)
    assert of_picture(content[:4] + (2**24).to_bytes(4, "little") + content[8:], "webp") == CUT_OFF


@pytest.mark.parametrize(
    ("content", "ending", "sides"),
    [
        (png(2**24 + 64, 64), "png", "16777280 x 64"),
        (png(64, 2**24 + 64), "png", "64 x 16777280"),
        (png(8193, 63), "png", "8193 x 63"),
        (webp("VP8X", 2**16 + 64, 64), "webp", "65600 x 64"),
        (webp("VP8X", 64, 2**16 + 64), "webp", "64 x 65600"),
        (webp("VP8X", 63, 8193), "webp", "63 x 8193"),
        (webp("VP8L", 63, 8193), "webp", "63 x 8193"),
        (webp("VP8 ", 63, 8193), "webp", "63 x 8193"),
        (webp("VP8 ", 8193, 63), "webp", "8193 x 63"),
    ],
)
def test_the_sides_of_a_picture_are_told(content: bytes, ending: str, sides: str) -> None:
    words = f"This picture has {sides} pixels; each side has to have 64 to 8192."
    assert of_picture(content, ending) == words


@pytest.mark.parametrize("marker", range(0xC0, 0xD0))
def test_each_kind_of_frame_of_a_jpeg_tells_its_size_and_what_is_none_does_not(marker: int) -> None:
    """ISO/IEC 10918-1, table B.1: tables for Huffman (C4) and arithmetic coding (CC), and JPG (C8) are no frames."""
    small = b"\xff" + bytes([marker]) + b"\0\x11\x08\0\x01\0\x01" + bytes(10)
    content = b"\xff\xd8" + small + jpeg(640, 480)[2:]

    is_frame = marker not in {0xC4, 0xC8, 0xCC}
    assert (of_picture(content) is not None) is is_frame


# What cannot be told.


def test_a_jpeg_without_an_end_that_is_filled_up_passes() -> None:
    """Decoders take it if all of its pixels are there."""
    assert of_picture(jpeg(64, 64)[:-2] + bytes(2)) is None
    assert of_picture(jpeg(64, 64)[:-2] + b"\0x") == CUT_OFF


def test_a_png_of_too_many_chunks_passes() -> None:
    """Its first two are its header and its pixels."""
    many = png(64, 64)[:-12] + chunk(b"teSt") * 99_997
    assert of_picture(many + b"more", "png") == CUT_OFF
    assert of_picture(many + chunk(b"teSt") + b"more", "png") is None


def test_what_would_need_more_reading_passes() -> None:
    content = video(5.0, first=False)

    def read(at: int, count: int) -> bytes:
        if at > 100:
            raise TooFarError
        return content[at : at + count]

    assert fault_of(read, len(content), "init_video", "mp4", 60) is None


def test_too_many_parts_to_be_looked_at_pass() -> None:
    assert fault(FTYP + box(b"free") * 70 + MOOV) is None
    # The frame is the 1000th segment, or the next one.
    assert of_picture(b"\xff\xd8" + b"\xff\xe0\0\x02" * 997 + jpeg(1, 1, before=0)[2:])
    assert of_picture(b"\xff\xd8" + b"\xff\xe0\0\x02" * 998 + jpeg(1, 1, before=0)[2:]) is None
    assert of_picture(webp("ALPH", 1, 1), "webp") is None


def test_no_bytes_whatever_they_are_raise() -> None:
    for content in (video(5.0), video(5.0, first=False), webm(), jpeg(64, 64), png(64, 64)):
        for at in range(min(len(content), 400)):
            broken = content[:at] + b"\xff" + content[at + 1 :]
            for ending in ("mp4", "webm"):
                fault(broken, ending=ending)
                fault(content[:at], ending=ending)
            of_picture(broken)
