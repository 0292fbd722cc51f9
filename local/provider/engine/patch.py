"""The rectangle of a frame that a face covers, and the map of which triangle covers which pixel."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from local.provider.engine.arrays import Doubles, Flags, Floats, Integers, floats
from local.provider.engine.frames import Cut, Frame
from local.provider.engine.geometry import triangle_map
from local.provider.engine.topology import OUTLINE, TRIANGLES

_FINE_FACE = 75
_COARSEST = 4
_SMALLEST = 12
_MARGIN = 0.12


class Window(NamedTuple):
    """A part of a patch, in cells."""

    top: int
    bottom: int
    left: int
    right: int


class Patch:
    """The part of a frame around one face.

    What is kept per pixel is kept per cell instead: a cell is `step` x `step` pixels, so that
    large faces cost no more bookkeeping than small ones.
    """

    def __init__(self, points: Doubles, frame_shape: tuple[int, ...]) -> None:
        self.face_width = float(np.ptp(points[OUTLINE, 0]))
        margin = int(self.face_width * _MARGIN) + 4
        left, top = np.floor(points[:, :2].min(0)).astype(int) - margin
        right, bottom = np.ceil(points[:, :2].max(0)).astype(int) + margin
        self.left, self.top = max(0, int(left)) & ~1, max(0, int(top)) & ~1
        self.right = min(frame_shape[1], int(right) + int(right) % 2)
        self.bottom = min(frame_shape[0], int(bottom) + int(bottom) % 2)
        self.width, self.height = self.right - self.left, self.bottom - self.top
        self.step = int(np.clip(self.face_width // _FINE_FACE, 1, _COARSEST))
        self._points = points

    @property
    def visible(self) -> bool:
        """Whether enough of it lies within the frame."""
        return self.width >= _SMALLEST and self.height >= _SMALLEST

    @property
    def origin(self) -> NDArray[np.int64]:
        """Where its corner lies in the frame."""
        return np.array([self.left, self.top])

    def cut(self, frame: Frame) -> Cut:
        """The patch's pixels in a frame."""
        return frame.cut(self.left, self.top, self.right, self.bottom)

    def lay_out(self) -> "Layout":
        """Find out which triangle covers which cell."""
        return Layout(self, self._points)


class Layout:
    """Which triangle of the face covers which cell of a patch."""

    def __init__(self, patch: Patch, points: Doubles) -> None:
        self.patch = patch
        self.step = patch.step
        self.shape = (-(-patch.height // self.step), -(-patch.width // self.step))
        placed = points[:, :2] - patch.origin
        self.corners: Doubles = placed[TRIANGLES]
        self.outline: Doubles = placed[OUTLINE]
        self.triangles: Integers = triangle_map(
            self.in_cells(self.corners), points[TRIANGLES][:, :, 2].mean(1), self.shape
        )
        self.inside: Flags = self.triangles >= 0
        self.nearest: Integers = np.where(self.inside, self.triangles, 0).astype(np.int32)
        middle = (self.step - 1) / 2
        self._x = (np.arange(self.shape[1], dtype=np.float32) * self.step + middle)[None]
        self._y = (np.arange(self.shape[0], dtype=np.float32) * self.step + middle)[:, None]

    def in_cells(self, places: Doubles) -> Doubles:
        """Turn pixel coordinates of the patch into cell coordinates."""
        cells: Doubles = (places + 0.5) / self.step - 0.5
        return cells

    def to_pixels(self, cells: Floats, window: Window | None = None) -> Floats:
        """Enlarge values per cell (of a window) to values per pixel."""
        if self.step > 1:
            size = (cells.shape[1] * self.step, cells.shape[0] * self.step)
            cells = floats(cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR))
        top, left = (window.top * self.step, window.left * self.step) if window else (0, 0)
        return cells[: self.patch.height - top, : self.patch.width - left]

    def places(
        self, affines: Floats, scale: float = 1.0, window: Window | None = None
    ) -> tuple[Floats, Floats]:
        """Apply each cell's own triangle's map to the cell's middle; scaled x and y per cell."""
        part = window or Window(0, self.shape[0], 0, self.shape[1])
        nearest = self.nearest[part.top : part.bottom, part.left : part.right]
        x, y = self._x[:, part.left : part.right], self._y[part.top : part.bottom]
        factors = affines.transpose(1, 2, 0).reshape(6, -1) * np.float32(scale)
        xx, xy, x0, yx, yy, y0 = (np.take(column, nearest) for column in factors)
        return xx * x + xy * y + x0, yx * x + yy * y + y0
