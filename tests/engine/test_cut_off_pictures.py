"""What is refused before a job is paid and what the provider refuses are the same pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from faceswap.rules.inspection import fault_of
from local.provider.engine.errors import UnreadableImageError
from local.provider.engine.pictures import read_picture

SOURCE = np.random.default_rng(1).integers(0, 256, (300, 300, 3), np.uint8)
KINDS: dict[str, tuple[str, list[int]]] = {
    "PNG": (".png", []),
    "JPEG": (".jpg", []),
    "progressive JPEG": (".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
    "lossy WebP": (".webp", [cv2.IMWRITE_WEBP_QUALITY, 80]),
    "lossless WebP": (".webp", []),
}


def _passes(content: bytes, suffix: str) -> bool:
    def read(at: int, count: int) -> bytes:
        return content[at : at + count]

    return fault_of(read, len(content), "init_image", suffix.removeprefix("."), 60) is None


def _is_taken(content: bytes, file: Path) -> bool:
    file.write_bytes(content)
    try:
        read_picture(file, "The picture")
    except UnreadableImageError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_was_cut_off_is_refused_by_both(kind: str, tmp_path: Path) -> None:
    suffix, how = KINDS[kind]
    whole = cv2.imencode(suffix, SOURCE, how)[1].tobytes()
    kept = [len(whole) * part // 10 for part in (1, 5, 9)]
    kept += [len(whole) - missing for missing in (1, 2, 12, 20)]

    for content in (whole[:length] for length in kept):
        assert not _passes(content, suffix)
        assert not _is_taken(content, tmp_path / "picture")
    for content in (whole, whole + b"old pixels" * 500):
        assert _passes(content, suffix)
        assert _is_taken(content, tmp_path / "picture")


def test_a_jpeg_filled_up_with_zeros_in_place_of_its_end_is_taken_by_both(tmp_path: Path) -> None:
    content = cv2.imencode(".jpg", SOURCE)[1].tobytes()[:-2] + bytes(3000)
    assert _passes(content, ".jpg")
    assert _is_taken(content, tmp_path / "picture")
