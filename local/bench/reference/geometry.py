"""Similarities between point sets, affine maps of triangles, and the map of what triangle is where."""

from typing import NamedTuple

import cv2
import numpy as np

from local.bench.reference.arrays import Doubles, Floats, Integers, Points
from local.bench.reference.topology import CANONICAL, RIGID

_DEGENERATE_AREA = 1e-3
_SUBPIXEL_BITS = 4


class Similarity(NamedTuple):
    """Rotation, scale and shift: `scale * rotation @ point + shift`."""

    scale: float
    rotation: Doubles
    shift: Doubles


def fit_similarity(source: Doubles, destination: Doubles) -> Similarity:
    """Find the similarity that brings source closest to destination (least squares)."""
    source_mean, destination_mean = source.mean(0), destination.mean(0)
    centred = source - source_mean
    u, strengths, vt = np.linalg.svd((destination - destination_mean).T @ centred)
    handedness = np.sign(np.linalg.det(u @ vt))
    signs = np.diag([1] * (source.shape[1] - 1) + [handedness])
    rotation = u @ signs @ vt
    scale = (strengths * np.diag(signs)).sum() / (centred**2).sum()
    return Similarity(float(scale), rotation, destination_mean - scale * rotation @ source_mean)


def head_pose(points: Points) -> Similarity:
    """Find how the average face has to be turned to lie on these 468 points."""
    return fit_similarity(CANONICAL[RIGID], points[RIGID].astype(np.float64))


def frontality(points: Points) -> float:
    """Say how squarely a face looks at the camera: 1 straight, 0 in profile."""
    return float(head_pose(points).rotation[2, 2])


def face_width(points: Points) -> float:
    """Measure a face's width in pixels."""
    return float(np.ptp(points[:, 0]))


def face_distance(one: Points, other: Points) -> float:
    """Measure how far two faces' centres are apart, in pixels."""
    return float(np.linalg.norm(one[:, :2].mean(0) - other[:, :2].mean(0)))


def triangle_affines(source: Points, destination: Points) -> Floats:
    """Find for each triangle the 2x3 map that takes a destination pixel to its source pixel.

    Both are N x 3 x 2. A triangle without area gets a map of zeros.
    """
    x, y = destination[..., 0], destination[..., 1]
    first_x, first_y = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0]
    second_x, second_y = x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    area = first_x * second_y - first_y * second_x
    flat = np.abs(area) < _DEGENERATE_AREA
    area = np.where(flat, 1, area)[:, None]
    first, second = source[:, 1] - source[:, 0], source[:, 2] - source[:, 0]
    by_x = (first * second_y[:, None] - second * first_y[:, None]) / area
    by_y = (second * first_x[:, None] - first * second_x[:, None]) / area
    shift = source[:, 0] - by_x * x[:, :1] - by_y * y[:, :1]
    affines = np.stack([by_x, by_y, shift], -1)
    affines[flat] = 0
    return affines.astype(np.float32)


def triangle_map(corners: Points, depths: Points, shape: tuple[int, int]) -> Integers:
    """Say for each pixel which triangle is in front there; -1 where there is none."""
    triangles = np.full(shape, -1, np.int32)
    fixed = np.round(corners * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    for index in np.argsort(-depths):
        cv2.fillConvexPoly(
            triangles, fixed[index], (int(index),), lineType=cv2.LINE_8, shift=_SUBPIXEL_BITS
        )
    return triangles
