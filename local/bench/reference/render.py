"""Painting the source's face over one person's face, frame by frame."""

import cv2
import numpy as np

from local.bench.reference.arrays import Doubles, Floats, Image
from local.bench.reference.colour import ColourMatch
from local.bench.reference.geometry import fit_similarity
from local.bench.reference.mask import face_mask, what_covers, without_covered
from local.bench.reference.occlusion import OcclusionModel
from local.bench.reference.patch import Patch
from local.bench.reference.portrait import SourceFace
from local.bench.reference.sharpness import SharpnessMatch
from local.bench.reference.smoothing import Posture
from local.bench.reference.topology import CANONICAL, EYES, LIPS, OUTLINE, PLAIN_SKIN, RIGID
from local.bench.reference.warp import warp_interior, warp_source

_SHAPE_TRANSFER = 0.5
_FULL_TRANSFER_DEPTH = 0.28


def _transfer_weights() -> Doubles:
    """0 at the face's outline, 1 inside."""
    outline = CANONICAL[OUTLINE][:, :2]
    depth = np.linalg.norm(CANONICAL[:, None, :2] - outline[None], axis=2).min(1)
    share = np.clip(depth / _FULL_TRANSFER_DEPTH, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float64)


_TRANSFER = _transfer_weights()[:, None]


class Renderer:
    """Replaces one appearance of a person; frames have to come in order."""

    def __init__(
        self, source: SourceFace, mean_form: Doubles, occlusion: OcclusionModel | None
    ) -> None:
        self._source = source
        self._mean_form = mean_form
        self._occlusion = occlusion
        fit = fit_similarity(source.form[RIGID], mean_form[RIGID])
        self._source_form: Doubles = fit.scale * source.form @ fit.rotation.T + fit.shift
        self._colour = ColourMatch()
        self._sharpness = SharpnessMatch()

    def paint(self, frame: Image, posture: Posture, fade: float) -> None:
        """Change the frame in place; fade 0 leaves it as it is, 1 shows the new face fully."""
        patch = Patch(self._shape(posture), frame.shape)
        if not patch.visible:
            return
        layout = patch.lay_out()
        target = patch.cut(frame)
        warped = warp_source(self._source, layout)
        interior = warp_interior(target, posture.points, layout)
        covered = what_covers(frame, posture.points, self._source, self._occlusion)
        mask = without_covered(face_mask(layout, self._source) * fade, covered, layout)
        skin = (layout.inside & PLAIN_SKIN[layout.nearest] & (mask > 0.6)).astype(np.float32)
        face = self._colour.apply(warped, target, skin, patch.face_width)
        if face is None:
            return
        face = self._sharpness.apply(face, target, mask)
        if interior is not None:
            part = face[interior.rows, interior.columns]
            part += (interior.pixels - part) * interior.weight[..., None]
        _blend(face, target, layout.to_pixels(mask))

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
    face *= mask[..., None]
    face += target
    target[...] = cv2.convertScaleAbs(np.maximum(face, 0, out=face))
