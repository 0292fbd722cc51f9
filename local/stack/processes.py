"""Background processes of a stack: each in a session of its own, remembered in a file of its folder."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from local.stack.errors import StackError
from local.stack.files import write_atomically
from local.stack.system import born, group_runs, signal_group

_TAIL_LINES = 15
_STOP_SECONDS = 8.0
_POLL_SECONDS = 0.02

# Processes that this interpreter started: it has to collect them when they end.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Process:
    """One started process; `born` tells it from a later one with the same id."""

    pid: int
    born: str
    command: list[str]
    port: int

    def is_running(self) -> bool:
        """Whether it still runs."""
        child = _children.get(self.pid)
        if child is not None and child.poll() is not None:
            del _children[self.pid]
        return born(self.pid) == self.born


class Processes:
    """The processes of one stack, by name."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._file = work / "processes.json"
        self._known = self._read()

    @property
    def pids(self) -> dict[str, int]:
        """Ids of the processes that run, by name."""
        return {name: process.pid for name, process in self._known.items() if process.is_running()}

    def running(self, name: str) -> Process | None:
        """The process of that name, if it runs."""
        process = self._known.get(name)
        return process if process and process.is_running() else None

    def log(self, name: str) -> Path:
        """Where that process writes."""
        return self._work / "logs" / f"{name}.log"

    def tail(self, name: str) -> str:
        """The last lines of a log."""
        with suppress(FileNotFoundError):
            return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        return ""

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
        with log.open("wb") as output:
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
                raise StackError(f"{name} ended at its start; its log says:\n{self.tail(name)}")
            if time.monotonic() > limit:
                raise StackError(
                    f"{name} is not ready after {seconds:g} s; its log says:\n{self.tail(name)}"
                )
            time.sleep(_POLL_SECONDS)

    def stop(self, names: Sequence[str]) -> None:
        """End processes with all they started, at once; those that do not run are forgotten."""
        stopping = [process for name in names if (process := self.running(name))]
        for process in stopping:
            signal_group(process.pid, signal.SIGTERM)
        limit = time.monotonic() + _STOP_SECONDS
        while any(group_runs(process.pid) for process in stopping) and time.monotonic() < limit:
            time.sleep(_POLL_SECONDS)
        for process in stopping:
            signal_group(process.pid, signal.SIGKILL)
            if child := _children.pop(process.pid, None):
                child.wait()
        for name in names:
            self._known.pop(name, None)
        self._write()

    def stop_all(self) -> None:
        """End every process of the stack."""
        self.stop(list(self._known))

    def _read(self) -> dict[str, Process]:
        with suppress(FileNotFoundError):
            return {
                name: Process(**fields)
                for name, fields in json.loads(self._file.read_text()).items()
            }
        return {}

    def _write(self) -> None:
        if self._known:
            fields = {name: asdict(process) for name, process in self._known.items()}
            write_atomically(self._file, json.dumps(fields, indent=1), mode=0o600)
        else:
            self._file.unlink(missing_ok=True)
