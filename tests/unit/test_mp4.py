"""What counts as a whole video."""

import math

import pytest

from faceswap.egress.download import CheckedStream, Received
from faceswap.ports import DownloadError
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
