"""Pictures in which the network sees no face at first sight, and people do; or the reason why not."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import Image
from local.provider.engine.errors import NoFaceError, UnreadableImageError
from local.provider.engine.networks import Networks
from local.provider.engine.pictures import read_picture
from local.provider.engine.portrait import read_portrait
from tests.support.clips import BEN, CHO


def _written(path: Path, image: Image) -> Path:
    cv2.imwrite(str(path), image)
    return path


def _distance(path: Path, networks: Networks) -> float:
    alone = read_portrait(CHO, "picture", networks, lead=1).identity
    return float(np.linalg.norm(read_portrait(path, "picture", networks, lead=1).identity - alone))


def _eyes_to_mouth(networks: Networks) -> Image:
    portrait = read_portrait(CHO, "picture", networks, lead=1)
    points = portrait.points
    left, right = int(points[:, 0].min()), int(points[:, 0].max())
    top, bottom = int(points[105, 1]) - 12, int(points[17, 1]) + 12
    inset = (right - left) // 9
    return portrait.image[top:bottom, left + inset : right - inset]


def _in_a_large_picture(width: int, height: int, face: float) -> Image:
    image = np.full((height, width, 3), (100, 110, 90), np.uint8)
    small = cv2.resize(read_picture(CHO, "picture"), None, fx=face, fy=face)
    top, left = height // 3, width // 2
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image


def test_eyes_to_mouth_are_a_face(networks: Networks, tmp_path: Path) -> None:
    tight = _written(tmp_path / "tight.png", _eyes_to_mouth(networks))
    assert _distance(tight, networks) < 0.3


def test_a_small_face_in_a_large_picture_is_found_at_its_full_size(
    networks: Networks, tmp_path: Path
) -> None:
    large = _written(tmp_path / "large.jpg", _in_a_large_picture(4000, 3000, 0.35))
    portrait = read_portrait(large, "picture", networks, lead=1)
    assert np.ptp(portrait.points[:, 0]) > 60
    assert _distance(large, networks) < 0.3


def test_a_face_that_is_too_small_is_called_so(networks: Networks, tmp_path: Path) -> None:
    tiny = _written(tmp_path / "tiny.png", _in_a_large_picture(600, 400, 0.09))
    with pytest.raises(NoFaceError, match="too small"):
        read_portrait(tiny, "picture", networks, lead=1)


def test_who_is_hidden_under_transparency_is_not_there(networks: Networks, tmp_path: Path) -> None:
    cho, ben = read_picture(CHO, "picture"), read_picture(BEN, "picture")
    height = min(len(cho), len(ben))
    both = np.hstack([cho[:height], ben[:height]])
    shown = np.zeros(both.shape[:2], np.uint8)
    shown[:, : cho.shape[1]] = 255
    hidden = _written(tmp_path / "hidden.png", np.dstack([both, shown]))
    assert _distance(hidden, networks) < 0.1


def test_transparency_is_turned_with_its_picture(tmp_path: Path) -> None:
    image = np.full((20, 30, 4), 255, np.uint8)
    image[:5, :5] = (10, 20, 250, 0)
    exif = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00" + bytes(6)
    _, data = cv2.imencodeWithMetadata(
        ".png", image, [cv2.IMAGE_METADATA_EXIF], [np.frombuffer(exif, np.uint8)]
    )
    path = tmp_path / "turned.png"
    path.write_bytes(data.tobytes())
    read = read_picture(path, "picture")
    assert read.shape == (30, 20, 3)
    assert read[2, 17].tolist() == [127, 127, 127]
    assert read[2, 2].tolist() == read[27, 2].tolist() == [255, 255, 255]


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_jpeg_that_breaks_off_is_incomplete(tmp_path: Path, share: float) -> None:
    _, data = cv2.imencode(".jpg", read_picture(CHO, "picture"))
    path = tmp_path / "cut.jpg"
    path.write_bytes(data.tobytes()[: int(len(data) * share)])
    with pytest.raises(UnreadableImageError, match="incomplete"):
        read_picture(path, "picture")


def test_a_jpeg_with_something_behind_it_is_whole(tmp_path: Path) -> None:
    _, data = cv2.imencode(".jpg", np.full((60, 60, 3), 90, np.uint8))
    path = tmp_path / "motion.jpg"
    path.write_bytes(data.tobytes() + bytes(range(100)) * 50)
    assert read_picture(path, "picture").shape == (60, 60, 3)
