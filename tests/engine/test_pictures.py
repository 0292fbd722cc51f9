"""A picture's size is known before it is decoded."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from local.provider.engine.errors import UnreadableImageError
from local.provider.engine.pictures import picture_size, read_picture


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_the_size_is_read_from_the_header(suffix: str) -> None:
    image = np.zeros((30, 70, 3), np.uint8)
    _, data = cv2.imencode(suffix, image)
    assert picture_size(data.tobytes()) == (70, 30)


def test_the_size_of_a_lossy_webp_is_read_from_the_header() -> None:
    _, data = cv2.imencode(".webp", np.zeros((30, 70, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 50])
    assert data.tobytes()[12:16] == b"VP8 "
    assert picture_size(data.tobytes()) == (70, 30)


def test_the_size_of_an_extended_webp_is_read_from_the_header() -> None:
    size = (69).to_bytes(3, "little") + (29).to_bytes(3, "little")
    data = b"RIFF" + bytes(4) + b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4) + size
    assert picture_size(data) == (70, 30)


def test_a_jpeg_with_a_comment_and_fill_bytes_is_understood() -> None:
    _, data = cv2.imencode(".jpg", np.zeros((30, 70, 3), np.uint8))
    jpeg = data.tobytes()
    comment = b"\xff\xfe" + (2 + 500).to_bytes(2, "big") + bytes(500) + b"\xff"
    assert picture_size(jpeg[:2] + comment + jpeg[2:]) == (70, 30)


def test_a_small_file_of_many_pixels_is_refused_undecoded(tmp_path: Path) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header
    bomb += struct.pack(">I", zlib.crc32(header))
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb)
    with pytest.raises(UnreadableImageError, match="30000x30000 and must be at most 40 megapixels"):
        read_picture(path, "source picture")


def test_a_picture_is_decoded_in_colour(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((20, 10), 77, np.uint8))
    image = read_picture(path, "source picture")
    assert image.shape == (20, 10, 3)
    assert (image == 77).all()
