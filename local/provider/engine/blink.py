"""Closed eyes: the mesh never closes quite, so in a blink the target's own lids are shown."""

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, floats
from local.provider.engine.patch import Layout
from local.provider.engine.topology import EYES

# Upper lid, lower lid, and both corners of the right and the left eye.
_OPENINGS = ((159, 145, 33, 133), (386, 374, 362, 263))
_CLOSING, _CLOSED = 0.8, 0.6
"""Shares of how far open the eyes usually are."""
_AROUND = 1.3
_SOFTNESS = 0.035


def closures(form: Doubles, usual: Doubles) -> list[float]:
    """Say for each eye how far it is closed, from 0 to 1, given the form that it usually has."""
    return [
        float(
            np.clip((_CLOSING - _open(form, eye) / _open(usual, eye)) / (_CLOSING - _CLOSED), 0, 1)
        )
        for eye in _OPENINGS
    ]


def without_closed_eyes(
    mask: Floats, points: Doubles, closed: list[float], layout: Layout
) -> Floats:
    """Take closed eyes with their lids out of a mask of cells, softly."""
    shown = mask
    for group, share in zip(EYES, closed, strict=True):
        if share > 0:
            lids = points[group, :2] - layout.patch.origin
            middle = lids.mean(0)
            hull = cv2.convexHull(
                floats(layout.in_cells(middle + (lids - middle) * _AROUND)).reshape(-1, 1, 2)
            )
            eye = np.zeros(layout.shape, np.float32)
            cv2.fillConvexPoly(eye, np.round(hull).astype(np.int32), (share,))
            sigma = max(0.8, layout.patch.face_width * _SOFTNESS / layout.step)
            shown = floats(shown * (1 - floats(cv2.GaussianBlur(eye, (0, 0), sigma))))
    return shown


def _open(form: Doubles, eye: tuple[int, int, int, int]) -> float:
    upper, lower, one, other = form[list(eye)]
    return float(np.linalg.norm(upper - lower) / (np.linalg.norm(one - other) + 1e-6))
