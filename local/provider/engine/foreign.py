"""What lies over a face for as long as it is seen (a mask, a caption, sunglasses): unlike the reference."""

from collections.abc import Sequence

import cv2
import numpy as np

from local.provider.engine.arrays import Flags, Floats, Image, Points, floats, pixels
from local.provider.engine.face_map import SIZE, SKIN, face_texture, facing_texels
from local.provider.engine.frames import Still
from local.provider.engine.occlusion import with_surroundings
from local.provider.engine.portrait import Portrait

_BLACK = 4.0
"""Taken from luma before it is compared by factors; less than studio black, where noise would count."""
_PATCHES = 8
_LEAST_TEXELS = 12
_NEAR = (0.35, 7.0, 7.0)
_FAR = (0.95, 13.0, 13.0)
"""From where on luma (as a logarithm), red and blue difference are not this person's skin in another light."""
_OWN_SKIN = (0.5, 8.0, 8.0)
"""What is so close to the rest of the face's skin is skin, whatever the reference shows there."""
_SLOPE = (0.25, 5.0, 5.0)
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
        self._tolerance = floats(np.array(_FAR, np.float32) + 1.5 * contrast)

    def suspects(self, textures: Sequence[Image]) -> bool:
        """Say whether any of some looks at a face, however turned, may show something else."""
        return any(self._found(texture, SKIN).any() for texture in textures)

    def knows(self, textures: Sequence[Image]) -> bool:
        """Say whether a face is enough like the reference to be compared with it."""
        shares = []
        for texture in textures:
            off = self._off(_look(texture), SKIN)
            shares.append(float((np.abs(off[SKIN]) < np.array(_NEAR)).all(-1).mean()))
        return bool(shares) and float(np.median(shares)) >= _LEAST_ALIKE

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
        off = self._off(look, seen)
        as_it_should = seen & (np.abs(off) < np.array(_NEAR)).all(-1)
        if as_it_should.any():
            skin = np.median(look[as_it_should], 0)
            seen = seen & ~(np.abs(look - skin) < np.array(_OWN_SKIN)).all(-1)
        unlike = np.clip((np.abs(off) - self._tolerance) / np.array(_SLOPE, np.float32), 0, 1)
        found = (unlike.max(-1) * seen * 255).astype(np.uint8)
        found = floats(cv2.medianBlur(found, 5)) / np.float32(255)
        if (found > 0.5)[SKIN].mean() < _LEAST_COVERED:
            return np.zeros((SIZE, SIZE), np.float32)
        return floats(found)

    def _off(self, look: Floats, seen: Flags) -> Floats:
        off = look - self._look
        return floats(off - _light(off, seen))


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


def _light(off: Floats, seen: Flags) -> Floats:
    """Find the light under which most of a face is as it should be; colours far from skin count less."""
    best, best_score = np.zeros(3, np.float32), -1.0
    values = off[seen]
    for rows in np.array_split(np.arange(SIZE), _PATCHES):
        for columns in np.array_split(np.arange(SIZE), _PATCHES):
            part = np.zeros_like(seen)
            part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
            part &= seen
            if part.sum() < _LEAST_TEXELS:
                continue
            light = np.median(off[part], 0)
            inliers = float((np.abs(values - light) < np.array(_NEAR)).all(1).mean())
            far = float((light[1:] ** 2).sum()) / _CHROMA_PRIOR**2
            score = inliers * float(np.exp(-far))
            if score > best_score:
                best, best_score = floats(light), score
    return best
