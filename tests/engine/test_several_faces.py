"""A picture with several faces is used only where it is clear which one is meant."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import Image, pixels
from local.provider.engine.errors import SeveralFacesError
from local.provider.engine.networks import Networks
from local.provider.engine.pictures import read_picture
from local.provider.engine.portrait import ALONE, CLEARLY_LARGEST, read_portrait
from local.provider.engine.swapping import swap
from tests.support.clips import ANA, BEN, CHO


def _beside(path: Path, one: Path, other: Path, size: float) -> Path:
    """Two portraits in one picture, the second one `size` times as large as the first."""
    first, second = _read(one), _read(other)
    smaller = pixels(cv2.resize(second, None, fx=size, fy=size, interpolation=cv2.INTER_AREA))
    place = np.full((first.shape[0], smaller.shape[1], 3), 110, np.uint8)
    place[: smaller.shape[0]] = smaller
    cv2.imwrite(str(path), np.hstack([first, place]))
    return path


def _read(path: Path) -> Image:
    return read_picture(path, "picture")


def test_two_faces_of_one_size_leave_open_which_is_meant(
    networks: Networks, tmp_path: Path
) -> None:
    both = _beside(tmp_path / "both.png", CHO, BEN, 1)
    for lead in (CLEARLY_LARGEST, ALONE):
        with pytest.raises(SeveralFacesError, match="The picture shows 2 faces"):
            read_portrait(both, "picture", networks, lead=lead)


def test_the_clearly_largest_face_is_the_source(networks: Networks, tmp_path: Path) -> None:
    both = _beside(tmp_path / "both.png", CHO, BEN, 0.5)
    alone = read_portrait(CHO, "picture", networks, lead=CLEARLY_LARGEST).identity
    found = read_portrait(both, "picture", networks, lead=CLEARLY_LARGEST).identity
    assert np.linalg.norm(found - alone) < 0.2


def test_a_reference_with_a_second_person_is_refused(networks: Networks, tmp_path: Path) -> None:
    both = _beside(tmp_path / "both.png", ANA, BEN, 0.5)
    with pytest.raises(SeveralFacesError):
        read_portrait(both, "picture", networks, lead=ALONE)


def test_the_refusal_names_the_picture(clip: Path, tmp_path: Path) -> None:
    both = _beside(tmp_path / "both.png", ANA, BEN, 0.9)
    with pytest.raises(SeveralFacesError, match="reference_image"):
        swap(clip, CHO, both, tmp_path / "output.mp4")
    with pytest.raises(SeveralFacesError, match="init_image"):
        swap(clip, both, ANA, tmp_path / "output.mp4")
    assert not (tmp_path / "output.mp4").exists()
