"""What a video says of its master's display and light (HDR10), kept for the encoder to say again."""

import struct
from typing import cast

from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame

_CHROMATICITY, _LUMINANCE = 50_000, 10_000
"""In how many parts SMPTE ST 2086 gives coordinates and candelas per square metre."""
_RED, _GREEN, _BLUE, _WHITE, _DARKEST, _BRIGHTEST = 0, 4, 8, 12, 16, 18


def mastering_of(frame: VideoFrame) -> str | None:
    """Read mastering display and light levels of a frame, as x264 takes them; None without either."""
    side_data = cast("SideDataContainer", frame.side_data)
    told = []
    display = side_data.get(Type.MASTERING_DISPLAY_METADATA)
    if display is not None:
        told += _display(struct.unpack("<20i2i", bytes(display)[:88]))
    light = side_data.get(Type.CONTENT_LIGHT_LEVEL)
    if light is not None:
        brightest, average = struct.unpack("<2I", bytes(light)[:8])
        told.append(f"cll={min(brightest, 65535)},{min(average, 65535)}")
    return ":".join(told) or None


def _display(values: tuple[int, ...]) -> list[str]:
    """FFmpeg's AVMasteringDisplayMetadata: fractions of red, green, blue, white, darkest, brightest."""
    *_, has_primaries, has_luminance = values
    if not (has_primaries and has_luminance and all(values[1:20:2])):
        return []

    def place(at: int) -> str:
        x, y = (round(_CHROMATICITY * values[i] / values[i + 1]) for i in (at, at + 2))
        return f"({x},{y})"

    darkest, brightest = (
        round(_LUMINANCE * values[i] / values[i + 1]) for i in (_DARKEST, _BRIGHTEST)
    )
    primaries = f"G{place(_GREEN)}B{place(_BLUE)}R{place(_RED)}WP{place(_WHITE)}"
    return [f"mastering-display={primaries}L({brightest},{darkest})"]
