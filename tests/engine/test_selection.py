"""Who counts as the referenced person, measured on all pairs of the cast and decided by rule."""

from pathlib import Path

import pytest

from local.provider.engine.analysis import Analysis, analyse
from local.provider.engine.frames import Frame
from local.provider.engine.identity import distance
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import read_portrait
from local.provider.engine.selection import LIKELY_PERSON, SAME_PERSON, is_person, select
from tests.support.clips import ANA, BEN, CHO, CLIP, images_of


@pytest.fixture(scope="module")
def analysis(networks: Networks) -> Analysis:
    """The clip's first two seconds: ana on the left, ben on the right."""
    return analyse(map(Frame.of, images_of(CLIP, 50)[::2]), networks)


@pytest.mark.parametrize(("picture", "left"), [(ANA, True), (BEN, False)], ids=["ana", "ben"])
def test_a_person_in_the_clip_is_found_with_room_to_spare(
    networks: Networks, analysis: Analysis, picture: Path, left: bool
) -> None:
    identity = read_portrait(picture, "picture", networks, lead=1).identity
    [chosen] = select(analysis.tracks, identity)
    assert (chosen.points[0][0, 0] < 320) == left
    assert distance(chosen.sightings, identity) < SAME_PERSON - 0.1
    for other in analysis.tracks:
        if other is not chosen:
            assert distance(other.sightings, identity) > SAME_PERSON + 0.2


def test_a_person_who_is_not_in_the_clip_is_nobody_there(
    networks: Networks, analysis: Analysis
) -> None:
    identity = read_portrait(CHO, "picture", networks, lead=1).identity
    distances = [distance(track.sightings, identity) for track in analysis.tracks]
    assert min(distances) < 0.6
    assert min(distances) > SAME_PERSON
    assert select(analysis.tracks, identity) == []


@pytest.mark.parametrize(
    ("far", "beside", "is_one"),
    [
        (SAME_PERSON, [], True),
        (SAME_PERSON, [0.5], True),
        (SAME_PERSON + 0.01, [], False),
        (SAME_PERSON + 0.01, [0.7], True),
        (SAME_PERSON + 0.01, [0.55, 0.9], False),
        (LIKELY_PERSON + 0.01, [0.9], False),
    ],
)
def test_in_doubt_everybody_else_has_to_be_clearly_farther(
    far: float, beside: list[float], is_one: bool
) -> None:
    assert is_person(far, beside) == is_one
