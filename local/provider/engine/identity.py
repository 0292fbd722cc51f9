"""Who a face is: 128 numbers that are close for pictures of one person and apart for two."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Floats, Image, Points, floats, pixels
from local.provider.engine.frames import View
from local.provider.engine.geometry import fit_similarity
from local.provider.engine.models import FACE_IDENTITY

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


class Sighting(NamedTuple):
    """One look at a face, and how much it counts."""

    embedding: Floats
    weight: float


class Embedder:
    """The network that says who a face is."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(FACE_IDENTITY))

    def embed(self, view: View, points: Points) -> Floats:
        """Compute the 128 numbers of the face with these points."""
        return self._forward(_chip(view, points))

    def embed_mirrored(self, view: View, points: Points) -> Floats:
        """Compute the average over the face and its mirror image: steadier, twice the work."""
        chip = _chip(view, points)
        return floats(np.mean([self._forward(chip), self._forward(chip[:, ::-1])], 0))

    def _forward(self, chip: Image) -> Floats:
        planes = ((chip[..., ::-1].astype(np.float32) - _MEAN_RGB) / 256).transpose(2, 0, 1)
        self._net.setInput(np.ascontiguousarray(planes[None]))
        return floats(self._net.forward()[0]).copy()


def _chip(view: View, points: Points) -> Image:
    wanted = (_CHIP_POINTS + _PADDING) / (2 * _PADDING + 1) * _CHIP
    found = points[_EYE_CORNERS_AND_NOSE, :2].astype(np.float64)
    scale, rotation, shift = fit_similarity(found, wanted)
    middle = rotation.T @ (np.full(2, _CHIP / 2) - shift) / scale
    low, high = middle - _CHIP / scale, middle + _CHIP / scale
    image, left, top = view.cut(low[0], low[1], high[0], high[1])
    shift = shift + scale * rotation @ [left, top]
    if scale < 0.5:
        image = pixels(cv2.blur(image, (int(1 / scale), int(1 / scale))))
    chip = cv2.warpAffine(
        image,
        np.c_[scale * rotation, shift],
        (_CHIP, _CHIP),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return pixels(chip)


def mean_identity(sightings: Sequence[Sighting]) -> Floats:
    """Who a face seen several times is: the weighted mean."""
    weights = np.array([sighting.weight for sighting in sightings])
    embeddings = np.array([sighting.embedding for sighting in sightings])
    return floats((embeddings * weights[:, None]).sum(0) / weights.sum())


def distance(sightings: Sequence[Sighting], embedding: Floats) -> float:
    """Measure how far a face seen several times is from an embedding."""
    return float(np.linalg.norm(mean_identity(sightings) - embedding))
