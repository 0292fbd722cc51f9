"""A head that turns away fades to its own face; in profile nothing is painted."""

import numpy as np
import pytest

from local.provider.engine.arrays import Doubles
from local.provider.engine.frames import Frame
from local.provider.engine.geometry import Similarity
from local.provider.engine.networks import Networks
from local.provider.engine.portrait import SourceFace, read_portrait
from local.provider.engine.render import Renderer, facing
from local.provider.engine.smoothing import Posture
from local.provider.engine.topology import CANONICAL
from local.provider.engine.warp import seams, without_strays
from tests.support.clips import CHO

_GRID = np.meshgrid(np.arange(20, dtype=np.float32), np.arange(20, dtype=np.float32))
_SCALE, _PLACE = 120.0, np.array([160.0, 160.0, 0.0])


def _turned(degrees: float) -> Posture:
    angle = np.radians(degrees)
    rotation: Doubles = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    points = _SCALE * CANONICAL @ rotation.T + _PLACE
    return Posture(points, Similarity(_SCALE, rotation, _PLACE), CANONICAL)


@pytest.mark.parametrize(("degrees", "share"), [(0, 1), (39, 1), (-39, 1), (60, 0), (-85, 0)])
def test_how_much_shows_depends_on_how_far_the_head_is_turned(degrees: float, share: float) -> None:
    assert facing(_turned(degrees)) == pytest.approx(share)


def test_it_fades_evenly() -> None:
    shares = [facing(_turned(degrees)) for degrees in range(35, 65)]
    assert shares == sorted(shares, reverse=True)
    assert max(-np.diff(shares)) < 0.12


def test_less_and_less_is_changed_until_the_frame_is_left_alone(networks: Networks) -> None:
    source = SourceFace(read_portrait(CHO, "cho", networks, lead=1))
    noise = np.random.default_rng(3).integers(0, 12, (320, 320, 3), np.uint8)

    def change(degrees: float) -> float:
        frame = Frame.of(np.full((320, 320, 3), (150, 170, 205), np.uint8) + noise)
        before = frame.planes.copy()
        Renderer(source, CANONICAL, None, None).paint(frame, _turned(degrees), 1.0)
        return float(np.abs(frame.planes.astype(float) - before).mean())

    changes = [change(degrees) for degrees in (20, 48, 55, 61)]
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > 2 * changes[2] > 0
    assert changes[3] == 0


@pytest.mark.parametrize("turned", [False, True])
def test_where_one_surface_hides_another_the_target_itself_shows(turned: bool) -> None:
    across, down = (part.copy() for part in _GRID)
    assert seams(across, down).max() == 0
    across[:, 10:] += 60
    found = seams(across.T, down.T) if turned else seams(across, down)
    found = found.T if turned else found
    assert found[:, 9:11].min() > 0.9
    assert found[:, 8].max() < found[:, 9].min()
    assert found[:, :6].max() == found[:, 14:].max() == 0


def test_a_cell_that_shows_what_none_around_it_shows_shows_what_they_do() -> None:
    across, down = (part.copy() for part in _GRID)
    across[6, 9], down[6, 9] = 60, 2
    mended_across, mended_down = without_strays(across, down)
    assert abs(mended_across[6, 9] - 9) <= 1
    assert abs(mended_down[6, 9] - 6) <= 1


def test_what_is_no_stray_cell_stays() -> None:
    across, down = (part.copy() for part in _GRID)
    across[:, 10:] += 60
    mended_across, mended_down = without_strays(across, down)
    assert (mended_across == across).all()
    assert (mended_down == down).all()
