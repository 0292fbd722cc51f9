"""The rules for a video that somebody sent, and opening it.

FFmpeg is never left to guess the format: playlists and the like would make it read other places.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.orientation import UPRIGHT, Orientation, orientation_of

MAX_BYTES = 100 << 20
MAX_PACKET_BYTES = 20 << 20
MAX_PIXELS = 1920 * 1088
MIN_SIDE = 64
MAX_SECONDS = 60.0
MAX_FRAMES = 1800
MAX_SOUND_PACKETS = 20_000
MAX_RATE = 120
_USUAL_RATE = Fraction(25)
_VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg"})
_AUDIO_CODECS = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"})
"""Sound is copied as it is, so it has to be something that an MP4 can hold."""
_OPTIONS = {
    "protocol_whitelist": "file",
    "enable_drefs": "0",
    "max_streams": "16",
    "probesize": "5000000",
    "analyzeduration": "2000000",
}


@dataclass(frozen=True)
class VideoFacts:
    """What is known of a video after looking at its packets and its first frame.

    Width and height are even and as shown; the stored ones are the decoder's.
    """

    stored_width: int
    stored_height: int
    frames: int
    rate: Fraction
    orientation: Orientation = UPRIGHT

    @property
    def width(self) -> int:
        """As shown, in pixels."""
        shown = self.stored_height if self.orientation.exchanged else self.stored_width
        return shown - shown % 2

    @property
    def height(self) -> int:
        """As shown, in pixels."""
        shown = self.stored_width if self.orientation.exchanged else self.stored_height
        return shown - shown % 2


@contextmanager
def open_video(path: Path) -> Iterator[InputContainer]:
    """Open a local MP4, MOV, WebM or Matroska file, told apart by its first bytes.

    Raises UnreadableVideoError, also for what FFmpeg finds wrong while it is open; what the
    machine is to blame for (a full disk, no memory) stays an OSError or MemoryError.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] == b"ftyp":
        kind = "mov"
    elif head.startswith(b"\x1aE\xdf\xa3"):
        kind = "matroska"
    else:
        raise UnreadableVideoError("it is not an MP4, MOV, WebM or Matroska file")
    try:
        with av.open(f"file:{path}", format=kind, options=dict(_OPTIONS)) as container:
            yield container
    except av.error.FFmpegError as error:
        if isinstance(error, OSError | MemoryError):
            raise
        raise UnreadableVideoError("it is damaged or incomplete") from error


def limit_decoder(stream: VideoStream) -> None:
    """Let the decoder refuse pictures that grow in the middle of the video."""
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}


def probe(path: Path) -> VideoFacts:
    """Check kind, size, length and first frame; packets are counted, as headers may lie.

    Raises UnreadableVideoError.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableVideoError(f"it is larger than {MAX_BYTES >> 20} MiB")
    with open_video(path) as container:
        stream = _checked_stream(container)
        frames = _count_packets(container, stream)
        container.seek(0)
        limit_decoder(stream)
        stream.codec_context.thread_count = 1
        first = next(container.decode(stream), None)
        if first is None:
            raise UnreadableVideoError("it has no frames")
        _check_size(first.width, first.height)
        rate = stream.average_rate or _USUAL_RATE
        return VideoFacts(first.width, first.height, frames, rate, orientation_of(first))


def _checked_stream(container: InputContainer) -> VideoStream:
    if len(container.streams.video) != 1:
        raise UnreadableVideoError("it does not hold exactly one picture track")
    stream = container.streams.video[0]
    if stream.codec_context.name not in _VIDEO_CODECS:
        raise UnreadableVideoError(f"its picture codec {stream.codec_context.name} is not taken")
    for sound in container.streams.audio[:1]:
        if sound.codec_context.name not in _AUDIO_CODECS:
            raise UnreadableVideoError(f"its sound codec {sound.codec_context.name} is not taken")
    _check_size(stream.codec_context.width, stream.codec_context.height)
    _check_seconds((container.duration or 0) / av.time_base)
    if (stream.average_rate or 0) > MAX_RATE:
        raise UnreadableVideoError(f"it has more than {MAX_RATE} frames a second")
    return stream


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or min(width, height) < MIN_SIDE:
        raise UnreadableVideoError(f"{width}x{height} is not a size between 64x64 and 1920x1088")


def _check_seconds(seconds: float) -> None:
    if seconds > MAX_SECONDS:
        raise UnreadableVideoError(f"it is longer than {MAX_SECONDS:.0f} s")


def _count_packets(container: InputContainer, stream: VideoStream) -> int:
    frames = sounds = 0
    first: float | None = None
    for packet in container.demux([stream, *container.streams.audio[:1]]):
        if packet.is_corrupt:
            raise UnreadableVideoError("it is damaged or incomplete")
        if packet.size > MAX_PACKET_BYTES:
            raise UnreadableVideoError(f"a part of it is larger than {MAX_PACKET_BYTES >> 20} MiB")
        if packet.pts is not None and packet.time_base is not None:
            seconds = float(packet.pts * packet.time_base)
            first = seconds if first is None else first
            _check_seconds(seconds - first)
        is_frame = packet.stream.index == stream.index
        frames += packet.size > 0 and is_frame
        sounds += not is_frame
        if frames > MAX_FRAMES:
            raise UnreadableVideoError(f"it has more than {MAX_FRAMES} frames")
        if sounds > MAX_SOUND_PACKETS:
            raise UnreadableVideoError("its sound is in too many pieces")
    return frames
