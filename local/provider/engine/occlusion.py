"""What is in front of a face (a hand, a card): where the face departs from its own usual look."""

from collections.abc import Sequence

import cv2
import numpy as np

from local.provider.engine.arrays import Flags, Floats, Image, floats
from local.provider.engine.face_map import SIZE, SKIN, covered_forehead
from local.provider.engine.medians import median, medians

MIN_TEXTURES = 6
_LEAST_COVERED = 0.02
_COARSE_SKIN: Flags = SKIN[::2, ::2]
_LEAST_SEEN, _ALIKE = 0.3, 0.3
"""Of a face that was not found: less than this share of it, or so unlike, is not the face at all."""
_LEAST_LIT, _STEP_OF_LIGHT = 0.15, 20.0
"""How much of a face tells its light, and how far that goes from frame to frame in levels."""
# For luma, red and blue difference: what is still usual, and how fast it becomes unusual.
_TOLERANCE = (30.0, 10.0, 10.0)
_SLOPE = (25.0, 8.0, 8.0)


class OcclusionModel:
    """The usual look of one person's face in a video: median and spread of some textures."""

    def __init__(self, textures: Sequence[Image]) -> None:
        looks = np.stack(list(textures)).astype(np.float32)
        self.covered_forehead = covered_forehead(medians(looks))
        lights = medians(looks[:, SKIN][:, :, 0].T)
        looks[..., 0] -= lights[:, None, None]
        self._usual = floats(medians(looks))
        spread = floats(1.4826 * medians(np.abs(looks - self._usual)))
        self._spread = floats(cv2.GaussianBlur(spread, (0, 0), 2))
        self._light = median(lights)

    def covered(self, texture: Image, *, hidden: bool = False) -> Floats:
        """Say for each texel how surely something is in front of it (0 to 1).

        Frames come in order. Where no face was found (`hidden`), nothing is sure unless much of it
        looks as usual.
        """
        off = texture.astype(np.float32) - self._usual
        if not hidden:
            self._light = self._light_of(off)
        off[..., 0] -= self._light
        departure = np.abs(off)
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
        seen = SKIN & (covered <= 0.5)
        if hidden and (seen.sum() < _LEAST_SEEN * SKIN.sum() or not self._has_features(off, seen)):
            return np.ones((SIZE, SIZE), np.float32)
        if 1 - seen.sum() / SKIN.sum() < _LEAST_COVERED:
            return np.zeros((SIZE, SIZE), np.float32)
        return with_surroundings(covered)

    def _light_of(self, off: Floats) -> float:
        """How bright the face is now: as it was before, as far as a part of it still is."""
        off = off[::2, ::2][_COARSE_SKIN]
        own = off[(np.abs(off[:, 1:]) < _TOLERANCE[1:]).all(1), 0]
        as_before = own[np.abs(own - self._light) < _STEP_OF_LIGHT]
        for lights in (as_before, own):
            if len(lights) > _LEAST_LIT * len(off):
                return median(lights)
        return self._light

    def _has_features(self, off: Floats, seen: Flags) -> bool:
        """Say whether light and shade are those of this face, not just its colour."""
        usual = _relief(floats(self._usual[..., 0]))
        look = _relief(floats(off[..., 0] + self._usual[..., 0]))
        one, other = usual[seen] - usual[seen].mean(), look[seen] - look[seen].mean()
        alike = float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other) + 1e-6)
        return alike > _ALIKE


def _relief(luma: Floats) -> Floats:
    """Brows, nose and folds, without noise and without the light from a side."""
    return floats(cv2.GaussianBlur(luma, (0, 0), 1.5)) - floats(cv2.GaussianBlur(luma, (0, 0), 8))


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
