"""The 468 points of one face: FaceMesh on an upright square cut around it."""

from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Image, Points, floats, pixels
from local.provider.engine.detector import Detection
from local.provider.engine.frames import View
from local.provider.engine.models import FACE_LANDMARKS

_INPUT = 192
_LARGE_REGION = 400
_MARGIN = 1.5
_RIGHT_EYE_CORNER, _LEFT_EYE_CORNER = 33, 263
_COUNT = 468


class Region(NamedTuple):
    """A turned square: centre and side in pixels, angle in radians."""

    x: float
    y: float
    side: float
    angle: float


def region_of_detection(face: Detection) -> Region:
    """Place the square around a detected face, eyes level."""
    left, top, right, bottom = (float(value) for value in face.box)
    across = face.keypoints[1] - face.keypoints[0]
    return Region(
        (left + right) / 2,
        (top + bottom) / 2,
        max(right - left, bottom - top) * _MARGIN,
        float(np.arctan2(across[1], across[0])),
    )


def region_of_points(points: Points) -> Region:
    """Place the square around a face whose points are known, eyes level."""
    across = points[_LEFT_EYE_CORNER] - points[_RIGHT_EYE_CORNER]
    angle = np.arctan2(across[1], across[0])
    cosine, sine = np.cos(-angle), np.sin(-angle)
    upright = np.array([[cosine, -sine], [sine, cosine]])
    level = upright @ points[:, :2].T
    low, high = level.min(1), level.max(1)
    centre = (low + high) / 2 @ upright
    return Region(
        float(centre[0]), float(centre[1]), float((high - low).max()) * _MARGIN, float(angle)
    )


class Landmarker:
    """The network that finds a face's points."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromTFLite(str(FACE_LANDMARKS))
        self._outputs = self._net.getUnconnectedOutLayersNames()

    def find(self, view: View, region: Region) -> tuple[Points, float]:
        """Find the points in pixels of the picture, and how sure it is that there is a face."""
        affine = _to_input(region)
        self._net.setInput(
            cv2.dnn.blobFromImage(
                _cut(view, region, affine), 1 / 255, (_INPUT, _INPUT), swapRB=True
            )
        )
        outputs = [floats(output) for output in self._net.forward(self._outputs)]
        found = next(output for output in outputs if output.size == _COUNT * 3)
        logit = float(next(output for output in outputs if output.size == 1).ravel()[0])
        return _to_image(found.reshape(_COUNT, 3), affine, region.side), 1 / (1 + np.exp(-logit))


def turned_upright(view: View, region: Region) -> Image:
    """Cut a square out of a picture, turned as the region says, at the size that networks take."""
    return _cut(view, region, _to_input(region))


def _to_input(region: Region) -> Doubles:
    scale = _INPUT / region.side
    cosine, sine = np.cos(-region.angle) * scale, np.sin(-region.angle) * scale
    middle = _INPUT / 2
    return np.array(
        [
            [cosine, -sine, middle - cosine * region.x + sine * region.y],
            [sine, cosine, middle - sine * region.x - cosine * region.y],
        ]
    )


def _cut(view: View, region: Region, affine: Doubles) -> Image:
    reach = region.side / 2 * (abs(np.cos(region.angle)) + abs(np.sin(region.angle))) + 2
    image, left, top = view.cut(
        region.x - reach, region.y - reach, region.x + reach, region.y + reach
    )
    affine = np.c_[affine[:, :2], affine @ [left, top, 1]]

    def warp(matrix: Doubles, size: int) -> Image:
        cut = cv2.warpAffine(
            image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return pixels(cut)

    if region.side > _LARGE_REGION:
        twice = warp(affine * 2, _INPUT * 2)
        return pixels(cv2.resize(twice, (_INPUT, _INPUT), interpolation=cv2.INTER_AREA))
    return warp(affine, _INPUT)


def _to_image(found: Points, affine: Doubles, side: float) -> Points:
    back = cv2.invertAffineTransform(affine)
    points = np.empty((_COUNT, 3), np.float32)
    points[:, :2] = found[:, :2] @ back[:, :2].T + back[:, 2]
    points[:, 2] = found[:, 2] / (_INPUT / side)
    return points
