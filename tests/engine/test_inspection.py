"""What is sent is looked at in a bounded process of its own, and nothing about it is believed."""

import struct
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.provider.engine import inspection as inspecting_module
from local.provider.engine.arrays import Floats
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.inspection import inspecting
from local.provider.engine.probe import MAX_SECONDS, VideoFacts, probe
from tests.support.clips import write_video

PLAIN = [np.full((96, 128, 3), 90, np.uint8)] * 3


def _inspect(video: Path) -> VideoFacts:
    with inspecting(video) as facts:
        return facts()


def _refusal(video: Path) -> str:
    with pytest.raises(UnreadableVideoError) as caught:
        _inspect(video)
    return str(caught.value)


def test_the_facts_come_back_whole(tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    write_video(video, PLAIN, turned=90, mirrored=True)
    assert _inspect(video) == probe(video)


def test_a_refusal_comes_back_in_its_own_words(tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    video.write_bytes(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    assert _refusal(video) == (
        "The video (init_video) is unsupported: it is not an MP4, MOV, WebM or Matroska file."
    )


def test_giant_pictures_are_refused_by_their_size(tmp_path: Path) -> None:
    video = tmp_path / "giant.mp4"
    write_video(video, [np.zeros((4096, 4096, 3), np.uint8)])
    assert "4096x4096" in _refusal(video)


def _picture_track(target: OutputContainer) -> VideoStream:
    stream = target.add_stream("libx264", rate=25)
    stream.height, stream.width, stream.pix_fmt = 96, 128, "yuv420p"
    return stream


def test_a_video_without_pictures_is_refused(tmp_path: Path) -> None:
    video = tmp_path / "sound.mp4"
    with av.open(str(video), "w") as target:
        sound = target.add_stream("aac", rate=48000, layout="mono")
        target.mux(sound.encode(_silence("fltp", np.zeros((1, 1024), np.float32))))
        target.mux(sound.encode(None))
    assert "no picture track" in _refusal(video)


def _silence(form: str, samples: Floats) -> AudioFrame:
    frame = AudioFrame.from_ndarray(samples, form, "mono")
    frame.sample_rate = 48000
    return frame


def test_other_picture_codecs_are_refused(tmp_path: Path) -> None:
    video = tmp_path / "video.mkv"
    with av.open(str(video), "w", format="matroska") as target:
        stream = target.add_stream("mpeg2video", rate=25)
        stream.height, stream.width, stream.pix_fmt = 96, 128, "yuv420p"
        target.mux(stream.encode(VideoFrame.from_ndarray(PLAIN[0], "bgr24")))
        target.mux(stream.encode(None))
    assert "picture codec (MPEG-2 video)" in _refusal(video)


def test_a_header_that_lies_about_the_length_is_not_believed(tmp_path: Path) -> None:
    video = tmp_path / "long.mkv"
    with av.open(str(video), "w", format="matroska") as target:
        stream = _picture_track(target)
        stream.codec_context.time_base = Fraction(1, 10)
        for at in (0, 5, 10 * int(MAX_SECONDS) + 30):
            frame = VideoFrame.from_ndarray(PLAIN[0], "bgr24")
            frame.pts, frame.time_base = at, Fraction(1, 10)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    data = bytearray(video.read_bytes())
    duration = data.index(b"\x44\x89\x88") + 3
    data[duration : duration + 8] = struct.pack(">d", 1000.0)
    video.write_bytes(data)
    with av.open(str(video)) as lying:
        assert (lying.duration or 0) / av.time_base == 1
    assert "longer than 60 s" in _refusal(video)


@pytest.mark.parametrize(
    "limits",
    ["memory=1 << 20, seconds=5, file_bytes=0", "memory=1 << 40, seconds=0, file_bytes=0"],
    ids=["memory", "processor time"],
)
def test_a_process_beyond_its_limits_ends_without_an_answer(tmp_path: Path, limits: str) -> None:
    video = tmp_path / "video.mp4"
    write_video(video, [np.zeros((720, 1280, 3), np.uint8)] * 2)
    code = (
        "import sys, pathlib; from local.provider.engine import inspection as i;"
        f"i.LIMITS = i.Limits({limits}); sys.exit(i.main(pathlib.Path(sys.argv[1])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(video)], capture_output=True, timeout=600, check=False
    )
    assert ended.returncode != 0
    assert not ended.stdout


def test_a_process_that_ends_without_an_answer_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = tmp_path / "video.mp4"
    write_video(video, PLAIN)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert "takes more than it may" in _refusal(video)


def test_a_process_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(inspecting_module, "_TIMEOUT_SECONDS", 0.2)
    started = time.monotonic()
    assert "takes too long" in _refusal(tmp_path / "video.mp4")
    assert time.monotonic() - started < 500
