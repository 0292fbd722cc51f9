"""Reading a checked video's frames and sound."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange

from local.provider.engine.arrays import Image, pixels
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.frames import Frame
from local.provider.engine.probe import VideoFacts, limit_decoder, open_video
from local.provider.engine.stopwatch import Stopwatch

SoundPacket: TypeAlias = "Packet[Stream]"
Part: TypeAlias = "VideoFrame | Packet[Stream]"
_PLANES = "yuv420p"


def read_frames(path: Path, facts: VideoFacts, watch: Stopwatch | None = None) -> Iterator[Frame]:
    """Decode the frames of a checked video in order.

    Raises UnreadableVideoError if one cannot be decoded or has another size than the first.
    """
    watch = watch or Stopwatch()
    with open_video(path) as container:
        for part in read_parts(container, watch):
            if isinstance(part, VideoFrame):
                with watch.time("decode"):
                    frame = frame_of(part, facts)
                yield frame


def read_parts(container: InputContainer, watch: Stopwatch) -> Iterator[Part]:
    """Give decoded frames and undecoded sound as they come in the file."""
    video = container.streams.video[0]
    limit_decoder(video)
    video.thread_type = "AUTO"
    for packet in container.demux([video, *container.streams.audio[:1]]):
        if isinstance(packet.stream, AudioStream):
            if packet.dts is not None:
                yield packet
        else:
            with watch.time("decode"):
                decoded = packet.decode()
            yield from (frame for frame in decoded if isinstance(frame, VideoFrame))


def frame_of(original: VideoFrame, facts: VideoFacts) -> Frame:
    """Take a decoded frame, turned as it is shown; raises UnreadableVideoError on another size."""
    if (original.width, original.height) != (facts.stored_width, facts.stored_height):
        raise UnreadableVideoError("its frames change their size")
    if original.format.name != _PLANES or original.color_range == ColorRange.JPEG:
        original = original.reformat(format=_PLANES, dst_color_range=ColorRange.MPEG)
    frame = Frame(np.empty((facts.height * 3 // 2, facts.width), np.uint8))
    frame.fill(*(facts.orientation.apply(plane) for plane in _planes_of(original)))
    return frame


def _planes_of(original: VideoFrame) -> Iterator[Image]:
    """Luma and the two colours, without a last odd row or column."""
    sizes = [(even(original.height), even(original.width))]
    sizes += [(original.height // 2, original.width // 2)] * 2
    for plane, (height, width) in zip(original.planes, sizes, strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        yield pixels(rows[:height, :width])


def even(length: int) -> int:
    """Round down to what the halved colours allow."""
    return length - length % 2
