"""Names for the kinds of arrays that the engine passes around, and the typed seam to OpenCV's results."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Image: TypeAlias = NDArray[np.uint8]
"""Height x width x 3, blue-green-red unless said otherwise; a mask has no third axis."""
Floats: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]
Points: TypeAlias = NDArray[np.floating[Any]]
"""Rows of x, y (and z) in pixels; a face has 468 rows."""


def pixels(values: ArrayLike) -> Image:
    """Give values the type of pixels; nothing is copied if they have it already."""
    return np.asarray(values, dtype=np.uint8)


def floats(values: ArrayLike) -> Floats:
    """Give values single precision; nothing is copied if they have it already."""
    return np.asarray(values, dtype=np.float32)


def doubles(values: ArrayLike) -> Doubles:
    """Give values double precision; nothing is copied if they have it already."""
    return np.asarray(values, dtype=np.float64)
