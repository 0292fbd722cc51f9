"""Which way up a face is: a detector also finds faces that stand on their heads, but takes chins for brows."""

import math

from local.provider.engine.arrays import Points
from local.provider.engine.detector import Detection
from local.provider.engine.frames import View
from local.provider.engine.landmarks import (
    Region,
    region_of_detection,
    region_of_points,
    turned_upright,
)
from local.provider.engine.networks import Networks

_SURELY_UPRIGHT = 0.86
"""Turned the right way up, faces are detected with 0.91 and more; on their heads, with 0.83 at most."""
_ROOM = 1.2


def fit_face(
    view: View, face: Detection, networks: Networks, rounds: int = 1
) -> tuple[Points, float]:
    """Find a detected face's points and how sure it is that there is a face; either way up.

    From what was found, it is looked for again `rounds` times.
    """
    region = region_of_detection(face)
    points, score = _look(view, region, networks, rounds)
    upright = _uprightness(view, points, networks)
    if upright >= _SURELY_UPRIGHT:
        return points, score
    over = region._replace(angle=region.angle + math.pi)
    other, other_score = _look(view, over, networks, rounds)
    if _uprightness(view, other, networks) > upright:
        return other, other_score
    return points, score


def _look(view: View, region: Region, networks: Networks, rounds: int) -> tuple[Points, float]:
    with networks.landmarker() as landmarker:
        points, score = landmarker.find(view, region)
        for _ in range(rounds):
            points, score = landmarker.find(view, region_of_points(points))
    return points, score


def _uprightness(view: View, points: Points, networks: Networks) -> float:
    """How surely a face is detected if these points say which way up it is."""
    region = region_of_points(points)
    picture = turned_upright(view, region._replace(side=region.side * _ROOM))
    return max((face.score for face in networks.detector.detect(picture, 0)), default=0.0)
