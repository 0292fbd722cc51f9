"""The replaced face, found and cut out of a frame before and after."""

import numpy as np

from local.provider.engine.arrays import Image
from local.provider.engine.detector import Detection, Detector

_MARGIN = 0.35
_LEVEL = 1


def close_ups(before: Image, after: Image) -> tuple[Image, Image] | None:
    """The face that differs most between two frames of one size, cut out of both; None without a face."""
    places = [_place(face, before) for face in Detector().detect(before, _LEVEL)]
    if not places:
        return None
    place = max(places, key=lambda place: _difference(before[place], after[place]))
    return before[place], after[place]


def _place(face: Detection, image: Image) -> tuple[slice, slice]:
    left, top, right, bottom = (float(value) for value in face.box)
    margin = _MARGIN * max(right - left, bottom - top)
    rows = slice(max(0, int(top - margin)), min(image.shape[0], int(bottom + margin)))
    columns = slice(max(0, int(left - margin)), min(image.shape[1], int(right + margin)))
    return rows, columns


def _difference(one: Image, other: Image) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())
