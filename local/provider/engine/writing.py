"""Writing the swapped video: frames encoded, sound carried along, the whole under its name when done."""

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from local.provider.engine.errors import UnwritableVideoError
from local.provider.engine.frames import Frame
from local.provider.engine.media_tracks import choose_tracks
from local.provider.engine.probe import VideoFacts
from local.provider.engine.provenance import sign
from local.provider.engine.replacing import beside, replacing
from local.provider.engine.sound import SoundPacket, sound_for
from local.provider.engine.stopwatch import Stopwatch
from local.provider.engine.watermark import TAGS

_PENDING = 6
_COARSEST = Fraction(1, 1000)
"""In seconds: what is moved apart by a unit is moved apart by this at most."""
_JUMP_SECONDS = 1
"""Times that go back farther than this begin anew; what follows is put behind what was."""
_QUALITY = {
    "crf": "20.8",
    "preset": "veryfast",
    "x264-params": "subme=1:ref=1:partitions=i8x8,i4x4",
}
"""As good as the preset at 21 within 0.1 dB, a fifth larger, in half its time."""


class _Clock:
    """When each frame is shown: no two at one time, in a unit that is fine enough for that."""

    def __init__(self, unit: Fraction) -> None:
        self.unit = unit / max(1, math.ceil(unit / _COARSEST))
        self._shift = 0
        self._last: int | None = None
        self.end = 0
        """When the last frame is shown no longer, in units."""

    def next(self, original: VideoFrame) -> tuple[int, int]:
        """The time of the next frame and how long it is shown, in units; 0 where that is not known."""
        factor = (original.time_base or self.unit) / self.unit
        length = round((original.duration or 0) * factor)
        time = self.end if original.pts is None else round(original.pts * factor) + self._shift
        if self._last is not None and time <= self._last:
            behind = self._last - time
            time = self._last + 1
            if behind * self.unit > _JUMP_SECONDS:
                self._shift += self.end - (time - 1 - behind)
                time = self.end
        self._last, self.end = time, time + max(1, length)
        return time, length


class Writer:
    """Writes an MP4 beside the caller's work: one thread encodes while the next frame is painted."""

    def __init__(
        self, output: OutputContainer, like: InputContainer, facts: VideoFacts, watch: Stopwatch
    ) -> None:
        self._output = output
        self._watch = watch
        output.metadata.update(TAGS)
        tracks = choose_tracks(like)
        original = tracks.picture
        self._clock = _Clock(original.time_base or 1 / facts.rate)
        self._video = output.add_stream("libx264", rate=facts.rate)
        self._video.width, self._video.height = facts.width, facts.height
        self._video.pix_fmt = "yuv420p"
        told = facts.mastering.as_parameters() if facts.mastering else []
        parameters = [_QUALITY["x264-params"], *told]
        self._video.options = {**_QUALITY, "x264-params": ":".join(parameters)}
        context = self._video.codec_context
        # The encoder rounds to its own unit of time, not to the stream's.
        context.time_base = self._clock.unit
        context.flags |= Flags.frame_duration
        self._colours = _colours_of(original)
        context.colorspace, context.color_primaries, context.color_trc = self._colours
        context.color_range = ColorRange.MPEG
        if original.sample_aspect_ratio:
            ratio = original.sample_aspect_ratio
            context.sample_aspect_ratio = 1 / ratio if facts.orientation.exchanged else ratio
        self._sound = sound_for(output, tracks.sound) if tracks.sound else None
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()

    def frame(self, frame: Frame, original: VideoFrame) -> None:
        """Encode a frame at the time of the original one."""
        self._do(self._encode, frame, original)

    def sound(self, packet: SoundPacket) -> None:
        """Take a packet of sound along."""
        self._do(self._carry, packet)

    def finish(self) -> None:
        """Encode what is left; raises what went wrong meanwhile."""
        self._do(self._flush)
        while self._pending:
            self._pending.popleft().result()

    def stop(self) -> None:
        """End the thread, also after an error."""
        self._thread.shutdown(cancel_futures=True)

    def _do(self, task: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401
        self._pending.append(self._thread.submit(_blaming_the_output, task, *arguments))
        if len(self._pending) > _PENDING:
            self._pending.popleft().result()

    def _encode(self, frame: Frame, original: VideoFrame) -> None:
        with self._watch.time("encode"):
            picture = VideoFrame.from_ndarray(frame.planes, format="yuv420p")
            picture.time_base = self._clock.unit
            picture.pts, picture.duration = self._clock.next(original)
            picture.colorspace, picture.color_primaries, picture.color_trc = self._colours
            picture.color_range = ColorRange.MPEG
            self._output.mux(self._video.encode(picture))

    def _carry(self, packet: SoundPacket) -> None:
        if self._sound is not None:
            for carried in self._sound.take(packet):
                self._output.mux(carried)

    def _flush(self) -> None:
        with self._watch.time("encode"):
            packets = [packet for packet in self._video.encode(None) if packet.pts is not None]
            if packets:
                # The last one to be decoded is rarely the last to be shown, but it ends the file.
                last = packets[-1]
                last.duration = max(last.duration or 0, self._clock.end - (last.pts or 0))
            self._output.mux(packets)
        if self._sound is not None:
            for carried in self._sound.rest():
                self._output.mux(carried)


def _colours_of(original: VideoStream) -> tuple[int, int, int]:
    """Matrix, primaries and transfer of what is written; RGB becomes BT.709's luma and colours."""
    context = original.codec_context
    is_rgb = context.format is not None and context.format.is_rgb
    matrix = int(Colorspace.ITU709) if is_rgb else int(context.colorspace)
    return matrix, int(context.color_primaries), int(context.color_trc)


def _blaming_the_output(task: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401
    try:
        task(*arguments)
    except av.error.FFmpegError as error:
        if isinstance(error, OSError | MemoryError):
            raise
        raise UnwritableVideoError from error


@contextmanager
def open_writer(
    path: Path, like: InputContainer, facts: VideoFacts, watch: Stopwatch
) -> Iterator[Writer]:
    """Write a video that appears under its name only when it is whole and signed."""
    options = {"movflags": "+faststart+use_metadata_tags"}
    with replacing(path) as signed, beside(path) as unsigned:
        with av.open(f"file:{unsigned}", "w", format="mp4", options=options) as output:
            writer = Writer(output, like, facts, watch)
            try:
                yield writer
                writer.finish()
            finally:
                writer.stop()
        if facts.mastering is not None:
            facts.mastering.put_into(unsigned)
        with watch.time("sign"):
            sign(unsigned, signed)
