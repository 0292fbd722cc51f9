"""A followed face: where it is expected, what lies between two looks, and who keeps a face that two hold."""

import numpy as np
import pytest

from local.provider.engine.arrays import Doubles, Points
from local.provider.engine.bystanders import Bystanders
from local.provider.engine.frames import Frame
from local.provider.engine.geometry import strain
from local.provider.engine.identity import Sighting
from local.provider.engine.identity_checks import Vigilance
from local.provider.engine.meeting import drop_duplicates
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import Portrait, read_portrait
from local.provider.engine.topology import CANONICAL
from local.provider.engine.tracks import Track
from tests.support.clips import ANA, BEN


def _face(x: float = 0) -> Doubles:
    return np.asarray(CANONICAL * 100 + np.array([x, 0, 0]), np.float64)


def _places(track: Track) -> list[float]:
    return [round(float(points[0, 0] - _face()[0, 0]), 6) for points in track.points]


def test_a_moving_face_is_expected_farther_on_and_a_still_one_where_it_was() -> None:
    moving, still = Track(0, [_face(0), _face(20)]), Track(0, [_face(0), _face(1)])
    assert moving.expected() == pytest.approx(_face(40))
    assert still.expected() is still.points[-1]
    assert Track(0, [_face()]).expected() == pytest.approx(_face())


def test_frames_without_a_look_lie_evenly_between_two_looks() -> None:
    track = Track(0, [_face(0), _face(1)])
    track.coast()
    track.coast()
    assert track.last == 3
    track.settle(_face(10))
    assert _places(track) == [0, 1, 4, 7, 10]
    assert track.guessed == 0


def test_a_lost_face_ends_where_it_was_last_seen() -> None:
    track = Track(0, [_face(0), _face(1)])
    track.coast()
    track.lose()
    assert (track.last, track.alive) == (1, False)


@pytest.fixture(scope="module")
def portraits(networks: Networks) -> tuple[Portrait, Portrait]:
    ana, ben = (read_portrait(path, "picture", networks, lead=1) for path in (ANA, BEN))
    return ana, ben


def _track(portrait: Portrait, points: list[Points], times: int = 1) -> Track:
    return Track(0, points, sightings=[Sighting(portrait.identity, 1.0)] * times)


@pytest.mark.parametrize("first", ["ana", "ben"])
def test_of_two_tracks_on_one_face_the_one_whose_face_it_is_goes_on(
    networks: Networks, portraits: tuple[Portrait, Portrait], first: str
) -> None:
    ana, ben = portraits
    away = ana.points + np.array([400, 0, 0], np.float32)
    owner = _track(ana, [ana.points, ana.points])
    intruder = _track(ben, [away, ana.points + np.float32(3)])
    tracks = [owner, intruder] if first == "ana" else [intruder, owner]

    drop_duplicates(tracks, Frame.of(ana.image), networks.embedder)

    assert owner.alive
    assert len(owner.points) == 2
    assert not intruder.alive
    assert len(intruder.points) == 1


def test_two_tracks_on_two_faces_both_go_on(
    networks: Networks, portraits: tuple[Portrait, Portrait]
) -> None:
    ana, ben = portraits
    tracks = [_track(ana, [ana.points]), _track(ben, [ana.points + np.float32(300)])]
    drop_duplicates(tracks, Frame.of(ana.image), networks.embedder)
    assert all(track.alive for track in tracks)


def test_a_bystander_is_surely_somebody_else_and_stands_apart(
    portraits: tuple[Portrait, Portrait],
) -> None:
    ana, ben = portraits
    near, far = _track(ana, [_face(150)], 3), _track(ana, [_face(400)], 3)
    known, new = _track(ben, [_face()], 3), _track(ben, [_face()])
    bystanders = Bystanders(ana.identity)
    assert bystanders.includes(known, [known, far])
    assert not bystanders.includes(known, [known, near])
    assert not bystanders.includes(new, [new, far])
    assert not bystanders.includes(far, [known, far])
    assert not Bystanders(None).includes(known, [known])


def _stretched(points: Points) -> Points:
    """Points that lie on two faces: much too wide."""
    wide = points.copy()
    middle = wide[:, 0].mean()
    wide[:, 0] = middle + (wide[:, 0] - middle) * 1.6
    return wide


@pytest.mark.parametrize("shown", ["ana", "ben"])
def test_points_spread_over_somebody_elses_face_are_given_up(
    networks: Networks, portraits: tuple[Portrait, Portrait], shown: str
) -> None:
    ana, ben = portraits
    vigilance = Vigilance(networks.embedder)
    track = _track(ana, [ana.points])
    track.strains.append(strain(ana.points))
    for _ in range(7):
        track.points.append(ana.points)
        assert not vigilance.torn(track, Frame.of(ana.image))
    place = ana if shown == "ana" else ben
    own = place.points if shown == "ana" else _stretched(place.points)
    track.points.append(own)

    torn = vigilance.torn(track, Frame.of(place.image))

    assert torn == (shown == "ben")
    assert track.alive != torn
    assert len(track.points) == (8 if torn else 9)
