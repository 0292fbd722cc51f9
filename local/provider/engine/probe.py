"""The rules for a video that somebody sent, and opening it.

FFmpeg is never left to guess the format: playlists and the like would make it read other places.
"""

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.provider.engine import isobmff, matroska
from local.provider.engine.codecs import TAKEN_PICTURES, codec_name, codec_of
from local.provider.engine.cropping import Crop, crop_of
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.hdr import Mastering, mastering_of
from local.provider.engine.media_tracks import MediaTracks, choose_tracks
from local.provider.engine.orientation import UPRIGHT, Orientation, orientation_of

MAX_BYTES = 100 << 20
MAX_PACKET_BYTES = 20 << 20
MAX_PIXELS = 1920 * 1088
MIN_SIDE = 64
MAX_SECONDS = 60.0
MAX_RATE = 120
ROOM = 1.03
"""Cameras run a little faster than they are told to."""
_LENGTH_ROOM = 1.01
"""Sound and the last frame end a little later than the minute."""
MAX_FRAMES = math.ceil(MAX_SECONDS * MAX_RATE * ROOM)
MAX_SOUND_PACKETS = 40_000
_USUAL_RATE = Fraction(25)
_SHORT = 0.1
"""In seconds: less says nothing about the rate."""
_DAMAGED = "it is damaged or incomplete"
_INCOMPLETE = "it is incomplete"
_NOT_A_VIDEO = "it is not an MP4, MOV, WebM or Matroska file"
_PHOTOS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF"}
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
    crop: Crop
    orientation: Orientation = UPRIGHT
    mastering: Mastering | None = None
    notes: tuple[str, ...] = ()
    """What of it does not come along."""

    @property
    def width(self) -> int:
        """As shown, in pixels."""
        return self.crop.height if self.orientation.exchanged else self.crop.width

    @property
    def height(self) -> int:
        """As shown, in pixels."""
        return self.crop.width if self.orientation.exchanged else self.crop.height


@contextmanager
def open_video(path: Path) -> Iterator[InputContainer]:
    """Open a local MP4, MOV, WebM or Matroska file, told apart by its first bytes.

    Raises UnreadableVideoError, also for what FFmpeg finds wrong while it is open; what the
    machine is to blame for (a full disk, no memory) stays an OSError or MemoryError.
    """
    kind = _kind(path)
    try:
        with av.open(f"file:{path}", format=kind, options=dict(_OPTIONS)) as container:
            yield container
    except av.error.FFmpegError as error:
        # What FFmpeg says of a file that ends too soon is an error of input and output, too.
        if isinstance(error, OSError | MemoryError) and error.errno != errno.EIO:
            raise
        raise UnreadableVideoError(_why_unreadable(path, kind)) from error


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    photo = isobmff.photo_kind(path)
    photo = photo or next((name for start, name in _PHOTOS.items() if head.startswith(start)), None)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        photo = "WebP"
    if photo:
        raise UnreadableVideoError(f"it is a photo ({photo}), not a video")
    if head[4:8] in isobmff.FIRST_BOXES:
        return "mov"
    if head.startswith(matroska.EBML):
        return "matroska"
    raise UnreadableVideoError(_NOT_A_VIDEO)


def _why_unreadable(path: Path, kind: str) -> str:
    box = isobmff if kind == "mov" else matroska
    if box.is_protected(path):
        return "it is protected (encrypted)"
    return _INCOMPLETE if box.is_cut(path) else _DAMAGED


def limit_decoder(stream: VideoStream) -> None:
    """Let the decoder refuse pictures that grow in the middle of the video."""
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}


def probe(path: Path) -> VideoFacts:
    """Check kind, size, length and first frame; packets are counted, as headers may lie.

    Raises UnreadableVideoError.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableVideoError(f"it is larger than {MAX_BYTES >> 20} MiB")
    kind = _kind(path)
    if (isobmff if kind == "mov" else matroska).is_protected(path):
        raise UnreadableVideoError("it is protected (encrypted)")
    if kind == "matroska" and matroska.is_cut(path):
        raise UnreadableVideoError(_INCOMPLETE)
    with open_video(path) as container:
        if not container.streams.video and kind == "mov" and isobmff.is_cut(path):
            raise UnreadableVideoError(_INCOMPLETE)
        tracks = choose_tracks(container)
        stream = tracks.picture
        _check_codec(stream)
        limit_decoder(stream)
        stream.codec_context.thread_count = 1
        counted = _count_packets(container, tracks)
        first = counted.first
        if not counted.is_whole:
            raise UnreadableVideoError(_why_unreadable(path, kind))
        if first is None:
            cut = (isobmff if kind == "mov" else matroska).is_cut(path)
            raise UnreadableVideoError(_INCOMPLETE if cut else "it has no frames")
        _check_size(first.width, first.height)
        crop = crop_of(path, container, stream)
        _check_size(crop.width, crop.height)
        notes = list(tracks.notes)
        if first.interlaced_frame:
            notes.append("interlaced frames were deinterlaced")
        return VideoFacts(
            first.width,
            first.height,
            counted.frames,
            stream.average_rate or _USUAL_RATE,
            crop,
            orientation_of(first),
            mastering_of(first),
            tuple(notes),
        )


def _check_codec(stream: VideoStream) -> None:
    if codec_of(stream) not in TAKEN_PICTURES:
        raise UnreadableVideoError(f"its picture codec ({codec_name(stream)}) is not taken")
    _check_size(stream.codec_context.width, stream.codec_context.height)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or min(width, height) < MIN_SIDE:
        raise UnreadableVideoError(f"{width}x{height} is not a size between 64x64 and 1920x1088")


class _Counted:
    """What the packets tell."""

    def __init__(self) -> None:
        self.frames = self.sounds = 0
        self.first: VideoFrame | None = None
        self.is_whole = True
        self.start: float | None = None
        self.times: tuple[float, float] | None = None
        """When the first and the last frame are shown."""

    def time(self, seconds: float, duration: float, *, is_frame: bool) -> None:
        self.start = seconds if self.start is None else min(self.start, seconds)
        if seconds + duration - self.start > MAX_SECONDS * _LENGTH_ROOM:
            raise UnreadableVideoError(f"it is longer than {MAX_SECONDS:.0f} s")
        if is_frame:
            first, last = self.times or (seconds, seconds)
            self.times = min(first, seconds), max(last, seconds)

    def check(self) -> None:
        if self.frames > MAX_FRAMES:
            raise UnreadableVideoError(f"it has more than {MAX_FRAMES} frames")
        if self.sounds > MAX_SOUND_PACKETS:
            raise UnreadableVideoError("its sound is in too many pieces")

    def check_rate(self) -> None:
        first, last = self.times or (0.0, 0.0)
        if self.frames - 1 > max(last - first, _SHORT) * MAX_RATE * ROOM:
            raise UnreadableVideoError(f"it has more than {MAX_RATE} frames a second")


def _count_packets(container: InputContainer, tracks: MediaTracks) -> _Counted:
    counted = _Counted()
    streams = [tracks.picture, *([tracks.sound] if tracks.sound else [])]
    for packet in container.demux(streams):
        is_frame = packet.stream.index == tracks.picture.index
        if packet.is_corrupt:
            counted.is_whole = False
            break
        if packet.size > MAX_PACKET_BYTES:
            raise UnreadableVideoError(f"a part of it is larger than {MAX_PACKET_BYTES >> 20} MiB")
        if is_frame and counted.first is None:
            decoded = packet.decode()
            counted.first = next((f for f in decoded if isinstance(f, VideoFrame)), None)
        if packet.size == 0 or packet.is_discard:
            continue
        counted.frames += is_frame
        counted.sounds += not is_frame
        counted.check()
        if packet.pts is not None and packet.time_base is not None:
            unit = packet.time_base
            duration = float((packet.duration or 0) * unit)
            counted.time(float(packet.pts * unit), duration, is_frame=is_frame)
    counted.check_rate()
    return counted
