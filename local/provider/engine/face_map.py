"""The face spread flat: a 96 x 96 picture in which each place of the face is always the same texel."""

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Flags, Floats, Image, Points, floats, pixels
from local.provider.engine.frames import View
from local.provider.engine.geometry import face_width, triangle_affines, triangle_map
from local.provider.engine.medians import median, medians
from local.provider.engine.topology import CANONICAL, SURFACE, TRIANGLES

SIZE = 96
_BLUR_ABOVE = 1.6


def _place_points() -> Doubles:
    points = CANONICAL[:, :2]
    low, high = points.min(0) - 0.02, points.max(0) + 0.02
    scale = (SIZE - 1) / (high - low).max()
    placed: Doubles = (points - (low + high) / 2) * scale + (SIZE - 1) / 2
    return placed


POINTS: Doubles = _place_points()
"""Where each of the 468 points lies in the map."""
_TRIANGLE = triangle_map(POINTS[TRIANGLES], CANONICAL[TRIANGLES][:, :, 2].mean(1), (SIZE, SIZE))
_INSIDE: Flags = _TRIANGLE >= 0
_CORNERS = np.ascontiguousarray(np.moveaxis(TRIANGLES[np.clip(_TRIANGLE, 0, None)], -1, 0))


def _barycentrics() -> Floats:
    """Say for each texel how much each corner of its triangle counts there."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    corners = np.tile(np.eye(3)[:, :2], (len(TRIANGLES), 1, 1))
    affines = triangle_affines(corners, POINTS[TRIANGLES])[np.clip(_TRIANGLE, 0, None)]
    first = affines[..., 0, 0] * x + affines[..., 0, 1] * y + affines[..., 0, 2]
    second = affines[..., 1, 0] * x + affines[..., 1, 1] * y + affines[..., 1, 2]
    return np.stack([first, second, 1 - first - second]).astype(np.float32)


_WEIGHTS = _barycentrics()


def _between_corners(values: Floats) -> Floats:
    """Find each texel's value from those at its triangle's corners."""
    return floats(np.einsum("cyx,cyx->yx", np.take(values, _CORNERS), _WEIGHTS))


def _spread(values: Doubles) -> Floats:
    """Spread a value per point over the map; 0 outside the face."""
    return _between_corners(floats(values)) * _INSIDE


def _inner_skin() -> Flags:
    skin = _INSIDE & (_TRIANGLE < SURFACE)
    return pixels(cv2.erode(skin.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0


SKIN: Flags = _inner_skin()
"""Texels of the skin, a little inside its rims."""
FOREHEAD: Floats = _spread(np.clip((-0.23 - CANONICAL[:, 1]) / 0.07, 0, 1))
"""1 above the brows, 0 below them."""


def _cheeks() -> Flags:
    height, side = _spread(CANONICAL[:, 1]), _spread(CANONICAL[:, 0])
    return _INSIDE & (height > 0.12) & (height < 0.62) & (np.abs(side) < 0.5) & SKIN


_CHEEKS = _cheeks()
_RIM_WIDTH = 6.0
_RIM: Flags = _INSIDE & (
    cv2.distanceTransform(_INSIDE.astype(np.uint8), cv2.DIST_L2, 5) < _RIM_WIDTH
)
_DARKEST = 16
_SQUARELY = 0.35
_PALEST = 0.05
"""Cheeks less red than this for their brightness say nothing: a grey picture, or coloured light."""


def _places(points: Points) -> tuple[Floats, Floats]:
    """Say where in the picture each texel of a face lies: x and y."""
    x, y = np.ascontiguousarray(points[:, :2].T, np.float32)
    return _between_corners(x), _between_corners(y)


def facing_texels(points: Points) -> Flags:
    """Find the texels of triangles that look at the camera, at most 70 degrees off."""
    corners = points[TRIANGLES].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing = normals[:, 2] / (np.linalg.norm(normals, axis=1) + 1e-9)
    towards = median(np.sign(facing))
    return np.asarray((facing * towards > _SQUARELY)[np.clip(_TRIANGLE, 0, None)] & _INSIDE)


def outside(points: Points, shape: tuple[int, int]) -> Floats:
    """Find the texels that a picture of this shape does not show, as it ends before (0 to 1)."""
    x, y = _places(points)
    height, width = shape
    reach = np.minimum.reduce([x, y, width - 1 - x, height - 1 - y])
    return floats(cv2.GaussianBlur(floats(reach < 0), (0, 0), 1.5))


def face_texture(view: View, points: Points) -> Image:
    """Read a face's texels out of a picture; luma, red and blue difference."""
    x, y = _places(points)
    (left, top), (right, bottom) = points[:, :2].min(0) - 4, points[:, :2].max(0) + 5
    image, left, top = view.cut(left, top, right, bottom)
    reduction = face_width(points) / SIZE
    if reduction > _BLUR_ABOVE:
        side = round(reduction)
        image = pixels(cv2.blur(image, (side, side)))
    texels = cv2.remap(image, x - left, y - top, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return pixels(cv2.cvtColor(texels, cv2.COLOR_BGR2YCrCb))


def covered_forehead(texture: Points | Image) -> Floats:
    """Find the forehead texels unlike the face's own cheeks: hair, a hat, a headscarf (0 to 1)."""
    texels = texture.astype(np.float32)
    cheeks = texels[_CHEEKS]
    middle = medians(cheeks)
    spread = 1.4826 * medians(np.abs(cheeks - middle)) + np.array([9, 3.0, 3.0])
    unlike = np.abs(texels - middle) / spread
    darker = np.clip(unlike[..., 0] - 1.9, 0, 1) * (texels[..., 0] < middle[0])
    redder = np.clip(unlike[..., 1] - 2.3, 0, 1)
    bluer = np.clip(unlike[..., 2] - 2.3, 0, 1)
    strength = (np.maximum.reduce([darker, redder, bluer]) * FOREHEAD * 255).astype(np.uint8)
    cleaned = cv2.morphologyEx(strength, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    grown = floats(cv2.dilate(cleaned, disc)) / 255 * np.clip(FOREHEAD * 1.5, 0, 1)
    return floats(cv2.GaussianBlur(grown, (0, 0), 2.5))


def beside_the_face(texture: Image) -> Floats:
    """Find the texels at the rim that show what is behind a face or hair beside it (0 to 1).

    They are far less red for their brightness than the cheeks; shade on skin does not change that.
    None is found where the cheeks are not red themselves.
    """
    texels = texture.astype(np.float32)
    redness = (texels[..., 1] - 128) / np.maximum(texels[..., 0], _DARKEST)
    usual = median(redness[_CHEEKS])
    if usual < _PALEST:
        return np.zeros((SIZE, SIZE), np.float32)
    pale = floats(np.clip((0.6 - redness / usual) / 0.2, 0, 1) * _RIM)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    return floats(cv2.GaussianBlur(cv2.dilate(pale, disc), (0, 0), 1.5))
