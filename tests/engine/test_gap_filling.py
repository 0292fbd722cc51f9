"""A short gap is closed, unless the face may have been elsewhere or somebody else stands there."""

import numpy as np
import pytest

from local.provider.engine.analysis import Analysis
from local.provider.engine.gap_filling import bridge
from local.provider.engine.topology import CANONICAL
from local.provider.engine.tracks import Track

MIDDLE = np.array([320, 180, 0])


def _track(first: int, frames: int, x: float = 0) -> Track:
    return Track(first, [CANONICAL * 100 + MIDDLE + [x, 0, 0]] * frames)


def _analysis(*tracks: Track, cuts: tuple[int, ...] = ()) -> Analysis:
    return Analysis(list(tracks), list(cuts), 60, (360, 640))


def test_a_short_gap_is_closed_evenly() -> None:
    before, after = _track(0, 10), _track(14, 5, x=20)
    [joined] = bridge([after, before], _analysis(before, after))
    assert joined.frames == range(19)
    places = [float(points[0, 0]) for points in joined.points[9:15]]
    assert np.diff(places) == pytest.approx([4] * 5)


@pytest.mark.parametrize(
    ("later", "cuts"),
    [(_track(40, 5), ()), (_track(14, 5), (12,)), (_track(14, 5, x=300), ())],
    ids=["too long", "a cut between", "too far away"],
)
def test_other_gaps_stay(later: Track, cuts: tuple[int, ...]) -> None:
    before = _track(0, 10)
    assert len(bridge([before, later], _analysis(before, later, cuts=cuts))) == 2


def test_who_left_the_picture_was_not_at_its_rim_meanwhile() -> None:
    before, after = _track(0, 10, x=-300), _track(14, 5, x=-295)
    assert len(bridge([before, after], _analysis(before, after))) == 2


@pytest.mark.parametrize(
    ("stranger", "pieces"),
    [(_track(0, 30, x=30), 2), (_track(11, 30, x=30), 2), (_track(0, 30, x=250), 1)],
    ids=["passing", "appearing", "far away"],
)
def test_a_gap_is_not_closed_over_somebody_elses_face(stranger: Track, pieces: int) -> None:
    before, after = _track(0, 10), _track(14, 5)
    assert len(bridge([before, after], _analysis(before, after, stranger))) == pieces


@pytest.mark.parametrize(
    ("other", "pieces"),
    [(_track(6, 12, x=250), 3), (_track(0, 30, x=250), 2)],
    ids=["a shot that was faded in and out", "a photograph on the wall"],
)
def test_a_gap_is_not_closed_over_another_shot_of_the_person(other: Track, pieces: int) -> None:
    before, after = _track(0, 10), _track(14, 10)
    tracks = [before, other, after]
    assert len(bridge(tracks, _analysis(*tracks))) == pieces


def test_where_the_face_was_not_found_is_remembered() -> None:
    before, after, last = _track(0, 10), _track(14, 5), _track(21, 5)
    [joined] = bridge([before, after, last], _analysis(before, after, last))
    assert joined.hidden == {10, 11, 12, 13, 19, 20}
