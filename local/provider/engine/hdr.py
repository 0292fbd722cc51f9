"""What a video says of its master's display and light (HDR10), and saying it again: in its stream and file."""

import struct
from pathlib import Path
from typing import NamedTuple, cast

from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame

from local.provider.engine.isobmff import put_into_entry

_CHROMATICITY, _LUMINANCE = 50_000, 10_000
"""In how many parts SMPTE ST 2086 gives coordinates and candelas per square metre."""
_RED, _GREEN, _BLUE, _WHITE, _DARKEST, _BRIGHTEST = 0, 4, 8, 12, 16, 18
_MOST = 0xFFFF


class Mastering(NamedTuple):
    """x and y of green, blue, red and white, brightest and darkest (ST 2086); both light levels."""

    display: tuple[int, ...] | None
    light: tuple[int, ...] | None

    def as_parameters(self) -> list[str]:
        """As x264 takes it, which writes it into the stream."""
        told = []
        if self.display is not None:
            told.append(
                "mastering-display=G({},{})B({},{})R({},{})WP({},{})L({},{})".format(*self.display)
            )
        if self.light is not None:
            told.append("cll={},{}".format(*self.light))
        return told

    def put_into(self, video: Path) -> None:
        """Write it into an MP4's picture track, too (ISO/IEC 14496-12 clause 12.1.6, clause 12.1.7)."""
        boxes = b""
        if self.display is not None:
            boxes += struct.pack(">I4s8H2I", 32, b"mdcv", *self.display)
        if self.light is not None:
            boxes += struct.pack(">I4s2H", 12, b"clli", *self.light)
        put_into_entry(video, b"avc1", boxes)


def mastering_of(frame: VideoFrame) -> Mastering | None:
    """Read mastering display and light levels of a frame; None without either."""
    side_data = cast("SideDataContainer", frame.side_data)
    display = side_data.get(Type.MASTERING_DISPLAY_METADATA)
    light = side_data.get(Type.CONTENT_LIGHT_LEVEL)
    mastering = Mastering(
        None if display is None else _display(struct.unpack("<20i2i", bytes(display)[:88])),
        None
        if light is None
        else tuple(min(level, _MOST) for level in struct.unpack("<2I", bytes(light)[:8])),
    )
    return mastering if any(mastering) else None


def _display(values: tuple[int, ...]) -> tuple[int, ...] | None:
    """FFmpeg's AVMasteringDisplayMetadata: fractions of red, green, blue, white, darkest, brightest."""
    *_, has_primaries, has_luminance = values
    if not (has_primaries and has_luminance and all(values[1:20:2])):
        return None
    places = [
        min(_MOST, max(0, round(_CHROMATICITY * values[i] / values[i + 1])))
        for at in (_GREEN, _BLUE, _RED, _WHITE)
        for i in (at, at + 2)
    ]
    lights = [
        max(0, round(_LUMINANCE * values[at] / values[at + 1])) for at in (_BRIGHTEST, _DARKEST)
    ]
    return (*places, *lights)
