"""Media that cannot be swapped are refused with one named error, and leave nothing behind."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from local.provider.engine import probe as probing
from local.provider.engine.arrays import Image
from local.provider.engine.errors import (
    NoFaceError,
    PersonNotFoundError,
    SwapError,
    UnreadableImageError,
    UnreadableVideoError,
)
from local.provider.engine.probe import probe
from local.provider.engine.report import Progress
from local.provider.engine.swapping import swap
from tests.support.clips import ANA, BEN, CHO, cut_clip, write_video


def _plain(width: int = 128, height: int = 96, frames: int = 5) -> list[Image]:
    return [np.full((height, width, 3), 90, np.uint8) for _ in range(frames)]


def _refusal(video: Path, source: Path, reference: Path) -> SwapError:
    output = video.with_name("output.mp4")
    with pytest.raises(SwapError) as caught:
        swap(video, source, reference, output)
    assert not list(video.parent.glob("output*"))
    return caught.value


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "blank.png"
    cv2.imwrite(str(path), np.full((200, 200, 3), 120, np.uint8))
    return path


@pytest.fixture
def empty_scene(tmp_path: Path) -> Path:
    path = tmp_path / "empty.mp4"
    write_video(path, _plain())
    return path


def test_a_source_without_a_face_is_named(clip: Path, blank: Path) -> None:
    error = _refusal(clip, blank, ANA)
    assert isinstance(error, NoFaceError)
    assert "source picture" in str(error)


def test_a_reference_without_a_face_is_named(clip: Path, blank: Path) -> None:
    error = _refusal(clip, CHO, blank)
    assert isinstance(error, NoFaceError)
    assert "reference picture" in str(error)


def test_a_video_without_a_face_is_named(empty_scene: Path) -> None:
    error = _refusal(empty_scene, CHO, ANA)
    assert isinstance(error, NoFaceError)
    assert "video" in str(error)


def test_a_person_who_is_not_in_the_video_is_not_found(tmp_path: Path) -> None:
    video = tmp_path / "ana_alone.mp4"
    cut_clip(video, 5, columns=slice(0, 320))
    assert isinstance(_refusal(video, CHO, BEN), PersonNotFoundError)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><title>Not found</title>",
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/secret\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 8,
        b"\x1aE\xdf\xa3" + bytes(range(256)) * 8,
    ],
    ids=["nothing", "html", "playlist", "concat", "only the head of an mp4", "or of a webm"],
)
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    video = tmp_path / "video.mp4"
    video.write_bytes(content)
    assert isinstance(_refusal(video, CHO, ANA), UnreadableVideoError)


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.97, 0.999])
def test_a_truncated_video_is_refused(clip: Path, tmp_path: Path, kept: float) -> None:
    video, data = tmp_path / "cut_off.mp4", _index_first(clip, tmp_path)
    video.write_bytes(data[: int(len(data) * kept)])
    assert isinstance(_refusal(video, CHO, ANA), UnreadableVideoError)


def _index_first(clip: Path, tmp_path: Path) -> bytes:
    moved = tmp_path / "index_first.mp4"
    options = {"movflags": "+faststart"}
    with (
        av.open(str(clip)) as source,
        av.open(str(moved), "w", format="mp4", options=options) as target,
    ):
        copies = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
    return moved.read_bytes()


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MAX_BYTES", 100, "larger than"),
        ("MAX_PIXELS", 100, "128x96"),
        ("MIN_SIDE", 100, "128x96"),
        ("MAX_SECONDS", 0.1, "longer than"),
        ("MAX_FRAMES", 4, "more than 4 frames"),
        ("MAX_RATE", 20, "frames a second"),
    ],
)
def test_a_video_beyond_a_limit_is_refused(
    empty_scene: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float, words: str
) -> None:
    assert probe(empty_scene).frames == 5
    monkeypatch.setattr(probing, limit, value)
    with pytest.raises(UnreadableVideoError, match=words):
        probe(empty_scene)


def test_frames_that_change_their_size_are_refused(tmp_path: Path) -> None:
    parts = [tmp_path / "small.h264", tmp_path / "large.h264"]
    write_video(parts[0], _plain(128, 96), kind="h264")
    write_video(parts[1], _plain(256, 192), kind="h264")
    joined, video = tmp_path / "joined.h264", tmp_path / "joined.mkv"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    with av.open(str(joined)) as source, av.open(str(video), "w", format="matroska") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size:
                packet.pts = packet.dts = number * 40
                packet.stream = copy
                target.mux(packet)
    assert "change their size" in str(_refusal(video, CHO, ANA))


@pytest.mark.parametrize(
    "content",
    [b"", b"<html></html>", b"GIF89a" + bytes(40), b"\xff\xd8\xff", ANA.read_bytes()[:60]],
    ids=["nothing", "html", "gif", "jpeg without a size", "truncated"],
)
def test_what_is_no_picture_is_refused(clip: Path, tmp_path: Path, content: bytes) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(content)
    error = _refusal(clip, picture, ANA)
    assert isinstance(error, UnreadableImageError)
    assert "source picture" in str(error)


def test_an_error_while_writing_leaves_nothing_behind(clip: Path, tmp_path: Path) -> None:
    output = tmp_path / "output.mp4"
    seen: list[Path] = []

    def fail(progress: Progress) -> None:
        if progress.stage == "swap" and progress.frame == 20:
            seen.extend(tmp_path.iterdir())
            raise RuntimeError("the listener fails")

    with pytest.raises(RuntimeError, match="listener"):
        swap(clip, CHO, ANA, output, progress=fail)
    assert {path.suffix for path in seen} == {".part"}
    assert not list(tmp_path.iterdir())
