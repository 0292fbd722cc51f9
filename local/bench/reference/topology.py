"""The face mesh: which of the 468 points form triangles, outlines, eyes, lips and brows."""

import numpy as np
from numpy.typing import NDArray

from local.bench.reference.arrays import Doubles, Flags
from local.bench.reference.models import FACE_TOPOLOGY

with np.load(FACE_TOPOLOGY) as _data:
    TRIANGLES: NDArray[np.int64] = _data["tri"]
    """Corners of each triangle: the skin first, then the insides of the eyes and the mouth."""
    CANONICAL: Doubles = _data["canon"]
    """The average face: x to the right, y down, z away from the viewer, about 1 wide."""
    OUTLINE: NDArray[np.int64] = _data["oval"]
    RIGID: NDArray[np.int64] = _data["rig"]
    """Points that no expression moves."""
    SURFACE: int = int(_data["n_tess"])
    """How many triangles are skin; the rest close the eyes and the mouth."""
    _RIGHT_EYE = [int(point) for point in _data["eye_r"]]
    _LEFT_EYE = [int(point) for point in _data["eye_l"]]
    _MOUTH = [int(point) for point in _data["mouth"]]

# fmt: off
_LIPS_AROUND = [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 408, 304, 303, 302, 11, 72, 73, 74, 184,
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 407, 272, 271, 268, 12, 38, 41, 42, 183,
]
_RIGHT_LID = [247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25, 130]
_LEFT_LID = [467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255, 359]
_BROWS = [70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283,
          276]
# fmt: on

LIPS: list[int] = sorted({*_LIPS_AROUND, *_MOUTH})
EYES: list[list[int]] = [_RIGHT_EYE + _RIGHT_LID, _LEFT_EYE + _LEFT_LID]
QUICK: list[int] = _RIGHT_EYE + _LEFT_EYE + _MOUTH
"""Points that blinks and speech move fast."""


def _plain_skin() -> Flags:
    features = {*LIPS, *_BROWS, *EYES[0], *EYES[1]}
    plain = np.array([not features.intersection(triangle) for triangle in TRIANGLES.tolist()])
    plain[SURFACE:] = False
    return plain


PLAIN_SKIN: Flags = _plain_skin()
"""Triangles that hold neither lips nor brows nor eyes."""
