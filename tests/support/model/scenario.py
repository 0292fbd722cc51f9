"""The state machine of one job, as `statemachine/job_lifecycle.asl.json` draws it, one transition at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from faceswap.rules.next_step import NextStep
from tests.fakes import FakeJobs
from tests.support.model.tasks import Task

State = Literal["submit", "collect", "wait", "asleep", "pause", "done", "killed"]
_PAUSE = 60
_MARGIN = timedelta(minutes=15)


@dataclass
class Execution:
    """Where one job's execution stands. In `submit` and `collect` it waits for its task."""

    job_id: str
    jobs: FakeJobs
    submit: Callable[[], object]
    collect: Callable[[bool], object]
    """Told whether the task before it failed."""
    respects_seen: bool = True
    number: int = 1
    state: State = "submit"
    task: Task | None = None
    token: str = ""
    wakeup_count: int = 0
    until: datetime | None = None
    _poll_after: int = 0
    _slept: int = 0
    _paused: bool = False

    def proceed(self, now: datetime) -> Task | None:
        """Make the next transition that can be made; a task that begins by it is returned."""
        if self.state in {"asleep", "pause"}:
            if self.until and now >= self.until:
                self._paused = self.state == "pause"
                self.state = "collect"
        elif self.state == "wait":
            self._fall_asleep(now)
        elif self.state in {"submit", "collect"}:
            if self.task is None:
                paused, self._paused = self._paused, False
                run = self.submit if self.state == "submit" else lambda: self.collect(paused)
                self.task = Task(self.state, run)
                return self.task
            if self.task.is_over:
                self._take(self.task.answer, now)
                self.task = None
        return None

    def rise(self) -> None:
        """A wake-up with the right token came."""
        self.state = "collect"

    def _take(self, answer: object, now: datetime) -> None:
        if not isinstance(answer, NextStep):
            self.state, self.until = "pause", now + timedelta(seconds=_PAUSE)
            return
        self.state = answer.next
        if (
            answer.next == "wait"
            and answer.wakeup_count is not None
            and answer.poll_after is not None
        ):
            self.wakeup_count, self._poll_after = answer.wakeup_count, answer.poll_after

    def _fall_asleep(self, now: datetime) -> None:
        job = self.jobs.now[self.job_id]
        if job.closed_at or (self.respects_seen and job.wakeup_count != self.wakeup_count):
            self.state = "collect"
            return
        self._slept += 1
        self.state, self.token = "asleep", f"{self.job_id}-{self._slept}"
        self.until = now + timedelta(seconds=self._poll_after)
        self.jobs.sleep(self.job_id, self.token, self.until + _MARGIN)
