"""Steps that are made again when they fail."""

from itertools import pairwise

import pytest

from faceswap.usecases.retry import Retry


class Step:
    """Fails so many times, then gives 7."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.tries = 0

    def __call__(self) -> int:
        self.tries += 1
        if self.tries <= self.failures:
            raise OSError(f"try {self.tries}")
        return 7


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def retry(pauses: list[float]) -> Retry:
    return Retry(sleep=pauses.append, random=lambda: 1.0)


@pytest.mark.parametrize("failures", [0, 1, 9])
def test_a_step_that_comes_through_at_last_gives_what_it_gives(
    retry: Retry, pauses: list[float], failures: int
) -> None:
    told: list[str] = []

    assert retry.run(Step(failures), failed=lambda: told.append("failed")) == 7

    assert len(told) == len(pauses) == failures


def test_the_tenth_try_is_the_last(retry: Retry, pauses: list[float]) -> None:
    step = Step(99)

    with pytest.raises(OSError, match="try 10"):
        retry.run(step, failed=lambda: None)

    assert step.tries == 10
    assert 10 <= sum(pauses) <= 30


def test_pauses_grow_up_to_a_bound_and_are_spread(pauses: list[float]) -> None:
    Retry(sleep=pauses.append, random=lambda: 1.0).run(Step(9), failed=lambda: None)
    longest = pauses.copy()
    pauses.clear()
    Retry(sleep=pauses.append, random=lambda: 0.0).run(Step(9), failed=lambda: None)

    assert all(before <= after <= 5 for before, after in pairwise(longest))
    assert (longest[:3], longest[-1]) == ([0.1, 0.2, 0.4], 5)
    assert pauses == [each / 2 for each in longest]


def test_without_time_left_a_failure_is_raised_at_once(retry: Retry, pauses: list[float]) -> None:
    step = Step(99)

    with pytest.raises(OSError, match="try 1"):
        retry.run(
            step, failed=lambda: pytest.fail("it was not tried again"), has_time=lambda: False
        )

    assert (step.tries, pauses) == (1, [])
