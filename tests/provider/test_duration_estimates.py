"""How long jobs take: what is measured, and what follows for those in line."""

from hypothesis import given
from hypothesis import strategies as st

from local.provider.duration_estimates import LAST, UNMEASURED, DurationEstimate, measured, wait


def test_without_jobs_there_is_a_guess() -> None:
    assert measured([]) == measured([(0, 5.0)]) == UNMEASURED
    assert wait([], UNMEASURED.seconds(), 2) == 15


def test_the_cost_of_a_frame_is_that_of_all_frames_and_the_usual_length_the_middle_one() -> None:
    cost = measured([(100, 10.0), (300, 20.0), (200, 30.0)])
    assert cost == DurationEstimate(frames=200, seconds_per_frame=0.1)
    assert cost.seconds() == 20
    assert cost.seconds(50) == 5


def test_only_the_last_jobs_are_looked_at() -> None:
    assert measured([(10, 1000.0)] + [(100, 10.0)] * LAST) == DurationEstimate(100, 0.1)


def test_two_at_once_halve_the_line() -> None:
    ahead: list[float] = []
    etas = []
    for _ in range(5):
        etas.append(wait(ahead, 10, at_once=2))
        ahead.append(10)
    assert etas == [10, 10, 20, 20, 30]
    assert wait([10, 1, 1], 5, at_once=2) == 7


@given(st.lists(st.floats(0, 1e6), max_size=20), st.floats(0, 1e6), st.integers(1, 8))
def test_more_places_never_make_it_longer(ahead: list[float], own: float, at_once: int) -> None:
    here = wait(ahead, own, at_once)
    assert here >= 1
    assert here >= own
    assert wait(ahead, own, at_once + 1) <= here
    assert here <= sum(ahead) + own + 1
