"""Executions of the state machine, and the bus."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel

ExecutionState = Literal["running", "ended", "never started"]


class Executions(Protocol):
    """The state machine's executions, one a job."""

    def start(self, job_id: str, number: int = 1) -> None:
        """Start the job's execution of this number; one that exists already is fine."""

    def state(self, job_id: str, number: int = 1) -> ExecutionState:
        """What has become of the job's execution of this number."""

    def dead(self, since: datetime) -> Iterator[str]:
        """The jobs of executions that have ended since then other than well."""

    def wake(self, task_token: str | None) -> None:
        """Let the waiting state end; without a token, or if nobody sleeps on it any more, nothing happens."""


class Events(Protocol):
    """The stack's bus."""

    def put(self, detail_type: str, detail: BaseModel) -> None:
        """Put one event of ours on the bus."""
