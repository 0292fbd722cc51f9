"""Painting the source's face over one person's face, frame by frame."""

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, Image, floats
from local.provider.engine.blink import closures, without_closed_eyes
from local.provider.engine.colour import ColourMatch
from local.provider.engine.foreign import ForeignModel
from local.provider.engine.frames import Frame, Still
from local.provider.engine.geometry import fit_similarity
from local.provider.engine.mask import face_mask, what_covers, without_covered
from local.provider.engine.occlusion import OcclusionModel
from local.provider.engine.patch import Patch
from local.provider.engine.portrait import SourceFace
from local.provider.engine.sharpness import SharpnessMatch
from local.provider.engine.smoothing import Posture
from local.provider.engine.topology import CANONICAL, EYES, LIPS, OUTLINE, PLAIN_SKIN, RIGID
from local.provider.engine.warp import warp_interior, warp_source

_SHAPE_TRANSFER = 0.5
_FULL_TRANSFER_DEPTH = 0.28
# Cosines of how far the head may be turned away.
_FULL, _GONE = 0.766, 0.5


def _transfer_weights() -> Doubles:
    """0 at the face's outline, 1 inside."""
    outline = CANONICAL[OUTLINE][:, :2]
    depth = np.linalg.norm(CANONICAL[:, None, :2] - outline[None], axis=2).min(1)
    share = np.clip(depth / _FULL_TRANSFER_DEPTH, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float64)


_TRANSFER = _transfer_weights()[:, None]


def facing(posture: Posture) -> float:
    """How much of a new face a posture can carry: 1 up to 40 degrees off the camera, 0 from 60."""
    towards = float(posture.pose.rotation[2, 2])
    share = float(np.clip((towards - _GONE) / (_FULL - _GONE), 0, 1))
    return share * share * (3 - 2 * share)


class Renderer:
    """Replaces one appearance of a person; frames have to come in order."""

    def __init__(
        self,
        source: SourceFace,
        mean_form: Doubles,
        occlusion: OcclusionModel | None,
        foreign: ForeignModel | None,
    ) -> None:
        self._source = source
        self._mean_form = mean_form
        self._occlusion = occlusion
        self._foreign = foreign
        fit = fit_similarity(source.form[RIGID], mean_form[RIGID])
        self._source_form: Doubles = fit.scale * source.form @ fit.rotation.T + fit.shift
        self._colour = ColourMatch()
        self._sharpness = SharpnessMatch()

    def paint(self, frame: Frame, posture: Posture, fade: float, *, hidden: bool = False) -> None:
        """Change the frame in place; fade 0 leaves it as it is, 1 shows the new face fully.

        A head that turns into profile fades by itself: neither picture shows what is behind. Where
        it is `hidden` behind something, only what is sure to be the face is painted.
        """
        if hidden and self._occlusion is None:
            return
        fade *= facing(posture)
        if fade <= 0:
            return
        patch = Patch(self._shape(posture), frame.shape)
        if not patch.visible:
            return
        layout = patch.lay_out()
        cut = patch.cut(frame)
        target = cut.image
        warped = warp_source(self._source, layout)
        interior = warp_interior(target, posture.points, layout)
        own = posture.points - [patch.left, patch.top, 0]
        covered = what_covers(
            Still(target), own, self._source, self._occlusion, self._foreign, hidden=hidden
        )
        mask = without_covered(face_mask(layout, self._source), covered, layout)
        mask = floats(mask * (1 - warped.seams))
        skin = floats(layout.inside & np.take(PLAIN_SKIN, layout.nearest) & (mask > 0.6))
        face = self._colour.apply(warped.image, target, skin, patch.face_width)
        if face is None:
            return
        face = self._sharpness.apply(face, target, mask)
        if interior is not None:
            part = face[interior.rows, interior.columns]
            part += (interior.pixels - part) * interior.weight[..., None]
        closed = closures(posture.form, self._mean_form)
        mask = without_closed_eyes(mask, posture.points, closed, layout)
        _blend(face, target, layout.to_pixels(floats(mask * fade)))
        frame.put(cut)

    def _shape(self, posture: Posture) -> Doubles:
        """Move the target's points half way to the source's form; lips and lids only as groups."""
        scale, rotation, shift = posture.pose
        expression = posture.form - self._mean_form
        wanted = (self._source_form + expression) * scale @ rotation.T + shift
        change = wanted - posture.points
        for group in [LIPS, *EYES]:
            change[group] = change[group].mean(0)
        shaped: Doubles = posture.points + _SHAPE_TRANSFER * _TRANSFER * change
        return shaped


def _blend(face: Floats, target: Image, mask: Floats) -> None:
    face -= target
    face *= cv2.merge([mask] * 3)
    face += target
    target[...] = cv2.convertScaleAbs(np.maximum(face, 0, out=face))
