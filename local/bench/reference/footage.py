"""Reading a checked video's frames and sound, and writing the swapped video."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from local.bench.reference.arrays import Image, pixels
from local.bench.reference.errors import UnreadableVideoError
from local.bench.reference.probe import VideoFacts, open_video
from local.bench.reference.watermark import TAGS

SoundPacket: TypeAlias = "Packet[Stream]"
Part: TypeAlias = "VideoFrame | Packet[Stream]"
_PENDING = 6
_QUALITY = {"crf": "21", "preset": "veryfast"}


def read_images(path: Path, facts: VideoFacts) -> Iterator[Image]:
    """Decode the frames of a checked video in order.

    Raises UnreadableVideoError if one cannot be decoded or has another size than the first.
    """
    with open_video(path) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield image_of(frame, facts)


def image_of(frame: VideoFrame, facts: VideoFacts) -> Image:
    """Turn a decoded frame into pixels of its own; raises UnreadableVideoError on another size."""
    if (frame.width, frame.height) != (facts.width, facts.height):
        raise UnreadableVideoError("its frames change their size")
    return pixels(frame.to_ndarray(format="bgr24"))


def read_parts(container: InputContainer) -> Iterator[Part]:
    """Give decoded frames and undecoded sound as they come in the file."""
    video = container.streams.video[0]
    video.thread_type = "AUTO"
    for packet in container.demux([video, *container.streams.audio[:1]]):
        if isinstance(packet.stream, AudioStream):
            if packet.dts is not None:
                yield packet
        else:
            yield from (frame for frame in packet.decode() if isinstance(frame, VideoFrame))


class Writer:
    """Writes an MP4 beside the caller's work: one thread encodes while the next frame is painted."""

    def __init__(self, output: OutputContainer, like: InputContainer, facts: VideoFacts) -> None:
        self._output = output
        output.metadata.update(TAGS)
        self._video = output.add_stream("libx264", rate=facts.rate)
        self._video.width, self._video.height = even(facts.width), even(facts.height)
        self._video.pix_fmt = "yuv420p"
        self._video.options = dict(_QUALITY)
        # The encoder rounds to its own unit of time, not to the stream's.
        self._video.codec_context.time_base = like.streams.video[0].time_base or 1 / facts.rate
        sound = like.streams.audio[0] if like.streams.audio else None
        self._sound = output.add_stream_from_template(sound) if sound else None
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()

    def frame(self, image: Image, original: VideoFrame) -> None:
        """Encode an image at the time of the original frame."""
        self._do(self._encode, image, original)

    def sound(self, packet: SoundPacket) -> None:
        """Copy a packet of sound as it is."""
        self._do(self._copy, packet)

    def finish(self) -> None:
        """Encode what is left; raises what went wrong meanwhile."""
        self._do(self._flush)
        while self._pending:
            self._pending.popleft().result()

    def stop(self) -> None:
        """End the thread, also after an error."""
        self._thread.shutdown(cancel_futures=True)

    def _do(self, task: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401
        self._pending.append(self._thread.submit(task, *arguments))
        if len(self._pending) > _PENDING:
            self._pending.popleft().result()

    def _encode(self, image: Image, original: VideoFrame) -> None:
        visible = image[: even(image.shape[0]), : even(image.shape[1])]
        frame = VideoFrame.from_ndarray(visible, format="bgr24")
        frame.pts, frame.time_base = original.pts, original.time_base
        self._output.mux(self._video.encode(frame))

    def _copy(self, packet: SoundPacket) -> None:
        if self._sound is not None:
            packet.stream = self._sound
            self._output.mux(packet)

    def _flush(self) -> None:
        self._output.mux(self._video.encode(None))


def even(length: int) -> int:
    """Round down to what the encoder's halved colours allow."""
    return length - length % 2


@contextmanager
def open_writer(path: Path, like: InputContainer, facts: VideoFacts) -> Iterator[Writer]:
    """Write a video that appears under its name only when it is whole."""
    unfinished = path.with_name(path.name + ".part")
    options = {"movflags": "+faststart+use_metadata_tags"}
    try:
        with av.open(str(unfinished), "w", format="mp4", options=options) as output:
            writer = Writer(output, like, facts)
            try:
                yield writer
                writer.finish()
            finally:
                writer.stop()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
