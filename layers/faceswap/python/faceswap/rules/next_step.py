"""What the state machine does next with a job: the answer of the Submit and Collect tasks."""

from typing import Literal

from pydantic import BaseModel


class NextStep(BaseModel):
    """The next state.

    `wait`: poll after `poll_after` seconds, or at once if the job's count of wake-ups is no longer the `wakeup_count`
    that was read first. `submit` and `done` need neither.
    """

    next: Literal["wait", "submit", "done"]
    poll_after: int | None = None
    wakeup_count: int | None = None
