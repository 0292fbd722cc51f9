"""The face of a picture: where it is, who it is, and what the renderer needs of it."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, Image, Points, pixels
from local.provider.engine.errors import NoFaceError, SeveralFacesError
from local.provider.engine.face_map import beside_the_face, covered_forehead, face_texture, outside
from local.provider.engine.finding import MIN_SCORE, TOO_SMALL, find_faces, reduced, why_no_face
from local.provider.engine.frames import Still
from local.provider.engine.geometry import centre, face_width, head_pose
from local.provider.engine.landmarks import region_of_points
from local.provider.engine.networks import Networks
from local.provider.engine.pictures import read_picture
from local.provider.engine.smoothing import form_of
from local.provider.engine.topology import TRIANGLES

CLEARLY_LARGEST = 1.25
"""How much wider than any other the face of a source picture has to be."""
ALONE = 3.0
"""The same for a reference picture, which has to show one person."""
SMALLEST_FACE = 24.0
"""In pixels; a smaller face tells neither who it is nor what it looks like."""
_LONGEST_SIDE = 1600
_SMALLEST_LEVEL = 64
_AROUND = 1.5


class Pictured(NamedTuple):
    """The one face of a picture that is meant."""

    image: Image
    points: Points


class Portrait(NamedTuple):
    """The same, and who it is."""

    image: Image
    points: Points
    identity: Floats


def read_portrait(path: Path, name: str, networks: Networks, *, lead: float) -> Portrait:
    """Read a picture, find its largest face as `read_face` does, and see who it is."""
    image, points = read_face(path, name, networks, lead=lead)
    return Portrait(image, points, networks.embedder.embed_mirrored(Still(image), points))


def read_face(path: Path, name: str, networks: Networks, *, lead: float) -> Pictured:
    """Read a picture and find its largest face, either way up.

    Raises UnreadableImageError, NoFaceError, or SeveralFacesError unless the face is `lead` times
    as wide as every other; `name` is what their messages call the picture.
    """
    image = read_picture(path, name)
    faces = sorted(find_faces(image, networks), key=lambda points: -face_width(points))
    if not faces:
        raise NoFaceError(name, why_no_face(image, networks))
    rivals = [face for face in faces if face_width(face) * lead > face_width(faces[0])]
    if len(rivals) > 1:
        raise SeveralFacesError(name, len(rivals))
    if face_width(faces[0]) < SMALLEST_FACE:
        raise NoFaceError(name, TOO_SMALL)
    return _close_up(image, faces[0], networks)


def _close_up(image: Image, points: Points, networks: Networks) -> Pictured:
    """Cut a small face out of a large picture, at full size; its points are found once more."""
    if max(image.shape[:2]) <= _LONGEST_SIDE:
        return Pictured(image, points)
    reach = _AROUND * max(np.ptp(points[:, 0]), np.ptp(points[:, 1]))
    middle = centre(points)
    cut, left, top = Still(image).cut(*(middle - reach), *(middle + reach))
    factor = min(1.0, _LONGEST_SIDE / max(cut.shape[:2]))
    around = reduced(cut, _LONGEST_SIDE)
    moved = (points - [left, top, 0]) * factor
    with networks.landmarker() as landmarker:
        found, score = landmarker.find(Still(around), region_of_points(moved))
    return Pictured(around, found if score >= MIN_SCORE else moved.astype(np.float32))


class SourceFace:
    """The face that is put into the video."""

    def __init__(self, portrait: Pictured | Portrait) -> None:
        self.points: Doubles = portrait.points.astype(np.float64)
        self.form: Doubles = form_of(self.points, head_pose(self.points))
        texture = face_texture(Still(portrait.image), self.points)
        self.covered: Floats = np.maximum.reduce(
            [
                covered_forehead(texture),
                beside_the_face(texture),
                outside(self.points, Still(portrait.image).shape),
            ]
        )
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
