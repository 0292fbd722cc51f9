"""The engine as it was first, frozen: what the engine of today is measured against.

It computes what the prototype computed. Nothing but the bench may use it, and it is not to be improved.
"""

import os

# Read by OpenCV when it is loaded, so it stands before everything that loads it.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "40000000")

from local.bench.reference.errors import (
    NoFaceError,
    PersonNotFoundError,
    SwapError,
    UnreadableImageError,
    UnreadableVideoError,
)
from local.bench.reference.report import Progress, Report
from local.bench.reference.swapping import swap

__all__ = [
    "NoFaceError",
    "PersonNotFoundError",
    "Progress",
    "Report",
    "SwapError",
    "UnreadableImageError",
    "UnreadableVideoError",
    "swap",
]
