"""Similarities between point sets, affine maps of triangles, and the map of what triangle is where."""

from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, Integers, Points
from local.provider.engine.topology import CANONICAL, RIGID

_DEGENERATE_AREA = 1e-3
_SUBPIXEL_BITS = 4


_RIGID_MEAN: Doubles = CANONICAL[RIGID].mean(0)
_RIGID_CENTRED: Doubles = CANONICAL[RIGID] - _RIGID_MEAN
_RIGID_SPREAD = float((_RIGID_CENTRED**2).sum())


class Similarity(NamedTuple):
    """Rotation, scale and shift: `scale * rotation @ point + shift`."""

    scale: float
    rotation: Doubles
    shift: Doubles


def fit_similarity(source: Doubles, destination: Doubles) -> Similarity:
    """Find the similarity that brings source closest to destination (least squares)."""
    mean = source.mean(0)
    centred = source - mean
    return _fit(mean, centred, float((centred**2).sum()), destination)


def _fit(mean: Doubles, centred: Doubles, spread: float, destination: Doubles) -> Similarity:
    destination_mean = destination.sum(0) / len(destination)
    u, strengths, vt = np.linalg.svd((destination - destination_mean).T @ centred)
    if np.linalg.det(u @ vt) < 0:
        u[:, -1] *= -1
        strengths[-1] *= -1
    rotation = u @ vt
    scale = float(strengths.sum()) / spread
    return Similarity(scale, rotation, destination_mean - scale * rotation @ mean)


def head_pose(points: Points) -> Similarity:
    """Find how the average face has to be turned to lie on these 468 points."""
    return _fit(_RIGID_MEAN, _RIGID_CENTRED, _RIGID_SPREAD, points[RIGID].astype(np.float64))


def frontality(points: Points) -> float:
    """Say how squarely a face looks at the camera: 1 straight, 0 in profile."""
    return float(head_pose(points).rotation[2, 2])


def strain(points: Points) -> float:
    """Measure how far a face's form is from the average one's, as a share of its size."""
    pose = head_pose(points)
    off = (points - pose.shift) @ pose.rotation / pose.scale - CANONICAL
    return float(np.sqrt(np.einsum("ij,ij->i", off, off)).sum() / len(off))


def face_width(points: Points) -> float:
    """Measure a face's width in pixels."""
    return float(np.ptp(points[:, 0]))


def centre(points: Points) -> Points:
    """Find a face's middle in the picture."""
    middle: Points = points[:, :2].sum(0) / len(points)
    return middle


def face_distance(one: Points, other: Points) -> float:
    """Measure how far two faces' centres are apart, in pixels."""
    return float(np.linalg.norm(centre(one) - centre(other)))


def triangle_affines(source: Points, destination: Points) -> Floats:
    """Find for each triangle the 2x3 map that takes a destination pixel to its source pixel.

    Both are N x 3 x 2. A triangle without area gets a map of zeros.
    """
    # By coordinate and corner first, so that all triangles lie side by side.
    x, y = np.ascontiguousarray(destination.transpose(2, 1, 0))
    corner, one, other = np.ascontiguousarray(source.transpose(1, 2, 0))
    first_x, first_y, second_x, second_y = x[1] - x[0], y[1] - y[0], x[2] - x[0], y[2] - y[0]
    area = first_x * second_y - first_y * second_x
    scale = np.where(np.abs(area) < _DEGENERATE_AREA, 0, 1) / np.where(area == 0, 1, area)
    first, second = one - corner, other - corner
    affines = np.empty((2, 3, len(source)), np.float32)
    affines[:, 0] = by_x = (first * second_y - second * first_y) * scale
    affines[:, 1] = by_y = (second * first_x - first * second_x) * scale
    affines[:, 2] = (corner - by_x * x[0] - by_y * y[0]) * (scale != 0)
    return affines.transpose(2, 0, 1)


def triangle_map(corners: Points, depths: Points, shape: tuple[int, int]) -> Integers:
    """Say for each pixel which triangle is in front there; -1 where there is none."""
    triangles = np.full(shape, -1, np.int32)
    fixed = list(np.round(corners * (1 << _SUBPIXEL_BITS)).astype(np.int32))
    for index in np.argsort(-depths).tolist():
        # By position: naming them takes a tenth of the time of all these calls.
        cv2.fillConvexPoly(triangles, fixed[index], (index,), cv2.LINE_8, _SUBPIXEL_BITS)
    return triangles
