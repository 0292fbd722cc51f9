"""Giving the new face the colour and the light of the one it replaces."""

import math
from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Flags, Floats, Image, floats

_STATISTICS_WIDTH = 100.0
_LEAST_SKIN = 60
_MEMORY = 0.8
_GREAT_STEP, _DARK = 0.15, 16.0
"""Light that changes by this share, or more, is not remembered; in levels, what is as good as black."""
_TINT_EVERY = 4
_SHADES = (0.1, 2.0)
_LOCAL_LIGHT = np.array((0.8, 0.7, 0.7), np.float32)
_LUMA = np.array([1, 0, 0], np.float32)
_NO_COLOUR, _COLOUR = 2.7, 5.5
"""In levels: what coding leaves in a tinted picture, and a picture with colours."""
_MIDDLE = np.array([0, 128, 128], np.float32)

_TO_YCC = np.array(
    [
        [0.114, 0.587, 0.299],
        [-0.114 * 0.713, -0.587 * 0.713, 0.713 - 0.299 * 0.713],
        [0.564 - 0.114 * 0.564, -0.587 * 0.564, -0.299 * 0.564],
    ],
    np.float32,
)
_FROM_YCC = np.linalg.inv(_TO_YCC).astype(np.float32)


class ColourMatch:
    """Matches luma and chroma; remembers a little, so that colours do not flicker."""

    def __init__(self) -> None:
        self._statistics: Doubles | None = None
        self._tint: _Tint | None = None
        self._frames = 0

    def apply(self, face: Image, target: Image, skin: Floats, face_width: float) -> Floats | None:
        """Recolour a face to fit the target patch; `skin` (per cell) says where to compare.

        None if no skin has been seen yet to compare.
        """
        height, width = face.shape[:2]
        # Whole pixels to a sample: reducing by any other factor takes several times as long.
        reduction = max(1, math.ceil(face_width / _STATISTICS_WIDTH))
        size = (max(8, width // reduction), max(8, height // reduction))
        sampled = floats(cv2.resize(skin, size, interpolation=cv2.INTER_AREA)) > 0.85
        own, wanted = _small_ycc(face, size), _small_ycc(target, size)
        if sampled.sum() > _LEAST_SKIN:
            if self._tint is None or self._frames % _TINT_EVERY == 0:
                self._tint = _tint(_calm(wanted)[::2, ::2], sampled[::2, ::2])
            self._frames += 1
            self._remember(own, wanted, sampled, self._tint)
        if self._statistics is None:
            return None
        own_mean, wanted_mean, gain, slope = (
            floats(part) for part in np.split(self._statistics, 4)
        )
        # Red and blue difference: as far as they go with luma, and the face's own.
        change = np.diag(gain) + np.outer(slope, _LUMA) * gain[0]
        recoloured = cv2.transform(own, np.c_[change, wanted_mean - change @ own_mean])
        light = _local_light(
            floats(cv2.subtract(wanted, recoloured)),
            sampled.astype(np.float32),
            max(2.0, 0.11 * face_width / reduction),
        )
        shift = light + (wanted_mean - change @ own_mean - (_MIDDLE - change @ _MIDDLE))
        field = cv2.resize(
            cv2.transform(shift, _FROM_YCC), (width, height), interpolation=cv2.INTER_LINEAR
        )
        matrix = (_FROM_YCC @ change @ _TO_YCC).astype(np.float32)
        changed = floats(cv2.transform(face.astype(np.float32), matrix))
        return floats(cv2.add(changed, field, dst=changed))

    def _remember(self, own: Floats, wanted: Floats, skin: Flags, tint: "_Tint") -> None:
        (own_mean, own_spread), (wanted_mean, wanted_spread) = (
            np.squeeze(cv2.meanStdDev(image, mask=skin.view(np.uint8)), -1)
            for image in (own, wanted)
        )
        # Skin of another shade is brighter or darker by a factor: brows and lips keep their contrast.
        shade = np.clip((wanted_mean[0] + 1) / (own_mean[0] + 1), *_SHADES)
        own_spread, wanted_spread = own_spread * shade + 1, wanted_spread + 1
        gain = np.clip(wanted_spread / own_spread, [0.75, 0.8, 0.8], [1.25, 1.25, 1.25]) ** 0.7
        gain *= [shade, min(shade, 1) * tint.share, min(shade, 1) * tint.share]
        slope = (1 - tint.share) * tint.slope
        new = np.concatenate([own_mean, wanted_mean, gain, slope]).astype(np.float64)
        before = self._statistics
        if before is None:
            self._statistics = new
            return
        # Who goes on seeing the light of before shines in a fade to black.
        step = abs(new[3] - before[3]) / (before[3] + _DARK)
        memory = _MEMORY * max(0.0, 1 - step / _GREAT_STEP)
        self._statistics = memory * before + (1 - memory) * new


class _Tint(NamedTuple):
    """How much of a face's own colours is painted (0 to 1); `slope`: how those of the target go with luma."""

    share: float
    slope: Floats


def _tint(target: Floats, face: Flags) -> _Tint:
    """See how many colours there are in and around a face; in black and white and in sepia, none."""
    share = (_colourfulness(target.reshape(-1, 3)) - _NO_COLOUR) / (_COLOUR - _NO_COLOUR)
    off = target[face] - target[face].mean(0)
    slope = (off * off[:, :1]).mean(0) / (off[:, 0].var() + 1)
    slope[0] = 0
    return _Tint(float(np.clip(share, 0, 1)), floats(slope))


def _colourfulness(colours: Floats) -> float:
    """How far red and blue difference are from any smooth course over luma."""
    luma = colours[:, 0] / 255
    courses = np.stack([np.ones_like(luma), luma, luma**2, luma**3])
    fit = np.linalg.lstsq(courses @ courses.T, courses @ colours[:, 1:], rcond=None)[0]
    left = colours[:, 1:] - courses.T @ fit
    return float(np.sqrt((left**2).sum(1).mean()))


def _calm(image: Floats) -> Floats:
    """Without noise, which is no colour."""
    return floats(cv2.blur(image, (3, 3)))


def _small_ycc(image: Image, size: tuple[int, int]) -> Floats:
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return floats(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb))


def _local_light(difference: Floats, skin: Floats, sigma: float) -> Floats:
    """Spread what differs over the face; it changes slowly, so half the size is enough."""
    size = (-(-skin.shape[1] // 2), -(-skin.shape[0] // 2))
    seen = cv2.multiply(difference, cv2.merge([skin] * 3))
    difference = floats(cv2.resize(seen, size, interpolation=cv2.INTER_AREA))
    skin = floats(cv2.resize(skin, size, interpolation=cv2.INTER_AREA))
    sigma /= 2
    weight = floats(cv2.GaussianBlur(skin, (0, 0), sigma)) + np.float32(1e-3)
    spread = floats(cv2.GaussianBlur(difference, (0, 0), sigma))
    share = np.clip(weight * 4, 0, 1) / weight
    return floats(cv2.multiply(spread, cv2.merge([share * part for part in _LOCAL_LIGHT])))
