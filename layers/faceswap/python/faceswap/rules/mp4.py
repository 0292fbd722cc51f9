"""Whether bytes are an MP4 (or MOV) with a video track, decided while they stream by.

The file is a chain of boxes, each with its length; the chain has to walk to the end exactly, hold a
`moov` with a video track, and media data. Only `moov` is kept in memory, up to a bound.
"""

from collections.abc import Iterator

_MAX_MOOV = 32 * 1024 * 1024
_TOP_LEVEL = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"uuid",
    b"moof",
    b"mfra",
    b"sidx",
    b"styp",
    b"meta",
    b"pdin",
    b"prft",
    b"emsg",
    b"ssix",
    b"udta",
    b"junk",
}
_HEADER, _LONG_HEADER = 8, 16


class NotAVideoError(ValueError):
    """The bytes are not a whole MP4 with a video track; the text says what is wrong."""


class VideoCheck:
    """Feed it the bytes in order, then call `finish`.

    Either may raise NotAVideoError.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._skip = 0
        self._to_end = False
        self._kept: bytearray | None = None
        self._seen: set[bytes] = set()
        self._has_video = False

    def feed(self, data: bytes) -> None:
        """Look at the next bytes of the file."""
        view = memoryview(data)
        while view:
            if self._to_end:
                return
            if self._skip:
                taken = view[: self._skip]
                if self._kept is not None:
                    self._kept += taken
                self._skip -= len(taken)
                view = view[len(taken) :]
                if not self._skip:
                    self._close()
            else:
                view = self._take_head(view)

    def finish(self) -> None:
        """The file ended here."""
        if self._head or self._skip:
            raise NotAVideoError("it is cut off")
        if b"moov" not in self._seen:
            raise NotAVideoError("it has no index (moov)")
        if not self._has_video:
            raise NotAVideoError("it has no video track")
        if b"mdat" not in self._seen:
            raise NotAVideoError("it has no media data (mdat)")

    def _take_head(self, view: memoryview) -> memoryview:
        wanted = _HEADER if len(self._head) < _HEADER else _LONG_HEADER
        taken = view[: wanted - len(self._head)]
        self._head += taken
        if len(self._head) == wanted:
            self._open(wanted)
        return view[len(taken) :]

    def _open(self, header: int) -> None:
        size, kind = int.from_bytes(self._head[:4], "big"), bytes(self._head[4:8])
        if not self._seen and kind != b"ftyp":
            raise NotAVideoError("it does not begin as an MP4 (ftyp)")
        if kind not in _TOP_LEVEL:
            raise NotAVideoError("its boxes do not walk to the end")
        if size == 1 and header == _HEADER:
            return  # the length follows in the next 8 bytes
        if size == 1:
            size = int.from_bytes(self._head[8:16], "big")
        self._head.clear()
        self._seen.add(kind)
        if size == 0 and kind == b"mdat":
            self._to_end = True
            return
        if size < header:
            raise NotAVideoError("its boxes do not walk to the end")
        self._skip = size - header
        if kind == b"moov":
            if self._skip > _MAX_MOOV:
                raise NotAVideoError("its index (moov) is too large")
            self._kept = bytearray()
        if not self._skip:
            self._close()

    def _close(self) -> None:
        if self._kept is not None:
            self._has_video = any(_is_video(trak) for trak in _children(self._kept, b"trak"))
            self._kept = None


def _is_video(trak: bytes) -> bool:
    """Whether a track is declared as video and describes at least one sample format."""
    for media in _children(trak, b"mdia"):
        handlers = list(_children(media, b"hdlr"))
        if any(handler[8:12] == b"vide" for handler in handlers):
            return any(
                int.from_bytes(formats[4:8], "big") > 0
                for information in _children(media, b"minf")
                for table in _children(information, b"stbl")
                for formats in _children(table, b"stsd")
            )
    return False


def _children(payload: bytes | bytearray, kind: bytes) -> Iterator[bytes]:
    """The payloads of the boxes of one kind directly inside a box's payload."""
    at = 0
    while at < len(payload):
        size, header = int.from_bytes(payload[at : at + 4], "big"), _HEADER
        if size == 1:
            size, header = int.from_bytes(payload[at + 8 : at + 16], "big"), _LONG_HEADER
        if size < header or at + size > len(payload):
            if not any(payload[at:]):
                return  # writers may pad with zeros
            raise NotAVideoError("its index (moov) is broken")
        if bytes(payload[at + 4 : at + 8]) == kind:
            yield bytes(payload[at + header : at + size])
        at += size
