"""Videos as cameras and editors make them: turned, odd, silent, at uneven times."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from local.provider.engine.arrays import Image
from local.provider.engine.footage import read_frames
from local.provider.engine.probe import probe
from local.provider.engine.swapping import swap
from tests.support.clips import (
    ANA,
    ANA_FACE,
    BEN_FACE,
    CHO,
    CLIP,
    difference,
    images_of,
    times_of,
    write_video,
)


@pytest.fixture(scope="module")
def images() -> list[Image]:
    return images_of(CLIP, 8)


def _turned(images: list[Image], quarters: int, *, mirrored: bool = False) -> list[Image]:
    """First turned, then mirrored: as players read a display matrix with both."""
    turned = [np.rot90(image, quarters) for image in images]
    return [np.ascontiguousarray(image[:, ::-1] if mirrored else image) for image in turned]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_frames_are_read_as_they_are_shown(
    tmp_path: Path, images: list[Image], degrees: int, mirrored: bool
) -> None:
    video = tmp_path / "turned.mp4"
    write_video(video, images[:2], crf=12, turned=degrees, mirrored=mirrored)
    facts = probe(video)

    read = [frame.whole() for frame in read_frames(video, facts)]

    shown = _turned(images[:2], degrees // 90, mirrored=mirrored)
    assert (facts.height, facts.width) == shown[0].shape[:2]
    assert difference(shown, read, (slice(None), slice(None))) < 3


def test_a_video_held_upright_is_swapped_upright(tmp_path: Path, images: list[Image]) -> None:
    video, output = tmp_path / "phone.mp4", tmp_path / "output.mp4"
    write_video(video, _turned(images, 3), crf=12, turned=90)
    report = swap(video, CHO, ANA, output, watermark=False)
    after = images_of(output)
    assert (report.width, report.height) == (640, 360)
    assert after[0].shape == (360, 640, 3)
    assert difference(images, after, ANA_FACE) > 2 * difference(images, after, BEN_FACE)
    with av.open(str(output)) as container:
        assert next(container.decode(video=0)).rotation == 0


def test_an_odd_size_loses_its_last_row_and_column(tmp_path: Path, images: list[Image]) -> None:
    video, output = tmp_path / "odd.mp4", tmp_path / "output.mp4"
    write_video(video, [np.ascontiguousarray(image[:359, :639]) for image in images], crf=12)
    report = swap(video, CHO, ANA, output, watermark=False)
    after = images_of(output)
    assert (report.width, report.height) == (638, 358)
    before = [image[:358, :638] for image in images]
    assert difference(before, after, ANA_FACE) > 2 * difference(before, after, BEN_FACE)
    assert difference(before, after, BEN_FACE) < 4


def test_a_silent_video_stays_silent(tmp_path: Path, images: list[Image]) -> None:
    video, output = tmp_path / "silent.mp4", tmp_path / "output.mp4"
    write_video(video, images)
    swap(video, CHO, ANA, output)
    with av.open(str(output)) as container:
        assert [stream.type for stream in container.streams] == ["video"]


@pytest.mark.parametrize("kind", ["mp4", "matroska"])
def test_uneven_times_stay_as_they_are(tmp_path: Path, images: list[Image], kind: str) -> None:
    video, output = tmp_path / f"uneven.{kind}", tmp_path / "output.mp4"
    milliseconds = [0, 8, 48, 49, 400, 1400, 1417, 1500]
    with av.open(str(video), "w", format=kind) as target:
        stream = target.add_stream("libx264", rate=30)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt, stream.options = "yuv420p", {"preset": "veryfast"}
        stream.codec_context.time_base = Fraction(1, 1000)
        for image, at in zip(images, milliseconds, strict=True):
            frame = VideoFrame.from_ndarray(image, "bgr24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    assert [1000 * time for time in times_of(video)] == milliseconds
    swap(video, CHO, ANA, output)
    assert [1000 * time for time in times_of(output)] == milliseconds


def test_what_a_video_says_of_its_colours_and_pixels_is_kept(
    tmp_path: Path, images: list[Image]
) -> None:
    video, output = tmp_path / "tagged.mp4", tmp_path / "output.mp4"
    with av.open(str(video), "w") as target:
        stream = target.add_stream("libx264", rate=25)
        stream.height, stream.width = images[0].shape[:2]
        context = stream.codec_context
        context.pix_fmt, context.options = "yuv420p", {"preset": "ultrafast"}
        context.colorspace = context.color_primaries = context.color_trc = 1
        context.sample_aspect_ratio = Fraction(4, 3)
        for image in images[:4]:
            target.mux(stream.encode(VideoFrame.from_ndarray(image, "bgr24")))
        target.mux(stream.encode(None))
    swap(video, CHO, ANA, output)
    with av.open(str(output)) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (1, 1, 1)
        assert stream.sample_aspect_ratio == Fraction(4, 3)
