"""The face of a picture: where it is, who it is, and what the renderer needs of it."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, Image, Points, pixels
from local.provider.engine.errors import NoFaceError, SeveralFacesError
from local.provider.engine.face_map import beside_the_face, covered_forehead, face_texture
from local.provider.engine.frames import Still
from local.provider.engine.geometry import face_width, head_pose
from local.provider.engine.landmarks import region_of_detection, region_of_points
from local.provider.engine.networks import Networks
from local.provider.engine.pictures import read_picture
from local.provider.engine.smoothing import form_of
from local.provider.engine.topology import TRIANGLES

CLEARLY_LARGEST = 1.25
"""How much wider than any other the face of a source picture has to be."""
ALONE = 3.0
"""The same for a reference picture, which has to show one person."""
_LONGEST_SIDE = 1600
_SMALLEST_LEVEL = 64
_MIN_SCORE = 0.5


class Portrait(NamedTuple):
    """The one face of a picture that is meant."""

    image: Image
    points: Points
    identity: Floats


def read_portrait(path: Path, name: str, networks: Networks, *, lead: float) -> Portrait:
    """Read a picture and find its largest face.

    Raises UnreadableImageError, NoFaceError, or SeveralFacesError unless the face is `lead` times
    as wide as every other; `name` is what their messages call the picture.
    """
    image = _reduced(read_picture(path, name))
    faces = sorted(_faces(Still(image), networks), key=lambda points: -face_width(points))
    if not faces:
        raise NoFaceError(name)
    rivals = [face for face in faces if face_width(face) * lead > face_width(faces[0])]
    if len(rivals) > 1:
        raise SeveralFacesError(name, len(rivals))
    return Portrait(image, faces[0], networks.embedder.embed_mirrored(Still(image), faces[0]))


def _faces(view: Still, networks: Networks) -> list[Points]:
    found = []
    with networks.landmarker() as landmarker:
        for face in networks.detector.detect(view.whole(), 2):
            points, score = landmarker.find(view, region_of_detection(face))
            for _ in range(2):
                points, score = landmarker.find(view, region_of_points(points))
            if score >= _MIN_SCORE:
                found.append(points)
    return found


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
        texture = face_texture(Still(portrait.image), self.points)
        self.covered: Floats = np.maximum(covered_forehead(texture), beside_the_face(texture))
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
