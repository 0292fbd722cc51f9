"""Refusals name the cause in people's words, and in words that a client takes for an error of the input."""

import struct
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from faceswap.provider.modelslab.errors import error_class
from local.provider.engine.arrays import Image
from local.provider.engine.errors import (
    NoFaceError,
    PersonNotFoundError,
    SeveralFacesError,
    UnreadableImageError,
    UnreadableVideoError,
    UnwritableVideoError,
)
from local.provider.engine.inspection import inspecting
from local.provider.engine.pictures import read_picture
from local.provider.engine.probe import probe
from tests.support.clips import write_video
from tests.support.recordings import (
    picture_track,
    put_beep,
    put_pictures,
    sound_track,
    with_box_in_entry,
)

PLAIN: list[Image] = [np.full((96, 128, 3), 40 * i, np.uint8) for i in range(5)]


def _refusal(video: Path) -> str:
    with pytest.raises(UnreadableVideoError) as caught, inspecting(video) as facts:
        facts()
    return caught.value.reason


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic", "HEIC"),
        (struct.pack(">I", 24) + b"ftypmif1" + bytes(4) + b"mif1heic", "HEIC"),
        (struct.pack(">I", 24) + b"ftypmif1" + bytes(4) + b"mif1avif", "AVIF"),
        (struct.pack(">I", 24) + b"ftypavif" + bytes(4) + b"mif1miaf", "AVIF"),
        (struct.pack(">I", 24) + b"ftypavis" + bytes(4) + b"msf1miaf", "AVIF"),
        (struct.pack(">I", 24) + b"ftypmsf1" + bytes(4) + b"mif1hevc", "HEIC"),
        (b"\xff\xd8\xff\xe0" + bytes(12), "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(12), "PNG"),
        (b"RIFF" + bytes(4) + b"WEBPVP8 ", "WebP"),
    ],
)
def test_a_photo_is_called_a_photo(tmp_path: Path, start: bytes, kind: str) -> None:
    video = tmp_path / "video.mov"
    video.write_bytes(start + bytes(1000))
    assert _refusal(video) == f"it is a photo ({kind}), not a video"


@pytest.mark.parametrize("entry", [b"encv", b"drmi"])
def test_a_protected_file_is_called_so(tmp_path: Path, entry: bytes) -> None:
    video = tmp_path / "rental.mp4"
    write_video(video, PLAIN)
    data = video.read_bytes()
    at = data.rindex(b"avc1")
    video.write_bytes(data[:at] + entry + data[at + 4 :])
    assert _refusal(video) == "it is protected (encrypted)"


def test_what_protection_leaves_in_an_entry_is_enough(tmp_path: Path) -> None:
    video = tmp_path / "rental.mp4"
    write_video(video, PLAIN)
    inner = struct.pack(">I", 12) + b"frmaavc1"
    with_box_in_entry(video, struct.pack(">I", 8 + len(inner)) + b"sinf" + inner)
    assert _refusal(video) == "it is protected (encrypted)"


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.8])
@pytest.mark.parametrize("kind", ["matroska", "mp4"])
def test_a_file_that_breaks_off_is_incomplete(tmp_path: Path, kind: str, kept: float) -> None:
    video = tmp_path / "video"
    write_video(video, PLAIN * 4, kind=kind)
    video.write_bytes(video.read_bytes()[: int(video.stat().st_size * kept)])
    assert "incomplete" in _refusal(video)


def test_a_file_that_breaks_off_in_its_index_is_incomplete(tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    with av.open(str(video), "w", options={"movflags": "faststart"}) as target:
        put_pictures(target, picture_track(target, PLAIN), PLAIN)
    data = video.read_bytes()
    video.write_bytes(data[: data.index(b"stsc") + 8])
    assert _refusal(video) == "it is incomplete"


def test_codecs_are_called_by_their_names(tmp_path: Path) -> None:
    video = tmp_path / "video.mkv"
    with av.open(str(video), "w", format="matroska") as target:
        put_pictures(target, picture_track(target, PLAIN, "ffv1"), PLAIN)
    assert _refusal(video) == "its picture codec (FFV1) is not taken"


def test_a_codec_that_few_know_is_not_called_by_its_decoder(tmp_path: Path) -> None:
    video = tmp_path / "video.mov"
    with av.open(str(video), "w") as target:
        picture = picture_track(target, PLAIN)
        sound = sound_track(target, "adpcm_ima_qt")
        put_pictures(target, picture, PLAIN)
        put_beep(target, sound)
    assert probe(video).notes == ("the sound (ADPCM) was made AAC",)


def test_pictures_say_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    for content, words in [
        (struct.pack(">I", 24) + b"ftypheic" + bytes(12), "HEIC"),
        (struct.pack(">I", 24) + b"ftypisom" + bytes(12), "it is a video"),
        (b"\x1aE\xdf\xa3" + bytes(50), "it is a video"),
        (b"\xff\xd8\xff\xe0", "incomplete"),
        (b"%PDF-1.4", "it is not a PNG, JPEG or WebP picture"),
    ]:
        path.write_bytes(content)
        with pytest.raises(UnreadableImageError, match=words):
            read_picture(path, "picture")


def test_too_many_pixels_say_how_many_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    cv2.imwrite(str(path), np.zeros((6000, 8000), np.uint8))
    with pytest.raises(UnreadableImageError, match="at most 40 megapixels"):
        read_picture(path, "picture")


@pytest.mark.parametrize(
    "error",
    [
        UnreadableVideoError("it is protected (encrypted)"),
        UnreadableVideoError("it is longer than 60 s"),
        UnreadableImageError("source picture (init_image)", "it is incomplete"),
        NoFaceError("source picture (init_image)"),
        SeveralFacesError("reference picture (reference_image)", 2),
        PersonNotFoundError(),
    ],
)
def test_a_client_takes_a_refusal_for_an_error_of_the_input(error: Exception) -> None:
    assert error_class(200, f"Processing failed: {error}", about_fields=False) == "input"


def test_a_fault_of_the_writer_is_no_error_of_the_input() -> None:
    assert error_class(200, str(UnwritableVideoError()), about_fields=False) != "input"
