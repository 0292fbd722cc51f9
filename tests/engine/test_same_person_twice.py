"""A person who is there more than once, or in two shots that fade into each other, is replaced everywhere."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from local.provider.engine.analysis import analyse
from local.provider.engine.arrays import Floats, Image
from local.provider.engine.frames import Frame
from local.provider.engine.gap_filling import bridge
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import read_portrait
from local.provider.engine.selection import select
from local.provider.engine.swapping import swap
from tests.support.clips import ANA, CHO, CLIP, difference, images_of, person, scene, write_video

ANA_PART, BEN_PART = slice(60, 290), slice(380, 610)
# Where a face lies in each part.
FACE = (slice(60, 190), slice(50, 190))


@pytest.fixture(scope="module")
def ana(networks: Networks) -> Floats:
    return read_portrait(ANA, "ana", networks, lead=1).identity


@pytest.fixture(scope="module")
def images() -> list[Image]:
    return images_of(CLIP, 24)


def _places(images: Sequence[Image], networks: Networks, who: Floats) -> dict[int, list[float]]:
    """In which frames a person is replaced, and where each of her faces then lies, from the left."""
    analysis = analyse(map(Frame.of, images), networks)
    places: dict[int, list[float]] = {}
    for track in bridge(select(analysis.tracks, who), analysis):
        for number, points in zip(track.frames, track.points, strict=True):
            places.setdefault(number, []).append(float(points[:, 0].mean()))
    return {number: sorted(found) for number, found in places.items()}


def test_both_halves_of_a_split_screen_are_painted(tmp_path: Path, images: list[Image]) -> None:
    early, late = images[:8], images[12:20]
    shown = [
        scene([(person(a, ANA_PART), 60), (person(b, ANA_PART), 380)])
        for a, b in zip(early, late, strict=True)
    ]
    video, output = tmp_path / "duet.mp4", tmp_path / "output.mp4"
    write_video(video, shown, crf=12)
    report = swap(video, CHO, ANA, output, watermark=False)
    assert report.swapped_frames == len(shown)
    assert sum(face.replaced for face in report.faces) == 2
    after = images_of(output)
    for left in (60, 380):
        columns = slice(left + FACE[1].start, left + FACE[1].stop)
        assert difference(shown, after, (FACE[0], columns)) > 4


def test_a_photograph_on_the_wall_does_not_take_the_place_of_the_person(
    networks: Networks, ana: Floats, images: list[Image]
) -> None:
    photograph = person(images[0], ANA_PART)
    shown = [scene([(person(i, ANA_PART), 30), (photograph, 350)]) for i in images[:10]]
    places = _places(shown, networks, ana)
    assert list(places) == list(range(10))
    assert all(found[0] < 250 and found[1] > 400 for found in places.values())


def test_after_a_cross_fade_the_person_is_still_replaced(
    networks: Networks, ana: Floats, images: list[Image]
) -> None:
    first = [scene([(person(i, ANA_PART), 60), (person(i, BEN_PART), 380)]) for i in images]
    second = [scene([(person(i, BEN_PART), 60), (person(i, ANA_PART), 380)]) for i in images]
    shares = np.clip((np.arange(24) - 6) / 12, 0, 1)
    shown = [
        (a * (1 - share) + b * share).astype(np.uint8)
        for a, b, share in zip(first, second, shares, strict=True)
    ]
    places = _places(shown, networks, ana)
    assert {*range(9), *range(16, 24)} <= places.keys()
    assert all(found[0] < 250 for number, found in places.items() if number < 8)
    assert all(found[-1] > 400 for number, found in places.items() if number > 16)


def test_somebody_else_beside_two_of_the_person_stays(
    networks: Networks, ana: Floats, images: list[Image]
) -> None:
    shown = [
        scene([(person(i, BEN_PART), -60), (person(i, ANA_PART), 170), (person(i, ANA_PART), 400)])
        for i in images[:8]
    ]
    places = _places(shown, networks, ana)
    assert all(len(found) == 2 and found[0] > 200 for found in places.values())
