"""Faces on their heads: found the right way up in pictures and in videos, however they are turned."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from local.provider.engine.analysis import analyse
from local.provider.engine.frames import Frame
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import read_portrait
from local.provider.engine.selection import select
from tests.support.clips import ANA, BEN, CHO, CLIP, images_of


def _turned(path: Path, degrees: int, target: Path) -> Path:
    image = cv2.imread(str(path))
    assert image is not None
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.75)
    cv2.imwrite(
        str(target), cv2.warpAffine(image, turn, (width, height), borderValue=(110, 110, 110))
    )
    return target


@pytest.mark.parametrize("degrees", [135, 180, 225])
@pytest.mark.parametrize("picture", [ANA, BEN, CHO], ids=["ana", "ben", "cho"])
def test_a_picture_upside_down_shows_who_it_shows(
    networks: Networks, tmp_path: Path, picture: Path, degrees: int
) -> None:
    upright = read_portrait(picture, "picture", networks, lead=1)
    turned = read_portrait(
        _turned(picture, degrees, tmp_path / "turned.png"), "picture", networks, lead=1
    )
    assert np.linalg.norm(turned.identity - upright.identity) < 0.15
    brow, chin = turned.points[9], turned.points[152]
    down = chin[:2] - brow[:2]
    angle = np.degrees(np.arctan2(down[0], down[1]))
    assert abs((angle - degrees + 180) % 360 - 180) < 12


def test_a_head_that_hangs_down_in_a_video_is_followed_as_who_it_is(networks: Networks) -> None:
    ana = read_portrait(ANA, "ana", networks, lead=1).identity
    images = [np.ascontiguousarray(image[::-1, ::-1]) for image in images_of(CLIP, 8)]
    analysis = analyse(map(Frame.of, images), networks)
    [chosen] = select(analysis.tracks, ana)
    assert chosen.frames == range(8)
    assert chosen.points[0][152, 1] < chosen.points[0][9, 1]
