"""Pictures as the engine looks at them: whole, or only the part that is needed, in blue-green-red.

A frame of a video stays as its encoder keeps it (luma, and colours of half the size); only parts
are turned into pixels and back, so that what nobody painted stays as it was, and costs nothing.
"""

from typing import NamedTuple, Protocol

import cv2
import numpy as np

from local.provider.engine.arrays import Image, floats, pixels

# Studio range: how luma and the two colour planes come from blue, green and red.
_TO_LUMA = np.array([[0.0979, 0.5041, 0.2568, 16]], np.float32)
_TO_COLOURS = np.array(
    [[0.4392, -0.2910, -0.1482, 128], [-0.0714, -0.3678, 0.4392, 128]], np.float32
)
_SMALLEST = 2


class Cut(NamedTuple):
    """A part of a picture in blue-green-red, and where its corner lies in the picture."""

    image: Image
    left: int
    top: int


class View(Protocol):
    """A picture that can be looked at."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""

    def whole(self) -> Image:
        """All of it in blue-green-red."""

    def cut(self, left: float, top: float, right: float, bottom: float) -> Cut:
        """The part that covers these bounds, as far as it lies in the picture; never empty."""


class Still:
    """A picture that is held in blue-green-red."""

    def __init__(self, image: Image) -> None:
        self._image = image

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self._image.shape[0], self._image.shape[1]

    def whole(self) -> Image:
        """The picture itself."""
        return self._image

    def cut(self, left: float, top: float, right: float, bottom: float) -> Cut:
        """A view of a part."""
        rows, columns = _even(top, bottom, self.shape[0]), _even(left, right, self.shape[1])
        return Cut(self._image[rows, columns], columns.start, rows.start)


class Frame:
    """A picture of a video; its sides are even."""

    def __init__(self, planes: Image) -> None:
        """Take luma and, below it, both colour planes one after the other (I420)."""
        self.planes = planes
        self._height, self._width = planes.shape[0] * 2 // 3, planes.shape[1]
        self._luma = planes[: self._height]
        colours = planes[self._height :].reshape(2, self._height // 2, self._width // 2)
        self._colours = colours

    @classmethod
    def of(cls, image: Image) -> "Frame":
        """Make a frame of pixels; a last odd row or column is left out."""
        height, width = (length - length % 2 for length in image.shape[:2])
        frame = cls(np.empty((height * 3 // 2, width), np.uint8))
        frame.put(Cut(image[:height, :width], 0, 0))
        return frame

    def fill(self, luma: Image, *colours: Image) -> None:
        """Take all three planes from somewhere else."""
        self._luma[...] = luma
        for own, given in zip(self._colours, colours, strict=True):
            own[...] = given

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self._height, self._width

    @property
    def luma(self) -> Image:
        """How bright each pixel is (a view)."""
        return self._luma

    def whole(self) -> Image:
        """All of it in blue-green-red."""
        return pixels(cv2.cvtColor(self.planes, cv2.COLOR_YUV2BGR_I420))

    def cut(self, left: float, top: float, right: float, bottom: float) -> Cut:
        """A copy of a part, with even bounds."""
        rows, columns = _even(top, bottom, self._height), _even(left, right, self._width)
        part = Frame(
            np.empty(((rows.stop - rows.start) * 3 // 2, columns.stop - columns.start), np.uint8)
        )
        part.fill(self._luma[rows, columns], *self._colours[:, _half(rows), _half(columns)])
        return Cut(part.whole(), columns.start, rows.start)

    def put(self, cut: Cut) -> None:
        """Write a part back to where it was cut."""
        height, width = cut.image.shape[:2]
        rows, columns = slice(cut.top, cut.top + height), slice(cut.left, cut.left + width)
        self._luma[rows, columns] = cv2.transform(cut.image, _TO_LUMA)
        halves = cv2.resize(cut.image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        colours = cv2.transform(halves, _TO_COLOURS)
        self._colours[0, _half(rows), _half(columns)] = colours[..., 0]
        self._colours[1, _half(rows), _half(columns)] = colours[..., 1]


def thumbnail(frame: Frame) -> Image:
    """A small picture of the luma, to compare frames with."""
    sparse = np.ascontiguousarray(frame.luma[::8, ::8])
    return pixels(cv2.resize(sparse, (48, 27), interpolation=cv2.INTER_AREA))


def difference(one: Image, other: Image) -> float:
    """The mean difference of two pictures of one size, in grey levels."""
    return float(np.abs(floats(one) - floats(other)).mean())


def _even(start: float, stop: float, length: int) -> slice:
    """Even bounds around two places, within a length; at least two pixels."""
    limit = max(length - length % 2, _SMALLEST)
    first = int(np.clip(np.floor(start / 2) * 2, 0, limit - _SMALLEST))
    last = int(np.clip(np.ceil(stop / 2) * 2, first + _SMALLEST, limit))
    return slice(first, last)


def _half(part: slice) -> slice:
    return slice(part.start // 2, part.stop // 2)
