"""The processes of a stack: how each is started, kept if it is as wanted, and known to be ready."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.emulator import server
from local.emulator.bootstrap import FORK_SERVER, Host, Packages, common_environment
from local.stack.environment import own_environment
from local.stack.files import free_ports
from local.stack.ports import asked, demand, demand_different
from local.stack.processes import Processes

PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Wanted:
    """A process as it should run."""

    name: str
    port: int
    command: list[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool]


class Parts:
    """Starts and checks the processes; knows which of them are new."""

    def __init__(self, work: Path, processes: Processes) -> None:
        self._work = work
        self._processes = processes
        self.started: list[str] = []

    def ports(self, *names: str) -> dict[str, int]:
        """A port for each: from the environment (`PROVIDER_PORT`), the one it had, or a free one.

        Raises StackError for one that is none, or that somebody else has.
        """
        had = {name: process.port for name in names if (process := self._processes.running(name))}
        given = {name: port for name in names if (port := asked(name)) is not None}
        chosen = had | given
        demand_different(chosen)
        for name, port in given.items():
            if port != had.get(name):
                demand(name, port)
        free = [port for port in free_ports(2 * len(names)) if port not in chosen.values()]
        return {name: chosen[name] if name in chosen else free.pop() for name in names}

    def ensure(self, wanted: Wanted) -> None:
        """Start a process, unless it runs with this very command."""
        running = self._processes.running(wanted.name)
        if running and (running.command, running.port) == (wanted.command, wanted.port):
            return
        self._processes.stop([wanted.name])
        # Noted first: a start that fails half way is undone, too.
        self.started.append(wanted.name)
        self._processes.start(
            wanted.name,
            wanted.command,
            port=wanted.port,
            cwd=PROJECT,
            environment=wanted.environment,
        )

    def wait(self, *all_wanted: Wanted) -> None:
        """Wait until each is ready. Raises StackError."""
        for wanted in all_wanted:
            self._processes.wait_until(wanted.name, wanted.ready, _START_SECONDS)

    def identity(self, port: int) -> Wanted:
        """The issuer of tokens."""
        options = ["serve", "--port", str(port), "--work", str(self._work)]
        return self._module("identity", "local.identity", options, port)

    def provider(self, port: int, key: str, *, chaos: bool, canned: Path | None) -> Wanted:
        """The provider of this machine; its key goes by the environment, where `ps` does not show it."""
        work = self._work / "provider"
        options = ["serve", "--port", str(port), "--work", str(work)]
        options += ["--chaos"] if chaos else []
        options += ["--canned", str(canned.resolve())] if canned else []
        return self._module("provider", "local.provider", options, port, PROVIDER_KEY=key)

    def pollers(self, configuration: Path) -> Wanted:
        """The pipes of the template and its mappings of queues; they listen nowhere."""
        return self._module("pollers", "local.emulator.pollers", [str(configuration)], 0)

    def web(self, port: int, configuration: Path, folder: Path) -> Wanted:
        """The page."""
        options = [str(configuration), "--port", str(port), "--folder", str(folder)]
        return self._module("web", "local.web", options, port)

    def emulator(self, port: int, python: Path) -> Wanted:
        """AWS."""
        return Wanted(
            "emulator",
            port,
            server.command(python),
            server.environment(port, self._scratch()),
            lambda: server.answers(port),
        )

    def fork_server(self, host: Host, packages: Packages) -> Wanted:
        """The process that functions are forked from; its clients find it by a socket."""
        command = [str(host.python), "-I", str(FORK_SERVER), str(host.fork_socket)]
        return Wanted(
            "fork_server",
            0,
            [*command, *map(str, packages.folders)],
            common_environment(packages.runtime) | {"HOME": str(self._scratch())},
            self._says_ready("fork_server"),
        )

    def _scratch(self) -> Path:
        scratch = self._work / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        return scratch

    def _says_ready(self, name: str) -> Callable[[], bool]:
        log = self._processes.log(name)
        return lambda: any(line.startswith("ready") for line in log.read_text().splitlines())

    def _module(
        self, name: str, module: str, options: list[str], port: int, **environment: str
    ) -> Wanted:
        return Wanted(
            name,
            port,
            [sys.executable, "-m", module, *options],
            own_environment(**environment),
            self._says_ready(name),
        )
