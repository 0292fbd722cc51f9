"""What lies over a face for the whole clip stays: a mask, a caption, sunglasses. Light and night are not over it."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import Image
from local.provider.engine.face_map import face_texture
from local.provider.engine.foreign import ForeignModel
from local.provider.engine.frames import Frame
from local.provider.engine.landmarks import region_of_detection, region_of_points
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import Portrait, read_portrait
from local.provider.engine.swapping import swap
from tests.support.clips import ANA, ANA_FACE, BEN, CHO, CLIP, images_of, write_video

_FRAMES = 10


def _mask(image: Image) -> None:
    cv2.rectangle(image, (115, 140), (245, 196), (228, 196, 160), -1)


def _caption(image: Image) -> None:
    cv2.rectangle(image, (60, 160), (360, 190), (0, 0, 0), -1)
    cv2.rectangle(image, (75, 170), (340, 180), (255, 255, 255), -1)


def _sunglasses(image: Image) -> None:
    cv2.rectangle(image, (115, 98), (250, 124), (18, 16, 16), -1)


def _sticker(image: Image) -> None:
    cv2.circle(image, (178, 150), 26, (30, 220, 60), -1)


@pytest.mark.parametrize(
    ("put", "kept"),
    [
        (_mask, (slice(142, 194), slice(117, 243))),
        (_caption, (slice(162, 188), slice(62, 358))),
        (_sunglasses, (slice(100, 122), slice(117, 248))),
        (_sticker, (slice(138, 162), slice(166, 190))),
    ],
    ids=["mask", "caption", "sunglasses", "sticker"],
)
def test_what_lies_over_the_face_stays_and_is_told(
    tmp_path: Path, put: Callable[[Image], None], kept: tuple[slice, slice]
) -> None:
    images = images_of(CLIP, _FRAMES)
    for image in images:
        put(image)
    video, output = tmp_path / "video.mp4", tmp_path / "output.mp4"
    write_video(video, images, crf=8)
    report = swap(video, CHO, ANA, output, watermark=False)
    assert report.swapped_frames >= _FRAMES - 2
    assert [note for note in report.notes if note.startswith("what lies over the face (frames ")]
    painted = [
        (np.abs(new[kept].astype(int) - old[kept]).max(2) > 25).mean()
        for new, old in zip(images_of(output), images_of(video), strict=True)
    ]
    assert np.mean(painted) < 0.01
    face = [
        np.abs(new[ANA_FACE].astype(int) - old[ANA_FACE]).mean()
        for new, old in zip(images_of(output), images_of(video), strict=True)
    ]
    assert np.mean(face) > 2


def _found(networks: Networks, portrait: Portrait, image: Image) -> float:
    frame = Frame.of(image)
    face = next(f for f in networks.detector.detect(image, 1) if f.box[0] < 320)
    with networks.landmarker() as landmarker:
        points, _ = landmarker.find(frame, region_of_detection(face))
        points, _ = landmarker.find(frame, region_of_points(points))
    model = ForeignModel(portrait)
    texture = face_texture(frame, points)
    assert model.examine([texture])[0]
    return float((model.covered(texture, points) > 0.5).mean())


def _shadow(image: Image) -> Image:
    share = 0.42 + 0.58 / (1 + np.exp((np.arange(image.shape[1]) - 172) / 5))
    return np.asarray(image * share[None, :, None], np.uint8)


def _night(image: Image) -> Image:
    return np.asarray(image * 0.3, np.uint8)


def _grey(image: Image) -> Image:
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None], 3, 2).astype(np.uint8)


@pytest.mark.parametrize("change", [np.array, _shadow, _night, _grey])
def test_light_and_colour_lie_over_nothing(
    networks: Networks, change: Callable[[Image], Image]
) -> None:
    portrait = read_portrait(ANA, "ana", networks, lead=1)
    for image in images_of(CLIP, 40)[::13]:
        assert _found(networks, portrait, change(image)) == 0


def test_what_the_reference_wears_is_not_missed_in_the_clip(networks: Networks) -> None:
    portrait = read_portrait(ANA, "ana", networks, lead=1)
    worn = portrait.image.copy()
    left, right = portrait.points[234, 0], portrait.points[454, 0]
    top, bottom = portrait.points[70, 1], portrait.points[230, 1]
    cv2.rectangle(worn, (int(left), int(top)), (int(right), int(bottom)), (18, 16, 16), -1)
    image = images_of(CLIP, 1)[0]
    assert _found(networks, portrait._replace(image=worn), image) < 0.02


def test_a_face_that_is_nothing_like_the_reference_is_not_compared(networks: Networks) -> None:
    ana = read_portrait(ANA, "ana", networks, lead=1)
    ben = read_portrait(BEN, "ben", networks, lead=1)
    noise = np.random.default_rng(3).integers(0, 255, ben.image.shape, np.uint8)
    texture = face_texture(Frame.of(noise), ben.points)
    assert not ForeignModel(ana).examine([texture])[0]
    assert ForeignModel(ana).examine([]) == (False, False)
