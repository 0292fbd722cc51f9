"""What lies over a face for as long as it is seen (a mask, a caption, sunglasses): unlike the reference."""

from collections.abc import Sequence

import cv2
import numpy as np

from local.provider.engine.arrays import Flags, Floats, Image, Points, floats, pixels
from local.provider.engine.face_map import SIZE, SKIN, face_texture, facing_texels
from local.provider.engine.frames import Still
from local.provider.engine.medians import median, medians
from local.provider.engine.occlusion import with_surroundings
from local.provider.engine.portrait import Portrait

_BLACK = 4.0
"""Taken from luma before it is compared by factors; less than studio black, where noise would count."""
_PATCH = 12
_LEAST_TEXELS = 12
_SPARSE = 3
_LOOKS = 8
_COARSE_SKIN: Flags = SKIN[::2, ::2]
_NEAR = np.array((0.35, 7.0, 7.0), np.float32)
_FAR = np.array((0.95, 13.0, 13.0), np.float32)
"""From where on luma (as a logarithm), red and blue difference are not this person's skin in another light."""
_OWN_SKIN = np.array((0.5, 8.0, 8.0), np.float32)
"""What is so close to the rest of the face's skin is skin, whatever the reference shows there."""
_SLOPE = np.array((0.25, 5.0, 5.0), np.float32)
_CHROMA_PRIOR = 25.0
_LEAST_COVERED = 0.03
_LEAST_ALIKE = 0.25
_GAP, _RIM = 21, 7
"""In texels: how wide features are within it, and how far it is unsure at its edges."""


class ForeignModel:
    """Knows what a person's face looks like from the reference picture."""

    def __init__(self, reference: Portrait) -> None:
        self._look = _look(face_texture(Still(reference.image), reference.points))
        contrast = np.stack([_contrast(self._look[..., i]) for i in range(3)], -1)
        self._tolerance = floats(_FAR + 1.5 * contrast)

    def examine(self, textures: Sequence[Image]) -> tuple[bool, bool]:
        """Look at a face however turned: can it be compared, and may something lie over it?"""
        alike, suspicious = [], False
        for texture in textures[:: -(-len(textures) // _LOOKS) or 1]:
            look = _look(texture[::2, ::2])
            off = look - self._look[::2, ::2]
            off -= _light(off, _COARSE_SKIN, _PATCH // 2)
            alike.append(float((np.abs(off[_COARSE_SKIN]) < _NEAR).all(-1).mean()))
            unlike = self._unlike(look, off, _COARSE_SKIN, self._tolerance[::2, ::2]) > 0.5
            suspicious = suspicious or float(unlike[_COARSE_SKIN].mean()) > _LEAST_COVERED
        return bool(alike) and median(np.array(alike)) >= _LEAST_ALIKE, suspicious

    def covered(self, texture: Image, points: Points) -> Floats:
        """Say for each texel how surely something else than this person is seen (0 to 1)."""
        seen = SKIN & facing_texels(points)
        found = self._found(texture, seen)
        if not found.any():
            return found
        closed = cv2.morphologyEx(found, cv2.MORPH_CLOSE, _disc(_GAP))
        return with_surroundings(floats(cv2.dilate(closed, _disc(_RIM))))

    def _found(self, texture: Image, seen: Flags) -> Floats:
        if seen.sum() < _LEAST_TEXELS:
            return np.zeros((SIZE, SIZE), np.float32)
        look = _look(texture)
        off = look - self._look
        off -= _light(off, seen, _PATCH)
        unlike = (self._unlike(look, off, seen, self._tolerance) * 255).astype(np.uint8)
        found = floats(cv2.medianBlur(unlike, 5)) / np.float32(255)
        if (found > 0.5)[SKIN].mean() < _LEAST_COVERED:
            return np.zeros((SIZE, SIZE), np.float32)
        return floats(found)

    @staticmethod
    def _unlike(look: Floats, off: Floats, seen: Flags, tolerance: Floats) -> Floats:
        as_it_should = seen & (np.abs(off) < _NEAR).all(-1)
        if as_it_should.any():
            skin = medians(look[as_it_should])
            seen = seen & ~(np.abs(look - skin) < _OWN_SKIN).all(-1)
        unlike = np.clip((np.abs(off) - tolerance) / _SLOPE, 0, 1)
        return floats(unlike.max(-1) * seen)


def _disc(size: int) -> Image:
    return pixels(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


def _look(texture: Image) -> Floats:
    look = texture.astype(np.float32)
    look[..., 0] = np.log(np.maximum(look[..., 0] - _BLACK, _BLACK))
    return look


def _contrast(channel: Floats) -> Floats:
    """How much a texel's surroundings differ: features move, and are never quite where they are."""
    mean = floats(cv2.blur(channel, (7, 7)))
    return np.sqrt(np.maximum(floats(cv2.blur(channel * channel, (7, 7))) - mean * mean, 0))


def _light(off: Floats, seen: Flags, side: int) -> Floats:
    """Find the light under which most of a face is as it should be; colours far from skin count less."""
    hidden_last = np.where(seen[..., None], off, np.inf).astype(np.float32)
    sides = len(off) // side, side
    patches = hidden_last.reshape(*sides, *sides, 3).swapaxes(1, 2).reshape(-1, side**2, 3)
    counts = np.isfinite(patches[..., 0]).sum(1)
    known = counts >= _LEAST_TEXELS
    middles = np.sort(patches[known], axis=1)[np.arange(known.sum()), counts[known] // 2]
    values = off[seen][::_SPARSE]
    best, best_score = np.zeros(3, np.float32), -1.0
    for light in middles:
        inliers = float((np.abs(values - light) < _NEAR).all(1).mean())
        far = float((light[1:] ** 2).sum()) / _CHROMA_PRIOR**2
        score = inliers * float(np.exp(-far))
        if score > best_score:
            best, best_score = floats(light), score
    return best
