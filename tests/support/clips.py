"""Test media cut from the demo's cast, and looking at videos independently of the engine's output code."""

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame

from local.provider.engine.arrays import Image

CAST = Path(__file__).resolve().parents[2] / "local" / "demo" / "cast"
CLIP = CAST / "cast360.mp4"
ANA, BEN, CHO = CAST / "cast_ana.png", CAST / "cast_ben.png", CAST / "cast_cho.png"
FRAMES = 26
# Where ana (left) and ben (right) are throughout the first second.
ANA_FACE = (slice(60, 190), slice(110, 250))
BEN_FACE = (slice(40, 200), slice(410, 570))


def cut_clip(path: Path, frames: int = FRAMES, *, columns: slice = slice(None)) -> None:
    """Write the clip's first frames at uneven times, with the sound that belongs to them."""
    with av.open(str(CLIP)) as source, av.open(str(path), "w", format="mp4") as cut:
        sound = source.streams.audio[0]
        copy = cut.add_stream("libx264", rate=25)
        images = images_of(CLIP, frames)
        copy.height, copy.width = images[0][:, columns].shape[:2]
        copy.pix_fmt, copy.options = "yuv420p", {"crf": "12", "preset": "veryfast"}
        copy.codec_context.time_base = unit = Fraction(1, 12800)
        sound_copy = cut.add_stream_from_template(sound)
        for number, image in enumerate(images):
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(image[:, columns]), "bgr24")
            frame.pts, frame.time_base = number * 512 + number % 3 * 100, unit
            cut.mux(copy.encode(frame))
        cut.mux(copy.encode(None))
        for packet in source.demux(sound):
            if packet.dts is not None and packet.dts < frames / 25 * sound.sample_rate:
                packet.stream = sound_copy
                cut.mux(packet)


def write_video(
    path: Path,
    images: list[Image],
    rate: int = 25,
    kind: str = "mp4",
    *,
    crf: int = 30,
    turned: int = 0,
    mirrored: bool = False,
) -> None:
    """Write a video without sound; `turned` degrees against the clock when it is shown."""
    with av.open(str(path), "w", format=kind) as output:
        stream = output.add_stream("libx264", rate=rate)
        stream.height, stream.width = images[0].shape[:2]
        even = stream.height % 2 == stream.width % 2 == 0
        stream.pix_fmt = "yuv420p" if even else "yuv444p"
        stream.options = {"crf": str(crf), "preset": "ultrafast"}
        if turned or mirrored:
            stream.set_display_rotation(turned, hflip=mirrored)
        for image in images:
            output.mux(stream.encode(VideoFrame.from_ndarray(image, "bgr24")))
        output.mux(stream.encode(None))


def images_of(path: Path, frames: int | None = None) -> list[Image]:
    """Decode the (first) frames."""
    images: list[Image] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if len(images) == frames:
                break
            images.append(frame.to_ndarray(format="bgr24").astype(np.uint8))
    return images


def times_of(path: Path) -> list[Fraction]:
    """Read at which second each frame stands."""
    with av.open(str(path)) as container:
        return [
            frame.pts * frame.time_base
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        ]


def sound_of(path: Path) -> tuple[int, str]:
    """Count the packets of sound and digest their bytes and times."""
    digest, count = hashlib.sha256(), 0
    with av.open(str(path)) as container:
        for packet in container.demux(audio=0):
            if packet.dts is not None and isinstance(packet.stream, AudioStream):
                digest.update(bytes(packet))
                digest.update(f"{packet.pts} {packet.dts} {packet.duration}".encode())
                count += 1
    return count, digest.hexdigest()


def difference(one: list[Image], other: list[Image], part: tuple[slice, slice]) -> float:
    """Measure the mean absolute difference of a part of all frames, in grey levels."""
    pairs = zip(one, other, strict=True)
    return float(np.mean([np.abs(a[part].astype(float) - b[part]).mean() for a, b in pairs]))


def person(image: Image, part: slice) -> Image:
    """Cut a person out of a frame, from top to bottom."""
    return image[:, part]


def scene(people: list[tuple[Image, int]], width: int = 640) -> Image:
    """Stand people, each with a left edge, before a grey wall; later ones are in front."""
    image = np.full((people[0][0].shape[0] if people else 360, width, 3), 96, np.uint8)
    for cut, left in people:
        start, stop = max(0, left), min(width, left + cut.shape[1])
        if stop > start:
            image[:, start:stop] = cut[:, start - left : stop - left]
    return image


def write_long_clip(path: Path, seconds: int) -> None:
    """Write a small clip of so many seconds, a frame each."""
    with av.open(str(path), "w", format="mp4") as made:
        stream = made.add_stream("libx264", rate=1)
        stream.height = stream.width = 64
        stream.pix_fmt = "yuv420p"
        for number in range(seconds):
            image = np.full((64, 64, 3), number, np.uint8)
            made.mux(stream.encode(VideoFrame.from_ndarray(image, "bgr24")))
        made.mux(stream.encode(None))


def write_unseen_clip(path: Path) -> None:
    """Write a clip whose sound browsers play, and whose pictures they do not show."""
    with av.open(str(path), "w", format="mov") as made:
        pictures, sound = made.add_stream("mpeg4", rate=25), made.add_stream("aac", rate=48000)
        pictures.height = pictures.width = 64
        pictures.pix_fmt, sound.layout = "yuv420p", "mono"
        for _ in range(25):
            frame = VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "bgr24")
            made.mux(pictures.encode(frame))
        for at in range(0, 48000, 1024):
            quiet = AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            quiet.sample_rate, quiet.pts = 48000, at
            made.mux(sound.encode(quiet))
        for stream in (pictures, sound):
            made.mux(stream.encode(None))
