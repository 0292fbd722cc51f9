"""Reading a checked video's frames and sound."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from local.provider.engine.arrays import Image, pixels
from local.provider.engine.cropping import Crop
from local.provider.engine.deinterlacing import Deinterlacer
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.frames import Frame
from local.provider.engine.media_tracks import choose_tracks
from local.provider.engine.probe import VideoFacts, limit_decoder, open_video
from local.provider.engine.stopwatch import Stopwatch

Part: TypeAlias = "VideoFrame | Packet[Stream]"
_PLANES = "yuv420p"
_LEAD_IN_SECONDS = 0.2


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
    """Give decoded frames and undecoded sound as they come in the file; what is cut away is not given."""
    tracks = choose_tracks(container)
    video = tracks.picture
    limit_decoder(video)
    video.thread_type = "AUTO"
    progressive = Deinterlacer(video)
    before: _When | None = None
    sound_began = False
    for packet in container.demux([video, *([tracks.sound] if tracks.sound else [])]):
        if isinstance(packet.stream, AudioStream):
            if packet.size and _is_kept(packet, before, began=sound_began):
                sound_began = sound_began or not packet.is_discard
                yield packet
            before = _When(packet.dts, packet.is_discard)
        else:
            with watch.time("decode"):
                decoded = [frame for frame in packet.decode() if isinstance(frame, VideoFrame)]
                frames = [shown for frame in decoded for shown in progressive.take(frame)]
            yield from frames
    yield from progressive.rest()


class _When(NamedTuple):
    """When a packet of sound stands, and whether it is to be discarded."""

    time: int | None
    is_discard: bool


def _is_kept(packet: "Packet[Stream]", before: _When | None, *, began: bool) -> bool:
    """Say whether a packet of sound comes along, by the one before it in the file.

    Of those to be discarded, one that prepares the decoder for the first sound that is heard, and
    one that is discarded only because it stands at the time of the one before.
    """
    if not packet.is_discard:
        return True
    if before is not None and not before.is_discard and before.time == packet.dts:
        return True
    return not began and -_LEAD_IN_SECONDS < (packet.pts or 0) * packet.time_base < 0


def frame_of(original: VideoFrame, facts: VideoFacts) -> Frame:
    """Take a decoded frame, turned as it is shown; raises UnreadableVideoError on another size."""
    if (original.width, original.height) != (facts.stored_width, facts.stored_height):
        raise UnreadableVideoError("its frames change their size")
    if original.format.is_rgb:
        original = original.reformat(
            format=_PLANES, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
    elif original.format.name != _PLANES or original.color_range == ColorRange.JPEG:
        original = original.reformat(format=_PLANES, dst_color_range=ColorRange.MPEG)
    frame = Frame(np.empty((facts.height * 3 // 2, facts.width), np.uint8))
    frame.fill(*(facts.orientation.apply(plane) for plane in _planes_of(original, facts.crop)))
    return frame


def _planes_of(original: VideoFrame, crop: Crop) -> Iterator[Image]:
    """Luma and the two colours, as far as they are shown."""
    for plane, share in zip(original.planes, (1, 2, 2), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        yield crop.apply(pixels(rows), share)
