"""The state machine's executions, as whoever plays the state machine tells them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from faceswap.ports.executions import ExecutionState
from tests.fakes.calls import Before, at_once

Sleeper = tuple[str, Callable[[], None]]


class FakeExecutions:
    """Hands what it is asked to the player; without one, it only writes down who was started and woken.

    `asked` has every start that was asked for, `started` each execution once.
    """

    def __init__(
        self,
        sleepers: Callable[[], Iterable[Sleeper]] = list,
        state: Callable[[str, int], ExecutionState] = lambda _job_id, _number: "running",
        before: Before = at_once,
        starts: Callable[[str, int], None] = lambda _job_id, _number: None,
        dead: Callable[[], Iterable[str]] = list,
    ) -> None:
        self.asked: list[str] = []
        self.started: list[str] = []
        self.woken: list[str] = []
        self._sleepers = sleepers
        self._state = state
        self._before = before
        self._starts = starts
        self._dead = dead

    def start(self, job_id: str, number: int = 1) -> None:
        self._before("start")
        name = f"{job_id}-{number}" if number > 1 else job_id
        self.asked.append(name)
        if name not in self.started:
            self.started.append(name)
            self._starts(job_id, number)

    def state(self, job_id: str, number: int = 1) -> ExecutionState:
        self._before("state")
        return self._state(job_id, number)

    def dead(self, since: datetime) -> Iterator[str]:
        del since
        self._before("dead")
        yield from self._dead()

    def wake(self, task_token: str | None) -> None:
        self._before("wake")
        if task_token is None:
            return
        self.woken.append(task_token)
        for token, rise in self._sleepers():
            if token == task_token:
                rise()
