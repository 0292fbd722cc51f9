"""A closed eye is the target's own; an open one is not touched by that."""

import numpy as np
import pytest

from local.provider.engine.arrays import Doubles, Floats
from local.provider.engine.blink import closures, without_closed_eyes
from local.provider.engine.patch import Layout, Patch
from local.provider.engine.topology import CANONICAL, EYES

POINTS: Doubles = CANONICAL * 160 + np.array([160, 160, 0])
RIGHT, LEFT = (EYES[0], EYES[1])


def _closed(share: float, group: list[int]) -> Doubles:
    """The average face with the lids of an eye brought together by a share."""
    form = CANONICAL.copy()
    middle = form[group, 1].mean()
    form[group, 1] = middle + (form[group, 1] - middle) * (1 - share)
    return form


@pytest.mark.parametrize(("share", "closed"), [(0, 0), (0.15, 0), (0.3, 0.35), (0.45, 1), (1, 1)])
def test_an_eye_counts_as_closed_by_how_open_it_usually_is(share: float, closed: float) -> None:
    right, left = closures(_closed(share, RIGHT), CANONICAL)
    assert right == pytest.approx(closed, abs=0.12)
    assert left == 0


def test_only_the_closed_eye_is_taken_out() -> None:
    layout: Layout = Patch(POINTS, (320, 320)).lay_out()
    mask: Floats = np.ones(layout.shape, np.float32)
    shown = without_closed_eyes(mask, POINTS, [1.0, 0.0], layout)

    def at(group: list[int]) -> float:
        column, row = layout.in_cells(POINTS[group, :2].mean(0) - layout.patch.origin)
        return float(shown[round(row), round(column)])

    assert at(RIGHT) < 0.1
    assert at(LEFT) == 1
    assert shown.mean() > 0.9
    assert without_closed_eyes(mask, POINTS, [0.0, 0.0], layout) is mask
