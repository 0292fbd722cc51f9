"""The swap engine's public face: a classical, mesh-based face swap on the processor alone.

It is for demonstrations, tests and previews; everything else in this package is private to it.
"""

import os

# Read by OpenCV when it is loaded, so it stands before everything that loads it.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "40000000")

from local.provider.engine.errors import (
    NoFaceError,
    PersonNotFoundError,
    SwapError,
    UnreadableImageError,
    UnreadableVideoError,
)
from local.provider.engine.report import Progress, Report
from local.provider.engine.swapping import swap

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
