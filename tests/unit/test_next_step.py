"""What the state machine is told to do next, and when the sweep may take it that it is dead."""

from datetime import datetime, timedelta

import pytest

from faceswap.rules.next_step import TIME_TO_ACT, NextStep, wait
from tests.support.samples import START


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_starting_an_execution_may_take_15_minutes() -> None:
    assert timedelta(minutes=15) == TIME_TO_ACT


@pytest.mark.parametrize(
    ("due_at", "then"),
    [
        (None, "2026-01-31T09:55:00.000Z"),
        # Less than three minutes behind the time-out.
        (at(12.9), "2026-01-31T09:55:00.000Z"),
        (at(-1), "2026-01-31T09:55:00.000Z"),
        # Late enough: a write is saved.
        (at(13), "2026-01-31T09:43:00.000Z"),
        (at(600), "2026-01-31T19:30:00.000Z"),
    ],
)
def test_who_waits_is_due_15_minutes_after_the_time_out_or_later_if_he_was_anyway(
    due_at: datetime | None, then: str
) -> None:
    """Started at 09:30, to poll after ten minutes."""
    assert wait(600, 7, START, due_at) == NextStep(
        next="wait", poll_after=600, wakeup_count=7, due_at=then
    )
