"""Whole frames out of interlaced ones, in which two moments lie in every second row (FFmpeg's bwdif)."""

from collections.abc import Iterator

import av
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_FILTER, _SETTINGS = "bwdif", "mode=send_frame:deint=interlaced"


class Deinterlacer:
    """Gives a track's frames, as many as it takes; from the first interlaced one on, one late."""

    def __init__(self, stream: VideoStream) -> None:
        self._stream = stream
        self._graph: Graph | None = None

    def take(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        """Take the next frame and give those that are ready."""
        if self._graph is None:
            if not frame.interlaced_frame:
                yield frame
                return
            self._graph = self._start(frame)
        self._graph.vpush(frame)
        yield from self._ready(self._graph)

    def rest(self) -> Iterator[VideoFrame]:
        """Give the frames that are left at the end."""
        if self._graph is not None:
            self._graph.vpush(None)
            yield from self._ready(self._graph)

    def _start(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        source = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=self._stream.time_base,
        )
        graph.link_nodes(source, graph.add(_FILTER, _SETTINGS), graph.add("buffersink")).configure()
        return graph

    @staticmethod
    def _ready(graph: Graph) -> Iterator[VideoFrame]:
        while True:
            try:
                yield graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
