"""Who is who stays clear when people leave, return, cross, and when the scene is cut."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from local.provider.engine.analysis import analyse
from local.provider.engine.arrays import Floats, Image
from local.provider.engine.frames import Frame
from local.provider.engine.gap_filling import bridge
from local.provider.engine.identity import distance
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import read_portrait
from local.provider.engine.selection import select
from local.provider.engine.swapping import swap
from tests.support.clips import ANA, ANA_FACE, CHO, CLIP, images_of, person, scene, write_video

ANA_PART, BEN_PART = slice(60, 290), slice(380, 610)


@pytest.fixture(scope="module")
def ana(networks: Networks) -> Floats:
    return read_portrait(ANA, "ana", networks, lead=1).identity


@pytest.fixture(scope="module")
def people() -> tuple[list[Image], list[Image]]:
    """Ana and ben, frame by frame."""
    images = images_of(CLIP, 48)
    return [person(i, ANA_PART) for i in images], [person(i, BEN_PART) for i in images]


def _chosen(images: Sequence[Image], networks: Networks, who: Floats) -> dict[int, float]:
    """In which frames a person is replaced, and where the face's middle then lies."""
    analysis = analyse(map(Frame.of, images), networks)
    tracks = bridge(select(analysis.tracks, who), analysis)
    return {
        number: float(points[:, 0].mean())
        for track in tracks
        for number, points in zip(track.frames, track.points, strict=True)
    }


def test_a_face_that_leaves_and_returns_is_the_same_person(
    networks: Networks, ana: Floats, people: tuple[list[Image], list[Image]]
) -> None:
    lefts = [*np.linspace(20, -200, 12), *[-200] * 6, *np.linspace(-200, 60, 14)]
    images = [
        scene([(a, int(left)), (b, 420)])
        for a, b, left in zip(people[0], people[1], lefts, strict=False)
    ]
    places = _chosen(images, networks, ana)
    assert {0, 1, 2, 3, 29, 30, 31} <= places.keys()
    assert not places.keys() & set(range(11, 19))
    assert max(places.values()) < 250


@pytest.mark.parametrize("in_front", ["ana", "ben"])
def test_two_people_who_cross_stay_who_they_are(
    networks: Networks, ana: Floats, people: tuple[list[Image], list[Image]], in_front: str
) -> None:
    lefts = np.linspace(0, 410, 40)
    rights = np.linspace(410, 0, 40)
    images = []
    for number in range(40):
        both = [(people[0][number], int(lefts[number])), (people[1][number], int(rights[number]))]
        images.append(scene(both if in_front == "ben" else both[::-1]))

    places = _chosen(images, networks, ana)

    assert {*range(12), *range(30, 40)} <= places.keys()
    for number, place in places.items():
        assert abs(place - (lefts[number] + 120)) < 50
    hidden = set(range(18, 22))
    assert hidden <= places.keys() if in_front == "ana" else not hidden & places.keys()


def test_after_a_hard_cut_nobody_is_swapped_where_somebody_else_was(
    networks: Networks, ana: Floats, people: tuple[list[Image], list[Image]]
) -> None:
    before = [
        scene([(a, 60), (b, 380)]) for a, b in zip(people[0][:12], people[1][:12], strict=True)
    ]
    after = [
        255 - (255 - scene([(b, 60), (a, 380)])) // 3
        for a, b in zip(people[0][12:24], people[1][12:24], strict=True)
    ]
    places = _chosen(before + after, networks, ana)
    assert list(places) == list(range(24))
    assert max(places[number] for number in range(12)) < 250
    assert min(places[number] for number in range(12, 24)) > 400


def test_a_cut_too_soft_to_see_is_noticed_by_who_is_there(
    networks: Networks, ana: Floats, people: tuple[list[Image], list[Image]]
) -> None:
    before = [scene([(a, 200)]) for a in people[0][:17]]
    after = [scene([(b, 205)]) for b in people[1][17:32]]
    analysis = analyse(map(Frame.of, before + after), networks)
    [chosen] = select(analysis.tracks, ana)
    assert chosen.frames == range(17)
    assert all(
        distance(track.sightings, ana) > 0.6 for track in analysis.tracks if track is not chosen
    )


def test_a_flash_between_two_cuts_shows_the_new_face_too(tmp_path: Path) -> None:
    images = images_of(CLIP, 15)
    images[7] = np.clip(images[7] * 1.6, 0, 255).astype(np.uint8)
    video, output = tmp_path / "video.mp4", tmp_path / "output.mp4"
    write_video(video, images, crf=10)
    assert swap(video, CHO, ANA, output, watermark=False).swapped_frames == 15
    changes = [
        np.abs(new[ANA_FACE].astype(int) - old[ANA_FACE]).mean()
        for new, old in zip(images_of(output), images_of(video), strict=True)
    ]
    assert min(changes) > 0.6 * np.median(changes)
