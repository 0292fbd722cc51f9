"""Skin of another shade: brows keep their contrast, and what lies behind a cheek is not taken for skin."""

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import Image, floats, pixels
from local.provider.engine.colour import ColourMatch
from local.provider.engine.face_map import SIZE, SKIN, beside_the_face

_DARK, _LIGHT = (55, 80, 120), (150, 175, 210)
_BROW = slice(20, 26)
_GREY = (128, 128, 125)


def _skin(colour: tuple[int, int, int]) -> Image:
    light = np.random.default_rng(4).uniform(0.85, 1.15, (100, 100, 1))
    return np.clip(np.full((100, 100, 3), colour) * light, 0, 255).astype(np.uint8)


def _luma(image: Image) -> float:
    return float(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).mean())


@pytest.mark.parametrize(("own", "wanted"), [(_DARK, _LIGHT), (_LIGHT, _DARK), (_LIGHT, _LIGHT)])
def test_a_brow_is_as_much_darker_than_the_new_skin_as_it_was_than_the_old(
    own: tuple[int, int, int], wanted: tuple[int, int, int]
) -> None:
    face, target = _skin(own), _skin(wanted)
    face[_BROW] = face[_BROW] // 2
    skin = np.ones((100, 100), np.float32)
    skin[15:31] = 0
    recoloured = ColourMatch().apply(face, target, floats(skin), 100.0)
    assert recoloured is not None
    shown = np.clip(recoloured, 0, 255).astype(np.uint8)
    assert _luma(shown[60:]) == pytest.approx(_luma(target), abs=3)
    assert _luma(shown[_BROW][2:4]) / _luma(shown[60:]) == pytest.approx(0.5, abs=0.06)


def test_a_face_goes_dark_with_its_scene() -> None:
    face = _skin(_LIGHT)
    face[_BROW] = face[_BROW] // 2
    skin = np.ones((100, 100), np.float32)
    skin[15:31] = 0
    match = ColourMatch()
    for share in (1, 1, 0.8, 0.6, 0.4, 0.25, 0.15):
        target = (_skin(_LIGHT) * share).astype(np.uint8)
        recoloured = match.apply(face, target, floats(skin), 100.0)
        assert recoloured is not None
        shown = np.clip(recoloured, 0, 255).astype(np.uint8)
        assert _luma(shown[60:]) == pytest.approx(_luma(target), abs=3)
        assert _luma(shown[_BROW][2:4]) / _luma(shown[60:]) == pytest.approx(0.5, abs=0.1)


def test_a_face_of_no_brightness_at_all_is_recoloured_too() -> None:
    black = np.zeros((100, 100, 3), np.uint8)
    recoloured = ColourMatch().apply(
        black, _skin(_LIGHT), floats(np.ones((100, 100), np.float32)), 100.0
    )
    assert recoloured is not None
    assert np.isfinite(recoloured).all()


def test_a_grey_picture_keeps_its_rim() -> None:
    grey = np.full((SIZE, SIZE, 3), (140, 128, 128), np.uint8)
    grey[:, : SIZE // 2, 0] = 60
    assert beside_the_face(grey).max() == 0


def test_the_rim_shows_no_background() -> None:
    shade = np.linspace(0.4, 1, SIZE)[None, :, None]
    skin = (np.full((SIZE, SIZE, 3), _LIGHT) * shade).astype(np.uint8)
    texture = cv2.cvtColor(skin, cv2.COLOR_BGR2YCrCb)
    assert beside_the_face(np.asarray(texture, np.uint8)).max() == 0
    row = SIZE // 2
    rim = int(np.flatnonzero(SKIN[row]).max()) + 1
    skin[row - 4 : row + 5, rim - 2 :] = _GREY
    found = beside_the_face(np.asarray(cv2.cvtColor(skin, cv2.COLOR_BGR2YCrCb), np.uint8))
    assert found[row, rim] > 0.9
    assert found[row, : SIZE // 2].max() == found[row + 20].max() == 0


def _with_lips(colour: tuple[int, int, int]) -> Image:
    face = _skin(colour)
    face[_BROW] = (40, 60, 40)
    face[70:80, 30:70] = (90, 60, 200)
    return face


def _tinted(tint: tuple[float, float, float]) -> Image:
    """A picture of ben-like skin with dark places, in shades of one tint."""
    grey = _skin((150, 150, 150)).mean(2, keepdims=True)
    grey[_BROW] *= 0.4
    grey[70:80, 30:70] *= 0.7
    return pixels(np.clip(grey * np.array(tint), 0, 255).astype(np.uint8))


def _recoloured(face: Image, target: Image) -> Image:
    skin = np.ones((100, 100), np.float32)
    skin[15:31] = skin[65:85] = skin[:, :15] = skin[:, 85:] = 0
    found = ColourMatch().apply(face, target, floats(skin), 100.0)
    assert found is not None
    return np.clip(found, 0, 255).astype(np.uint8)


def _off_tint(image: Image, tint: tuple[float, float, float]) -> float:
    """How far a picture's colours are from a tint of its brightness."""
    blue, green, red = (image[..., i].astype(float) for i in range(3))
    far = [np.abs(red - green * tint[2] / tint[1]), np.abs(blue - green * tint[0] / tint[1])]
    return float(np.maximum(*far)[5:95, 5:95].max())


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (0.72, 0.92, 1.04)], ids=["grey", "sepia"])
def test_lips_are_not_red_where_nothing_is(tint: tuple[float, float, float]) -> None:
    shown = _recoloured(_with_lips(_LIGHT), _tinted(tint))
    assert _off_tint(shown, tint) < 16


def test_lips_stay_red_where_there_are_colours() -> None:
    target = _with_lips(_DARK)
    target[:, :15] = target[:, 85:] = 110
    shown = _recoloured(_with_lips(_LIGHT), target)
    redness = shown[..., 2].astype(float) - shown[..., 1]
    assert redness[72:78, 35:65].mean() > redness[45:60].mean() + 30
