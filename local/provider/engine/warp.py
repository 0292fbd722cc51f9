"""Bringing pixels to where the face is: the source's skin, and the target's own eyes and mouth."""

from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, Image, floats, pixels
from local.provider.engine.geometry import triangle_affines
from local.provider.engine.medians import median
from local.provider.engine.patch import Layout, Window
from local.provider.engine.portrait import SourceFace
from local.provider.engine.topology import SURFACE, TRIANGLES

_ENLARGED = 0.7
_SEAM = 30.0
"""By how much more than usual two neighbouring cells of two surfaces come from apart."""
_STRAY = 3.0
"""The same for a single cell and all those around it."""


class Interior(NamedTuple):
    """Eyes and mouth: pixels, how much of them shows (0 to 1), and where in the patch."""

    pixels: Image
    weight: Floats
    rows: slice
    columns: slice


class Warped(NamedTuple):
    """The source's face in a patch, and the seams (0 to 1, per cell) where it does not fit."""

    image: Image
    seams: Floats


def warp_source(source: SourceFace, layout: Layout) -> Warped:
    """Bring the source's face into the patch, from the picture level that suits its size."""
    affines = triangle_affines(source.points[TRIANGLES][:, :, :2], layout.corners)
    skin = affines[:SURFACE]
    areas = np.abs(skin[:, 0, 0] * skin[:, 1, 1] - skin[:, 0, 1] * skin[:, 1, 0])
    reduction = float(np.sqrt(median(areas[areas > 0])))
    wanted = np.floor(np.log2(max(reduction, 1e-3)) + 0.35)
    level = int(np.clip(wanted, 0, len(source.levels) - 1))
    x, y = without_strays(*layout.places(affines, 0.5**level))
    warped = cv2.remap(
        source.levels[level],
        layout.to_pixels(x),
        layout.to_pixels(y),
        cv2.INTER_CUBIC if reduction < _ENLARGED else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Warped(pixels(warped), seams(x, y))


def without_strays(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Bring single cells that come from elsewhere than those around them back among them.

    Where surfaces lie close, as between eye and nose, one shows through another at such cells.
    """
    middle_x, middle_y = floats(cv2.medianBlur(x, 3)), floats(cv2.medianBlur(y, 3))
    usual = max(
        _usual_jump(floats(cv2.absdiff(x[:, 1:], x[:, :-1]))),
        _usual_jump(floats(cv2.absdiff(y[1:], y[:-1]))),
    )
    stray = floats(cv2.absdiff(x, middle_x)) + floats(cv2.absdiff(y, middle_y)) > _STRAY * usual
    return np.where(stray, middle_x, x), np.where(stray, middle_y, y)


def _usual_jump(jumps: Floats) -> float:
    return max(median(jumps[::2, ::2]), 0.5)


def seams(x: Floats, y: Floats) -> Floats:
    """Find where one surface hides another, as at the side of the nose.

    Between two such cells nothing of the source fits; there the target itself has to show.
    """
    found = np.zeros(x.shape, np.float32)
    for before, after in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        jump = floats(cv2.absdiff(x[after], x[before])) + floats(cv2.absdiff(y[after], y[before]))
        far = jump > _SEAM * _usual_jump(jump)
        found[before][far] = 1
        found[after][far] = 1
    return floats(np.minimum(1.5 * floats(cv2.GaussianBlur(found, (0, 0), 0.7)), 1))


def warp_interior(target: Image, points: Doubles, layout: Layout) -> Interior | None:
    """Move the target's own eyes and mouth to where the changed face has them.

    `points` are the target's own. None where neither eyes nor mouth are seen.
    """
    cells = layout.triangles >= SURFACE
    if not cells.any():
        return None
    rows, columns = np.where(cells)
    window = Window(
        int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
    )
    own_corners = points[TRIANGLES][:, :, :2] - layout.patch.origin
    x, y = layout.places(triangle_affines(own_corners, layout.corners), 1.0, window)
    moved = cv2.remap(
        np.ascontiguousarray(target),
        layout.to_pixels(x, window),
        layout.to_pixels(y, window),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # A stray cell is a hidden eye that looks out behind the nose.
    inner = cells[window.top : window.bottom, window.left : window.right].astype(np.uint8)
    shown = floats(cv2.medianBlur(inner, 3))
    softness = max(0.7, layout.patch.face_width * 0.009 / layout.step)
    # Twice the blurred shape is full inside, so that nothing of the source's eye shows in a lid's slit.
    soft = np.minimum(2 * floats(cv2.GaussianBlur(shown, (0, 0), softness)), 1)
    weight = layout.to_pixels(floats(soft), window)
    top, left = window.top * layout.step, window.left * layout.step
    return Interior(
        pixels(moved),
        weight,
        slice(top, top + weight.shape[0]),
        slice(left, left + weight.shape[1]),
    )
