"""The engine's pure parts: who is chosen, how points calm, what is in front."""

import hashlib
import re

import cv2
import numpy as np
import pytest

from local.provider.engine.arrays import Doubles, Floats, Image, floats
from local.provider.engine.face_map import SIZE, SKIN
from local.provider.engine.geometry import fit_similarity, triangle_affines, triangle_map
from local.provider.engine.identity import Sighting
from local.provider.engine.models import FACE_TOPOLOGY
from local.provider.engine.occlusion import OcclusionModel
from local.provider.engine.selection import select
from local.provider.engine.smoothing import smooth
from local.provider.engine.topology import CANONICAL
from local.provider.engine.tracks import Track

PERSON = floats(np.zeros(128))


def _face(x: float = 0) -> Doubles:
    return np.asarray(CANONICAL * 100 + np.array([x, 0, 0]), np.float64)


def _track(first: int, frames: int, far: float = 0.1, x: float = 0) -> Track:
    embedding: Floats = floats(np.eye(1, 128)[0] * far)
    faces = [_face(x) for _ in range(frames)]
    return Track(first, list(faces), sightings=[Sighting(embedding, 1.0)])


def test_every_track_of_the_person_is_chosen_closest_first() -> None:
    closest, close, later = _track(0, 10, 0.2), _track(5, 10, 0.3), _track(12, 10, 0.4)
    assert select([close, later, closest], PERSON) == [closest, close, later]


def test_strangers_are_not_chosen() -> None:
    assert select([_track(0, 10, 0.46)], PERSON) == []
    assert select([], PERSON) == []


def test_sightings_count_by_their_weight() -> None:
    track = _track(0, 10, 0.9)
    track.sightings.append(Sighting(PERSON, 9.0))
    assert select([track], PERSON) == [track]


def test_smoothing_calms_noise_and_does_not_lag_behind_a_movement() -> None:
    noise = np.random.default_rng(1).normal(0, 0.5, (30, *CANONICAL.shape))
    moving = [_face(x=3.0 * frame) for frame in range(30)]
    shaken = [face + shake for face, shake in zip(moving, noise, strict=True)]
    calmed = np.array([posture.points for posture in smooth(shaken)])
    off_before = np.abs(np.array(shaken) - moving)[5:-5].mean()
    off_after = np.abs(calmed - moving)[5:-5].mean()
    assert off_after < 0.6 * off_before


def test_a_similarity_is_found_again() -> None:
    turn = np.array([[0.6, -0.8, 0], [0.8, 0.6, 0], [0, 0, 1.0]])
    found = fit_similarity(CANONICAL, 3 * CANONICAL @ turn.T + [1, 2, 3])
    assert found.scale == pytest.approx(3)
    assert found.rotation == pytest.approx(turn)
    assert found.shift == pytest.approx([1, 2, 3])


def test_an_affine_takes_a_destination_pixel_to_its_source_pixel() -> None:
    source = np.array([[[0.0, 0.0], [10.0, 0.0], [0.0, 20.0]]])
    destination = np.array([[[5.0, 5.0], [6.0, 5.0], [5.0, 6.0]]])
    [affine] = triangle_affines(source, destination)
    assert affine @ [5.5, 5.5, 1] == pytest.approx([5, 10])
    [flat] = triangle_affines(source + 7, np.zeros((1, 3, 2)))
    assert not flat.any()


def test_the_nearer_triangle_hides_the_farther() -> None:
    corners = np.array([[[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]]] * 2)
    seen = triangle_map(corners, np.array([-1.0, 1.0]), (24, 24))
    assert seen[3, 3] == 0
    assert seen[23, 23] == -1


def test_what_departs_from_the_usual_look_is_in_front() -> None:
    generator = np.random.default_rng(2)
    usual = np.full((SIZE, SIZE, 3), (150, 150, 110), np.uint8)
    looks = [usual + generator.integers(0, 4, usual.shape, np.uint8) for _ in range(8)]
    model = OcclusionModel(looks)
    hidden = looks[0].copy()
    cv2.rectangle(hidden, (20, 40), (50, 70), (40, 90, 190), cv2.FILLED)
    assert model.covered(looks[1]).max() == 0
    covered = model.covered(hidden)
    assert covered[45:65, 25:45][SKIN[45:65, 25:45]].min() > 0.9
    assert covered[40:70, 70:90][SKIN[40:70, 70:90]].max() < 0.1


def _faces() -> list[Image]:
    """The same face with brows and a nose, in a little noise."""
    generator = np.random.default_rng(2)
    face = np.full((SIZE, SIZE, 3), (150, 150, 110), np.uint8)
    for left, top, right, bottom in ((18, 26, 42, 31), (54, 26, 78, 31), (43, 50, 52, 56)):
        cv2.rectangle(face, (left, top), (right, bottom), (90, 146, 114), cv2.FILLED)
    return [face + generator.integers(0, 4, face.shape, np.uint8) for _ in range(8)]


def test_a_dark_card_over_most_of_a_face_is_no_darker_light() -> None:
    model = OcclusionModel(_faces())
    half = _faces()[0]
    half[:, :70] = (30, 150, 110)
    covered = model.covered(half)
    assert covered[40:60, 20:60][SKIN[40:60, 20:60]].min() > 0.9
    assert covered[40:60, 78:][SKIN[40:60, 78:]].max() < 0.1
    dim = (np.stack(_faces()) * [0.92, 1, 1]).astype(np.uint8)
    assert max(model.covered(face).max() for face in dim) == 0


@pytest.mark.parametrize("colour", [(150, 150, 110), (20, 128, 128)], ids=["skin", "black"])
def test_nothing_is_painted_on_what_hides_a_whole_face(colour: tuple[int, int, int]) -> None:
    model = OcclusionModel(_faces())
    card = np.full((SIZE, SIZE, 3), colour, np.uint8)
    assert model.covered(card, hidden=True).min() == 1
    assert model.covered(_faces()[0], hidden=True).max() == 0


def test_the_models_are_those_of_the_notice() -> None:
    folder = FACE_TOPOLOGY.parent
    noted = re.findall(
        r"^\| `(\S+)` .* `([0-9a-f]{64})` \|$", (folder / "NOTICE.md").read_text(), re.MULTILINE
    )
    found = [(name, hashlib.sha256((folder / name).read_bytes()).hexdigest()) for name, _ in noted]
    assert len(noted) == 4
    assert found == noted
