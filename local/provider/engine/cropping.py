"""The part of a video's pictures that is shown: editors and cameras write it beside the pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from av.container import InputContainer
from av.video.stream import VideoStream

from local.provider.engine import isobmff, matroska

if TYPE_CHECKING:
    from local.provider.engine.arrays import Image


class Crop(NamedTuple):
    """A part of a picture as it is stored, in pixels; all even, as colours have half the size."""

    left: int
    top: int
    width: int
    height: int

    def apply(self, plane: "Image", share: int) -> "Image":
        """Cut it out of a plane whose sides are a share of the picture's (a view)."""
        rows = slice(self.top // share, (self.top + self.height) // share)
        columns = slice(self.left // share, (self.left + self.width) // share)
        return plane[rows, columns]


def whole(width: int, height: int) -> Crop:
    """All of a picture, but for a last odd row or column."""
    return Crop(0, 0, _even(width), _even(height))


def crop_of(path: Path, container: InputContainer, stream: VideoStream) -> Crop:
    """Read what a file says is shown of a track's pictures."""
    width, height = stream.codec_context.width, stream.codec_context.height
    if "matroska" in container.format.name:
        away = matroska.cropped(path, stream.index)
        bounds: tuple[float, ...] = (
            away.left, away.top, width - away.right, height - away.bottom
        )  # fmt: skip
    else:
        shown = isobmff.clean_aperture(path, stream.id)
        if shown is None:
            return whole(width, height)
        left = (width - shown.width) / 2 + shown.right
        top = (height - shown.height) / 2 + shown.down
        bounds = (left, top, left + shown.width, top + shown.height)
    left, top = max(0, _even(round(bounds[0]))), max(0, _even(round(bounds[1])))
    right, bottom = min(width, round(bounds[2])), min(height, round(bounds[3]))
    return Crop(left, top, max(0, _even(right - left)), max(0, _even(bottom - top)))


def _even(length: int) -> int:
    return length - length % 2
