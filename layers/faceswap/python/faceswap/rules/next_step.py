"""What the state machine does next with a job: the answer of the Submit and Collect tasks."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from faceswap.rules.times import to_text

TIME_TO_ACT = timedelta(minutes=15)
"""How long starting an execution, or one of its tasks, may take."""
_TIME_TO_SUBMIT = timedelta(minutes=3)


class NextStep(BaseModel):
    """The next state.

    `wait`: poll after `poll_after` seconds, or at once if the job's count of wake-ups is no longer the `wakeup_count`
    that was read first; from `due_at` on the sweep may take it that the execution is dead. `submit` and `done` need
    none of them.
    """

    next: Literal["wait", "submit", "done"]
    poll_after: int | None = None
    wakeup_count: int | None = None
    due_at: str | None = None


def wait(poll_after: int, wakeup_count: int, now: datetime, due_at: datetime | None) -> NextStep:
    """Wait for so many seconds from now on, or for a wake-up.

    A job that is due later than that anyway stays so: each other moment is another write in the index.
    """
    back = now + timedelta(seconds=poll_after)
    if due_at is None or due_at < back + _TIME_TO_SUBMIT:
        due_at = back + TIME_TO_ACT
    return NextStep(
        next="wait", poll_after=poll_after, wakeup_count=wakeup_count, due_at=to_text(due_at)
    )
