"""Background processes of a stack: each in a session of its own, remembered in a file of its folder."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.stack import records
from local.stack.errors import StackError
from local.stack.interrupts import held_back
from local.stack.records import Process
from local.stack.system import born, group_runs, signal_group

_TAIL_LINES = 15
_STOP_SECONDS = 8.0
# With less, processes die without a word: their logs have no room.
_LEAST_FREE_BYTES = 1 << 20
_POLL_SECONDS = 0.02

# Processes that this interpreter started: it has to collect them when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


class Processes:
    """The processes of one stack, by name."""

    def __init__(self, work: Path, say: Callable[[str], None] = print) -> None:
        self._work = work
        self._known = records.read(work, say)

    @property
    def pids(self) -> dict[str, int]:
        """Ids of the processes that run, by name."""
        return {name: process.pid for name, process in self._known.items() if _runs(process)}

    def running(self, name: str) -> Process | None:
        """The process of that name, if it runs."""
        process = self._known.get(name)
        return process if process and _runs(process) else None

    def log(self, name: str) -> Path:
        """Where that process writes."""
        return self._work / "logs" / f"{name}.log"

    def tail(self, name: str) -> str:
        """The last lines of a log."""
        with suppress(FileNotFoundError):
            return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        return ""

    def failure(self, name: str, what: str) -> str:
        """What went wrong with a process, and why: the disk is full, or what its log says."""
        if shutil.disk_usage(self._work).free < _LEAST_FREE_BYTES:
            return f"the disk is full: {what}"
        return f"{what}; the log of {name} says:\n{self.tail(name) or 'nothing'}"

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        cwd: Path,
        environment: Mapping[str, str],
    ) -> Process:
        """Start a process that outlives this one and holds none of its descriptors."""
        log = self.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        # Between the start and the record nothing may come: nobody would know of the process.
        with held_back(), log.open("wb") as output:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=dict(environment),
                start_new_session=True,
            )
            _children[child.pid] = child
            process = Process(child.pid, born(child.pid) or "", list(command), port)
            self._known[name] = process
            self._write()
        return process

    def wait_until(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until a process is ready. Raises StackError with its log's tail."""
        limit = time.monotonic() + seconds
        while not ready():
            if self.running(name) is None:
                raise StackError(self.failure(name, f"{name} ended at its start"))
            if time.monotonic() > limit:
                raise StackError(self.failure(name, f"{name} is not ready after {seconds:g} s"))
            time.sleep(_POLL_SECONDS)

    def stop(self, names: Sequence[str]) -> None:
        """End processes with all they started, at once; those that do not run are forgotten."""
        with held_back():
            self._end([process for name in names if (process := self.running(name))])
            for name in names:
                self._known.pop(name, None)
            self._write()

    def stop_all(self) -> None:
        """End every process of the stack."""
        self.stop(list(self._known))

    def _end(self, stopping: Sequence[Process]) -> None:
        for process in stopping:
            signal_group(process.pid, signal.SIGTERM)
        limit = time.monotonic() + _STOP_SECONDS
        while any(map(_leaves_some, stopping)) and time.monotonic() < limit:
            time.sleep(_POLL_SECONDS)
        for process in stopping:
            if _leaves_some(process):
                signal_group(process.pid, signal.SIGKILL)
            if child := _children.pop(process.pid, None):
                child.wait()

    def _write(self) -> None:
        records.write(self._work, self._known)


def _leaves_some(process: Process) -> bool:
    """Whether it runs, or something that it started; its group is looked for in all of the system, so only then."""
    return _runs(process) or group_runs(process.pid)


def _runs(process: Process) -> bool:
    child = _children.get(process.pid)
    if child is not None and child.poll() is not None:
        del _children[process.pid]
    return born(process.pid) == process.born
