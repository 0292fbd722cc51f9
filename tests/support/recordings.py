"""Videos as phones, recorders and editors write them: tracks, times and boxes as one says."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.provider.engine.arrays import Image

BEEP_AT = 0.2


def picture_track(
    target: OutputContainer, images: Sequence[Image], codec: str = "libx264", form: str = "yuv420p"
) -> VideoStream:
    """Add a track for such pictures, at 25 a second in milliseconds."""
    stream = cast("VideoStream", target.add_stream(codec, rate=25))
    stream.height, stream.width = images[0].shape[:2]
    stream.pix_fmt = form
    if codec == "libx264":
        stream.options = {"crf": "16", "preset": "ultrafast", "bf": "0"}
    stream.codec_context.time_base = Fraction(1, 1000)
    return stream


def sound_track(target: OutputContainer, codec: str, rate: int = 48000) -> AudioStream:
    """Add a track of one channel."""
    stream = cast("AudioStream", target.add_stream(codec, rate=rate, layout="mono"))
    stream.codec_context.open()
    return stream


def put_pictures(
    target: OutputContainer,
    stream: VideoStream,
    images: Sequence[Image],
    times: Sequence[int] | None = None,
) -> None:
    """Encode pictures, at these milliseconds."""
    for number, image in enumerate(images):
        frame = VideoFrame.from_ndarray(image, "bgr24").reformat(format=stream.pix_fmt)
        frame.pts = times[number] if times else number * 40
        frame.time_base = Fraction(1, 1000)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


def put_beep(target: OutputContainer, stream: AudioStream, seconds: float = 0.5) -> None:
    """Encode silence, and from BEEP_AT on a tone."""
    rate = stream.rate
    time = np.arange(int(seconds * rate)) / rate
    tone = (np.sin(2 * np.pi * 440 * time) * 12000 * (time >= BEEP_AT)).astype(np.int16)
    frame = AudioFrame.from_ndarray(tone[None], "s16", "mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    resampler = av.AudioResampler(
        stream.codec_context.format.name, "mono", rate, stream.codec_context.frame_size or None
    )
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        target.mux(stream.encode(part))
    target.mux(stream.encode(None))


def beep_of(path: Path) -> float:
    """Say at which second the tone begins."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = np.abs(frame.to_ndarray().astype(np.float64)).reshape(-1)
            samples /= 1 if frame.format.name.startswith("flt") else 32768
            loud = np.flatnonzero(samples > 0.05)
            if len(loud) and frame.time is not None:
                return float(frame.time + loud[0] / frame.sample_rate)
    raise AssertionError("there is no tone")


def without_type(path: Path, first: bytes) -> None:
    """Make an MP4 the older kind of QuickTime file: no `ftyp`, another box first."""
    data = path.read_bytes()
    assert data[4:8] == b"ftyp"
    length = int.from_bytes(data[:4], "big")
    path.write_bytes(struct.pack(">I", length) + first + bytes(length - 8) + data[length:])


def with_box_in_entry(path: Path, box: bytes, entry: bytes = b"avc1") -> None:
    """Put a box into the sample entry of an MP4 whose index is at its end."""
    data = bytearray(path.read_bytes())
    at = data.rindex(entry) - 4
    end = at + int.from_bytes(data[at : at + 4], "big")
    data[end:end] = box
    place = 0
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", entry):
        place = data.index(kind, place + (4 if place else data.rindex(b"moov"))) - 4
        length = int.from_bytes(data[place : place + 4], "big") + len(box)
        data[place : place + 4] = struct.pack(">I", length)
        place += 4
    path.write_bytes(data)
