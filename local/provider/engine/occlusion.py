"""What is in front of a face (a hand, a card): where the face departs from its own usual look."""

from collections.abc import Sequence

import cv2
import numpy as np

from local.provider.engine.arrays import Floats, Image, floats
from local.provider.engine.face_map import SIZE, SKIN, covered_forehead

MIN_TEXTURES = 6
_LEAST_COVERED = 0.02
# For luma, red and blue difference: what is still usual, and how fast it becomes unusual.
_TOLERANCE = (30.0, 10.0, 10.0)
_SLOPE = (25.0, 8.0, 8.0)


class OcclusionModel:
    """The usual look of one person's face in a video: median and spread of some textures."""

    def __init__(self, textures: Sequence[Image]) -> None:
        looks = np.stack(list(textures)).astype(np.float32)
        self.covered_forehead = covered_forehead(np.median(looks, 0))
        looks[..., 0] -= looks[:, SKIN][:, :, 0].mean(1)[:, None, None]
        self._usual = floats(np.median(looks, 0))
        spread = floats(1.4826 * np.median(np.abs(looks - self._usual), 0))
        self._spread = floats(cv2.GaussianBlur(spread, (0, 0), 2))

    def covered(self, texture: Image) -> Floats:
        """Say for each texel how surely something is in front of it (0 to 1)."""
        look = texture.astype(np.float32)
        look[..., 0] -= np.median((look[..., 0] - self._usual[..., 0])[SKIN])
        departure = np.abs(look - self._usual)
        unusual = np.maximum.reduce(
            [
                np.clip(
                    (departure[..., i] - _TOLERANCE[i] - 3 * self._spread[..., i]) / slope, 0, 1
                )
                for i, slope in enumerate(_SLOPE)
            ]
        )
        unusual[~SKIN] = 0
        covered = _without_specks(unusual)
        if (covered > 0.5)[SKIN].mean() < _LEAST_COVERED:
            return np.zeros((SIZE, SIZE), np.float32)
        return with_surroundings(covered)


def _without_specks(unusual: Floats) -> Floats:
    calm = cv2.medianBlur((unusual * 255).astype(np.uint8), 5)
    closed = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return floats(cv2.dilate(closed, np.ones((5, 5), np.uint8))) / np.float32(255)


def with_surroundings(covered: Floats) -> Floats:
    """Give eyes, mouth and rim, where nothing is known, the value of their surroundings."""
    known = SKIN.astype(np.float32)
    nearby = floats(cv2.GaussianBlur(covered * known, (0, 0), 5))
    nearby = nearby / (floats(cv2.GaussianBlur(known, (0, 0), 5)) + 1e-3)
    inherited = np.clip((nearby - 0.25) * 2.5, 0, 1)
    return floats(cv2.GaussianBlur(np.where(SKIN, covered, inherited), (0, 0), 1.5))
