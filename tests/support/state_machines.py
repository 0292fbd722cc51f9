"""Many jobs' executions in passed time: each state that an execution enters is counted, as AWS bills it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from faceswap.ports.executions import ExecutionState
from faceswap.rules.job import Job
from faceswap.rules.next_step import NextStep
from faceswap.rules.queue import DISPATCH_INTERVAL
from tests.fakes import FakeExecutions
from tests.support.faked_use_cases import FakedUseCases
from tests.support.scripted import ScriptedProvider, success
from tests.support.servers import Answer

State = Literal["Submit", "Wait", "asleep", "Collect", "Decide", "Done"]
Refuses = Callable[[datetime, int], Answer | None]
"""What the provider answers at a moment, with so many jobs at work; None if it takes a job."""
_BETWEEN_SWEEPS = timedelta(hours=1)


@dataclass
class Execution:
    """One job's execution: its state, those it has entered, and how many of them before the provider had the job."""

    job_id: str
    state: State = "Submit"
    entered: list[State] = field(default_factory=list)
    waiting: int = 0
    until: datetime | None = None
    token: str = ""
    step: NextStep | None = None


class LimitedProvider(ScriptedProvider):
    """Takes jobs unless it `refuses`, and works `seconds` on each."""

    def __init__(self, use_cases: FakedUseCases, refuses: Refuses, seconds: float = 60) -> None:
        super().__init__(use_cases.script, use_cases.clock)
        self.tries = 0
        self.refuses = refuses
        self.seconds = timedelta(seconds=seconds)
        self._ends: dict[str, datetime] = {}
        self._link = use_cases.link()

    def _answer(self, path: str, key: str) -> Answer:
        now, script = self._clock(), self._script
        if "/fetch/" in path:
            request_id = path.rpartition("/")[2]
            is_done = self._ends[request_id] <= now
            done = success(self._link, request_id=int(request_id))
            script.fetch = done if is_done else Answer(body=b'{"status":"processing"}')
        else:
            self.tries += 1
            refused = self.refuses(now, sum(end > now for end in self._ends.values()))
            request_id = str(300 + len(self._ends))
            if refused is None:
                self._ends[request_id] = now + self.seconds
            script.submit = refused or Answer(
                body=f'{{"status":"processing","id":{request_id}}}'.encode()
            )
        return super()._answer(path, key)


class StateMachines:
    """The executions of jobs, the scheduled dispatch each minute and the sweep each hour."""

    def __init__(self, use_cases: FakedUseCases, refuses: Refuses, *, looks: bool = True) -> None:
        self.use_cases = use_cases
        self.provider = use_cases.provider = LimitedProvider(use_cases, refuses)
        use_cases.executions = FakeExecutions(sleepers=self._sleepers, state=self._state)
        self.of: dict[str, Execution] = {}
        self._looks = looks
        self._events: list[tuple[datetime, Callable[[], object]]] = []
        self._next_dispatch = use_cases.clock.now + DISPATCH_INTERVAL / 2
        self._next_sweep = use_cases.clock.now + _BETWEEN_SWEEPS / 2

    def start(self, job: Job) -> Execution:
        """A job was made."""
        execution = self.of[job.job_id] = Execution(job.job_id)
        self._enter(execution, "Submit")
        return execution

    def at(self, moment: datetime, act: Callable[[], object]) -> None:
        """Let something happen then."""
        self._events.append((moment, act))

    def run(self, span: timedelta) -> None:
        """Let time pass, one event after the other."""
        clock = self.use_cases.clock
        end = clock.now + span
        while True:
            self._settle()
            moments = [each.until for each in self.of.values() if each.until]
            moments += [moment for moment, _ in self._events]
            moments += [self._next_dispatch, self._next_sweep]
            clock.now = max(clock.now, min(moments))
            if clock.now >= end:
                clock.now = end
                return
            self._happen(clock.now)

    def _happen(self, now: datetime) -> None:
        due = [event for event in self._events if event[0] <= now]
        self._events = [event for event in self._events if event[0] > now]
        for _, act in due:
            act()
        if self._next_dispatch <= now:
            self._next_dispatch = now + DISPATCH_INTERVAL
            if self._looks:
                self.use_cases.look_at_queue()
        if self._next_sweep <= now:
            self._next_sweep = now + _BETWEEN_SWEEPS
            self.use_cases.sweep_jobs.run(has_time=lambda: True, failed=_fails)

    def _settle(self) -> None:
        """Until everybody sleeps or is done."""
        while True:
            awake = [each for each in self.of.values() if self._is_awake(each)]
            if not awake:
                return
            for execution in awake:
                self._proceed(execution)

    def _is_awake(self, execution: Execution) -> bool:
        if execution.state == "asleep":
            return execution.until is not None and execution.until <= self.use_cases.clock.now
        return execution.state != "Done"

    def _proceed(self, execution: Execution) -> None:
        job = self.use_cases.jobs.now[execution.job_id]
        match execution.state:
            case "Submit":
                execution.step = self.use_cases.submit(job)
                self._enter(execution, "Wait")
            case "Wait":
                self._fall_asleep(execution, job)
            case "asleep":
                self._rise(execution)
            case "Collect":
                execution.step = self.use_cases.collect(job)
                self._enter(execution, "Decide")
            case _:
                assert execution.step is not None
                following: dict[str, State] = {"wait": "Wait", "submit": "Submit", "done": "Done"}
                self._enter(execution, following[execution.step.next])

    def _fall_asleep(self, execution: Execution, job: Job) -> None:
        step = execution.step
        assert step is not None
        if job.closed_at or step.wakeup_count != job.wakeup_count:
            self._enter(execution, "Collect")
            return
        assert step.poll_after is not None
        assert step.due_at is not None
        execution.state = "asleep"
        execution.until = self.use_cases.clock.now + timedelta(seconds=step.poll_after)
        execution.token = f"{execution.job_id}-{len(execution.entered)}"
        self.use_cases.jobs.sleep(
            execution.job_id, execution.token, datetime.fromisoformat(step.due_at)
        )

    def _rise(self, execution: Execution) -> None:
        execution.until = None
        self._enter(execution, "Collect")

    def _enter(self, execution: Execution, state: State) -> None:
        execution.state = state
        execution.entered.append(state)
        execution.waiting += self.use_cases.jobs.now[execution.job_id].accepted_at is None

    def _sleepers(self) -> Iterable[tuple[str, Callable[[], None]]]:
        def rising(execution: Execution) -> Callable[[], None]:
            return lambda: self._rise(execution)

        return [(each.token, rising(each)) for each in self.of.values() if each.state == "asleep"]

    def _state(self, job_id: str, number: int) -> ExecutionState:
        del number
        execution = self.of.get(job_id)
        return "ended" if execution and execution.state == "Done" else "running"


def _fails(job_id: str) -> None:
    raise RuntimeError(job_id)
