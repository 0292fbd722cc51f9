"""Skin of another shade: brows keep their contrast, and what lies behind a cheek is not taken for skin."""

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import Image, floats
from local.provider.engine.colour import ColourMatch
from local.provider.engine.face_map import SIZE, SKIN, beside_the_face

_DARK, _LIGHT = (55, 80, 120), (150, 175, 210)
_BROW = slice(20, 26)
_GREY = (128, 128, 125)


def _skin(colour: tuple[int, int, int]) -> Image:
    light = np.random.default_rng(4).uniform(0.85, 1.15, (100, 100, 1))
    return np.clip(np.full((100, 100, 3), colour) * light, 0, 255).astype(np.uint8)


def _luma(pixels: Image) -> float:
    return float(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).mean())


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
