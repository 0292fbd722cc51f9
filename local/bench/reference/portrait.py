"""The face of a picture: where it is, who it is, and what the renderer needs of it."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from local.bench.reference.arrays import Doubles, Floats, Image, Points, pixels
from local.bench.reference.detector import Detection
from local.bench.reference.errors import NoFaceError
from local.bench.reference.face_map import covered_forehead, face_texture
from local.bench.reference.geometry import head_pose
from local.bench.reference.landmarks import region_of_detection, region_of_points
from local.bench.reference.networks import Networks
from local.bench.reference.pictures import read_picture
from local.bench.reference.smoothing import form_of
from local.bench.reference.topology import TRIANGLES

_LONGEST_SIDE = 1600
_SMALLEST_LEVEL = 64
_MIN_SCORE = 0.5


class Portrait(NamedTuple):
    """The most prominent face of a picture."""

    image: Image
    points: Points
    identity: Floats


def read_portrait(path: Path, name: str, networks: Networks) -> Portrait:
    """Read a picture and find its most prominent face.

    Raises UnreadableImageError or NoFaceError; `name` is what their messages call the picture.
    """
    image = _reduced(read_picture(path, name))
    faces = networks.detector.detect(image, 2)
    if not faces:
        raise NoFaceError(name)
    points, score = networks.landmarker.find(
        image, region_of_detection(max(faces, key=_prominence))
    )
    for _ in range(2):
        points, score = networks.landmarker.find(image, region_of_points(points))
    if score < _MIN_SCORE:
        raise NoFaceError(name)
    return Portrait(image, points, networks.embedder.embed_mirrored(image, points))


def _prominence(face: Detection) -> float:
    return float(face.box[2] - face.box[0]) * face.score


def _reduced(image: Image) -> Image:
    longest = max(image.shape[:2])
    if longest <= _LONGEST_SIDE:
        return image
    factor = _LONGEST_SIDE / longest
    return pixels(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


class SourceFace:
    """The face that is put into the video."""

    def __init__(self, portrait: Portrait) -> None:
        self.points: Doubles = portrait.points.astype(np.float64)
        self.form: Doubles = form_of(self.points, head_pose(self.points))
        self.covered_forehead = covered_forehead(face_texture(portrait.image, self.points))
        self.visibility: Doubles = _visibility(self.points)
        self.levels: list[Image] = [portrait.image]
        while min(self.levels[-1].shape[:2]) > _SMALLEST_LEVEL:
            self.levels.append(pixels(cv2.pyrDown(self.levels[-1])))


def _visibility(points: Doubles) -> Doubles:
    """Say for each triangle how squarely the picture shows it: 1 flat on, 0 edge-on."""
    corners = points[TRIANGLES]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1) + 1e-9
    return np.asarray(np.abs(normals[:, 2]) / lengths, np.float64)
