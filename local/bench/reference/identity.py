"""Who a face is: 128 numbers that are close for pictures of one person and apart for two."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from local.bench.reference.arrays import Floats, Image, Points, floats, pixels
from local.bench.reference.geometry import fit_similarity
from local.bench.reference.models import FACE_IDENTITY

_CHIP = 150
_PADDING = 0.25
_CHIP_POINTS = np.array(
    [
        [0.8595674595992, 0.2134981538014],
        [0.6460604764104, 0.2289674387677],
        [0.1205750620789, 0.2137274526848],
        [0.3340850613712, 0.2290642403242],
        [0.4901123135679, 0.6277975316475],
    ]
)
_EYE_CORNERS_AND_NOSE = [263, 362, 33, 133, 2]
_MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)
_LARGE_PICTURE = 4e6


class Sighting(NamedTuple):
    """One look at a face, and how much it counts."""

    embedding: Floats
    weight: float


class Embedder:
    """The network that says who a face is."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(FACE_IDENTITY))

    def embed(self, image: Image, points: Points) -> Floats:
        """Compute the 128 numbers of the face with these points."""
        return self._forward(_chip(image, points))

    def embed_mirrored(self, image: Image, points: Points) -> Floats:
        """Compute the average over the face and its mirror image: steadier, twice the work."""
        chip = _chip(image, points)
        return floats(np.mean([self._forward(chip), self._forward(chip[:, ::-1])], 0))

    def _forward(self, chip: Image) -> Floats:
        planes = ((chip[..., ::-1].astype(np.float32) - _MEAN_RGB) / 256).transpose(2, 0, 1)
        self._net.setInput(np.ascontiguousarray(planes[None]))
        return floats(self._net.forward()[0]).copy()


def _chip(image: Image, points: Points) -> Image:
    wanted = (_CHIP_POINTS + _PADDING) / (2 * _PADDING + 1) * _CHIP
    found = points[_EYE_CORNERS_AND_NOSE, :2].astype(np.float64)
    scale, rotation, shift = fit_similarity(found, wanted)
    if scale < 0.5 and image.shape[0] * image.shape[1] < _LARGE_PICTURE:
        image = pixels(cv2.blur(image, (int(1 / scale), int(1 / scale))))
    chip = cv2.warpAffine(
        image,
        np.c_[scale * rotation, shift],
        (_CHIP, _CHIP),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return pixels(chip)


def distance(sightings: Sequence[Sighting], embedding: Floats) -> float:
    """Measure how far a face seen several times is from an embedding."""
    weights = np.array([sighting.weight for sighting in sightings])
    embeddings = np.array([sighting.embedding for sighting in sightings])
    mean = (embeddings * weights[:, None]).sum(0) / weights.sum()
    return float(np.linalg.norm(mean - embedding))
