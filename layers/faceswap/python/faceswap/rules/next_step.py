"""What the state machine does next with a job: the answer of the Submit and Collect tasks."""

from typing import Literal

from pydantic import BaseModel


class NextStep(BaseModel):
    """The next state.

    `wait`: poll after `poll_after` seconds, or at once if there was a wake-up that is not among those `seen` before.
    Submit's `submit` and everybody's `done` need no time.
    """

    next: Literal["wait", "submit", "done"]
    poll_after: int | None = None
    seen: int | None = None
