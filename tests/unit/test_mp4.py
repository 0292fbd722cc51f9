"""What counts as a whole video."""

import math

import pytest

from faceswap.egress.download import CheckedStream, Received
from faceswap.ports.results import DownloadError
from faceswap.rules.mp4 import NotAVideoError, VideoCheck
from tests.support.boxes import FTYP, MDAT, MOOV, box, moov


def judge(data: bytes, step: int = 7) -> None:
    check = VideoCheck()
    for at in range(0, len(data), step):
        check.feed(data[at : at + step])
    check.finish()


@pytest.mark.parametrize("step", [1, 7, 16, 4096])
@pytest.mark.parametrize(
    "data",
    [
        FTYP + MOOV + MDAT,
        FTYP + MDAT + MOOV,
        FTYP + box(b"free") + MOOV + box(b"uuid", bytes(20)) + MDAT,
        FTYP + MOOV + box(b"mdat", bytes(100), long=True),
        FTYP + MOOV + bytes(4) + b"mdat" + bytes(50),
        FTYP + moov(padding=8) + MDAT,
        FTYP + moov(long=True) + MDAT,
    ],
    ids=[
        "fast start",
        "index last",
        "other boxes",
        "long length",
        "to the end",
        "padded",
        "long moov",
    ],
)
def test_a_whole_video_passes_however_it_is_cut(data: bytes, step: int) -> None:
    judge(data, step)


@pytest.mark.parametrize(
    "kind",
    ["free", "skip", "wide", "uuid", "moof", "mfra", "sidx", "styp", "meta", "pdin", "prft", "emsg", "ssix", "udta",
     "junk"],
)  # fmt: skip
def test_boxes_that_a_video_may_have_besides_do_no_harm(kind: str) -> None:
    judge(FTYP + box(kind.encode()) + MOOV + MDAT + box(kind.encode(), b"more", long=True))


def test_an_index_may_have_32_mib_and_no_more() -> None:
    VideoCheck().feed(FTYP + (8 + 32 * 2**20).to_bytes(4, "big") + b"moov")
    with pytest.raises(NotAVideoError, match="too large"):
        VideoCheck().feed(FTYP + (9 + 32 * 2**20).to_bytes(4, "big") + b"moov")


@pytest.mark.parametrize(
    "data",
    [
        FTYP + MOOV + box(b"mdat", b"\xff" * 64),
        FTYP + moov(formats=2**24) + MDAT,
        FTYP + box(b"moov", box(b"free") + MOOV[8:]) + MDAT,
    ],
    ids=["media data of any kind", "many formats", "an empty box"],
)
def test_what_is_in_a_box_does_not_matter_outside_of_it(data: bytes) -> None:
    judge(data)


def described(formats: bytes, padding: int = 0) -> bytes:
    """An index whose one track describes its formats so."""
    table = box(b"minf", box(b"stbl", box(b"stsd", formats))) + bytes(padding)
    return box(
        b"moov", box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(12)) + table))
    )


@pytest.mark.parametrize("formats", [b"\0\0\0\1" + bytes(4), bytes(8) + b"\1"])
def test_a_track_without_formats_is_no_video_whatever_stands_around_their_number(
    formats: bytes,
) -> None:
    judge(FTYP + described(bytes(7) + b"\1") + MDAT)
    judge(FTYP + described(bytes(7) + b"\1", padding=8) + MDAT)
    with pytest.raises(NotAVideoError, match="no video track"):
        judge(FTYP + described(formats) + MDAT)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no index"),
        (b"<!doctype html><html><body>502 Bad Gateway</body></html>", "does not begin as an MP4"),
        (FTYP + bytes(5000), "do not walk to the end"),
        ((FTYP + MOOV + MDAT)[:-1], "cut off"),
        (FTYP + MOOV + MDAT + b"\0\0\0", "cut off"),
        (FTYP + MDAT, "no index"),
        (FTYP + MOOV, "no media data"),
        (FTYP + moov(handler=b"soun") + MDAT, "no video track"),
        (FTYP + moov(formats=0) + MDAT, "no video track"),
        (FTYP + box(b"moov") + MDAT, "no video track"),
        (FTYP + box(b"moov", b"\0\0\0\x04trak") + MDAT, "is broken"),
        (FTYP + (33 * 2**20).to_bytes(4, "big") + b"moov", "too large"),
        (FTYP + b"\0\0\0\x04free", "do not walk to the end"),
        (FTYP + b"\0\0\0\x07free", "do not walk to the end"),
        (FTYP + b"\0\0\0\x01free" + (15).to_bytes(8, "big"), "do not walk to the end"),
        (FTYP + b"\0\0\0\x01free" + (1).to_bytes(8, "big"), "do not walk to the end"),
        (FTYP + MOOV + bytes(4) + b"free", "do not walk to the end"),
        (FTYP + box(b"\0\0\0\x08") + MOOV + MDAT, "do not walk to the end"),
        (FTYP + box(b"moov", b"\0\0\0\x09trak") + MDAT, "is broken"),
        (FTYP + MOOV + MDAT + FTYP[:7], "cut off"),
        (
            FTYP
            + box(b"moov", b"\0\0\0\x01trak" + (2**56 + 16).to_bytes(8, "big") + MOOV[8:])
            + MDAT,
            "is broken",
        ),
        (FTYP + b"\0\0\0\x01free" + (2**56 + 16).to_bytes(8, "big") + MOOV + MDAT, "cut off"),
        (FTYP + box(b"moov") + box(b"free", MOOV[8:]) + MDAT, "no video track"),
        (MDAT + MOOV, "does not begin as an MP4"),
    ],
)
def test_anything_else_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotAVideoError, match=reason):
        judge(data)


def test_a_stream_that_is_longer_than_announced_is_refused() -> None:
    data = FTYP + MOOV + MDAT
    received = Received(iter([data]), len(data) - 1)
    stream = CheckedStream(received, [], max_bytes=10_000, deadline=math.inf)

    with pytest.raises(DownloadError, match="another length than announced"):
        stream.read()
