"""How much of the new face shows at each cell: not at the rim, edge-on, on hair, or behind a hand."""

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, floats
from local.provider.engine.face_map import POINTS, face_texture
from local.provider.engine.foreign import ForeignModel
from local.provider.engine.frames import View
from local.provider.engine.geometry import triangle_affines
from local.provider.engine.occlusion import OcclusionModel
from local.provider.engine.patch import Layout
from local.provider.engine.portrait import SourceFace
from local.provider.engine.topology import SURFACE, TRIANGLES

_FEATHER = 0.05
_SHRINK = 0.03
_NOTHING_COVERED = 0.05


def face_mask(layout: Layout, source: SourceFace) -> Floats:
    """Show the inside of the outline where the source picture shows its face well, softly."""
    mask = np.zeros(layout.shape, np.uint8)
    centre = layout.outline.mean(0)
    shrunk = centre + (layout.outline - centre) * (1 - _SHRINK - _FEATHER)
    polygon = np.round(layout.in_cells(shrunk) * 16).astype(np.int32)
    cv2.fillPoly(mask, [polygon], (255,), shift=4)
    seen = np.where(
        _faces_camera(layout.corners), np.clip((source.visibility - 0.12) / 0.2, 0, 1), 0
    )
    seen[SURFACE:] = 1
    mask[~layout.inside] = 0
    mask = np.minimum(mask, np.take((seen * 255).astype(np.uint8), layout.nearest))
    softness = max(0.8, layout.patch.face_width * _FEATHER * 0.55 / layout.step)
    soft = cv2.GaussianBlur(mask, (0, 0), softness).astype(np.float32)
    return floats(np.clip(soft * (1 / (255 * 0.9)) - 0.04 / 0.9, 0, 1))


def _faces_camera(corners: Doubles) -> Doubles:
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0)


def what_covers(
    view: View,
    points: Doubles,
    source: SourceFace,
    occlusion: OcclusionModel | None,
    foreign: ForeignModel | None,
    *,
    hidden: bool,
) -> Floats:
    """Say for each texel of the face map where either face is not seen: hair, an object, the rim."""
    if occlusion is None and foreign is None:
        return source.covered
    texture = face_texture(view, points)
    found = [source.covered]
    if occlusion is not None:
        found += [occlusion.covered_forehead, occlusion.covered(texture, hidden=hidden)]
    if foreign is not None:
        found.append(foreign.covered(texture, points))
    return floats(np.maximum.reduce(found))


def without_covered(mask: Floats, covered: Floats, layout: Layout) -> Floats:
    """Take out of a mask what the face map says is covered."""
    if covered.max() <= _NOTHING_COVERED:
        return mask
    x, y = layout.places(triangle_affines(POINTS[TRIANGLES], layout.corners))
    return floats(mask * (1 - floats(cv2.remap(covered, x, y, cv2.INTER_LINEAR))))
