"""A fork in the place of a fresh interpreter: the same world and the same end, and nothing depends on it."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from faceswap.store.aws import SERVICES
from local.cold_start.modules import from_text
from local.emulator.bootstrap import FORK_CLIENT, FORK_SERVER, common_environment
from local.emulator.packages import layer_paths
from local.stack.parts import PROJECT
from local.stack.system import born

Eventually = Callable[[Callable[[], object]], bool]
PYTHON = PROJECT / ".venvs/runtime/bin/python"
INSTALLER = PROJECT / ".venvs/uv/bin/uv"
ENVIRONMENT = common_environment("python3.13")
SECONDS = 60
WORLD = """
import os, signal, sys, threading, time
os.umask(mask := os.umask(0))
print(*[
    sys.argv, sys.path, list(sys.flags), __name__, __file__, os.getcwd(), dict(os.environ), mask,
    sorted(os.listdir("/proc/self/fd")), threading.active_count(), sys.stdin.read(), time.localtime().tm_zone,
    [str(signal.getsignal(number)) for number in signal.valid_signals()],
    signal.pthread_sigmask(signal.SIG_BLOCK, ()),
], sep="\\n")
print("to the other", file=sys.stderr)
"""
# Says what happens to it, with its id, on its standard output.
LASTING = """
import atexit, os, signal, sys, time
atexit.register(print, "exit handlers ran")
ends = []
def end(*_):
    ends.append(1)
    time.sleep(0.5)  # time for another
    sys.exit(f"ended by {len(ends)}")
signal.signal(signal.SIGTERM, end)
print(os.getpid(), flush=True)
time.sleep(600)
"""
# Never gets out of C, so that no handler of Python's runs.
BUSY = """
import collections, itertools, os, signal
signal.signal(signal.SIGTERM, lambda *_: print("never"))
print(os.getpid(), flush=True)
collections.deque(itertools.count(), maxlen=0)
"""
CLIENTS = """
import sys
opened = []
sys.addaudithook(lambda event, told: event == "open" and opened.append(str(told[0])))
import boto3
for service in sys.argv[1:]:
    boto3.client(service, region_name="us-east-1")
print([path for path in opened if "/botocore/data/" in path])
"""
READ_AT_IMPORTS = """
import os, runpy, sys
variables, read = type(os.environ), set()
def look_up(self, name, get=variables.__getitem__):
    read.add(name)
    return get(self, name)
variables.__getitem__ = look_up
runpy.run_path(SERVER)["_import"](sys.argv[1:])
print(" ".join(sorted(read)))
"""


class Forks:
    """A server, and clients of its socket."""

    def __init__(self, folder: Path, wrapper: str | None = None, *packages: Path) -> None:
        self.socket = folder / "forks.sock"
        program = [str(FORK_SERVER)] if wrapper is None else [_script(folder, wrapper)]
        command = [str(PYTHON), "-I", *program, str(self.socket), *map(str, packages)]
        self.server = subprocess.Popen(
            command, stdout=subprocess.PIPE, env=ENVIRONMENT | {"OF_THE_SERVER": "1"}
        )
        assert self.server.stdout
        assert self.server.stdout.readline() == b"ready\n"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.server.stdout
        self.server.send_signal(number)
        self.server.stdout.close()
        return self.server.wait(SECONDS)


@contextmanager
def serving(folder: Path, wrapper: str | None = None, *packages: Path) -> Iterator[Forks]:
    """A server with a folder of its own, which ends in the end."""
    folder.mkdir()
    forks = Forks(folder, wrapper, *packages)
    try:
        yield forks
    finally:
        forks.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with serving(tmp_path_factory.mktemp("forks") / "server") as forks:
        yield forks


@pytest.fixture
def own_forks(tmp_path: Path) -> Iterator[Forks]:
    """A server that the test ends."""
    with serving(tmp_path / "own") as forks:
        yield forks


@pytest.fixture(scope="module")
def packages() -> Path:
    """The installed packages of the product's functions."""
    (folder,) = layer_paths(PROJECT / "layers/runtime", PROJECT / ".cache", INSTALLER, PYTHON)
    return folder


def _script(folder: Path, code: str) -> str:
    path = folder / "script.py"
    path.write_text(code.replace("SERVER", repr(str(FORK_SERVER))))
    return str(path)


def forked(at: Path, script: str, *arguments: str) -> list[str]:
    return [str(PYTHON), "-I", "-S", str(FORK_CLIENT), str(at), script, *arguments]


def told(command: list[str], **options: Any) -> tuple[int, str, str]:
    """How a command ends, and what it says."""
    options = {"env": ENVIRONMENT, "input": "words"} | options
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, check=False, **options
    )
    return ended.returncode, ended.stdout, ended.stderr


@contextmanager
def running(forks: Forks, folder: Path, code: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A client whose script has begun, and the id of the process that runs it."""
    command = forked(forks.socket, _script(folder, code))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as client:
        assert client.stdout
        try:
            yield client, int(client.stdout.readline())
        finally:
            client.kill()


def test_the_world_of_a_fork_is_that_of_a_fresh_interpreter(forks: Forks, tmp_path: Path) -> None:
    script = _script(tmp_path, WORLD)
    environment = ENVIRONMENT | {"TEXT": "zwölf \udcff\n", "TZ": "XYZ-3"}
    options = {"cwd": tmp_path, "env": environment, "umask": 0o027}
    (tmp_path / "another").mkdir()

    with running(forks, tmp_path / "another", LASTING):
        fork = told(forked(forks.socket, script, "--layer=x", ""), **options)
    fresh = told([str(PYTHON), "-I", script, "--layer=x", ""], **options)

    assert fork[1].splitlines() == fresh[1].splitlines()
    assert (fork[0], fork[2]) == (0, "to the other\n")


def test_nothing_is_started_afresh(forks: Forks, tmp_path: Path) -> None:
    with running(forks, tmp_path, LASTING) as (_, child):
        parent = (Path("/proc") / str(child) / "stat").read_text().rpartition(")")[2].split()[1]

    assert int(parent) == forks.server.pid


def test_two_forks_do_not_choose_the_same(forks: Forks, tmp_path: Path) -> None:
    chosen = (
        "import random, tempfile, uuid; print(random.random(), uuid.uuid4(), tempfile.mktemp())"
    )
    command = forked(forks.socket, _script(tmp_path, chosen))

    first, second = (told(command)[1].split() for _ in range(2))

    assert len(first) == 3
    assert set(first) & set(second) == set()


@pytest.mark.parametrize(
    "code",
    [
        "print('well')",
        "import sys; print('well'); sys.exit()",
        "import atexit; atexit.register(print, 'well')",
        "import sys; sys.exit(7)",
        "import sys; sys.exit('last words')",
        "import os; os._exit(9)",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.kill(os.getpid(), 15)",
        "import os; os.abort()",
    ],
)
def test_a_client_ends_as_its_child(forks: Forks, tmp_path: Path, code: str) -> None:
    script = _script(tmp_path, code)

    assert told(forked(forks.socket, script)) == told([str(PYTHON), "-I", script])


def test_an_exception_is_told(forks: Forks, tmp_path: Path) -> None:
    script = _script(tmp_path, "print('said before'); 1 / 0")

    code, output, error = told(forked(forks.socket, script))

    assert (code, output) == (1, "said before\n")
    assert error.endswith("ZeroDivisionError: division by zero\n")


def test_who_is_asked_to_end_does_so_with_all_its_handlers(forks: Forks, tmp_path: Path) -> None:
    with running(forks, tmp_path, LASTING) as (client, child):
        client.terminate()
        output, error = client.communicate(timeout=SECONDS)

    assert (client.returncode, output, error) == (1, "exit handlers ran\n", "ended by 1\n")
    assert born(child) is None


def test_who_does_not_end_when_asked_dies_with_its_client(
    forks: Forks, tmp_path: Path, eventually: Eventually
) -> None:
    with running(forks, tmp_path, BUSY) as (client, child):
        client.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            client.wait(0.5)
        assert born(child)

        client.kill()

        assert eventually(lambda: born(child) is None)
        assert client.wait(SECONDS) == -signal.SIGKILL


def test_children_die_with_a_server_that_is_killed(
    own_forks: Forks, tmp_path: Path, eventually: Eventually
) -> None:
    with running(own_forks, tmp_path, BUSY) as (client, child):
        own_forks.stop(signal.SIGKILL)

        assert client.wait(SECONDS) == 1
        assert eventually(lambda: born(child) is None)


@pytest.mark.parametrize("is_stack_down", [False, True])
def test_a_server_that_is_asked_to_end_lets_its_children_end_first(
    own_forks: Forks, tmp_path: Path, *, is_stack_down: bool
) -> None:
    with running(own_forks, tmp_path, LASTING) as (client, _):
        own_forks.server.terminate()
        if is_stack_down:  # the client is asked, too, and the child still once
            client.terminate()
        output, error = client.communicate(timeout=SECONDS)

    assert (client.returncode, output, error) == (1, "exit handlers ran\n", "ended by 1\n")
    assert own_forks.server.wait(SECONDS) == 0
    assert told(forked(own_forks.socket, _script(tmp_path, WORLD)))[0] == 0


def test_without_a_server_the_interpreter_is_fresh(own_forks: Forks, tmp_path: Path) -> None:
    script = _script(tmp_path, WORLD)
    # With a locale that is there, Python changes nothing about it, which the second one would see.
    options = {"cwd": tmp_path, "env": ENVIRONMENT | {"LC_ALL": "C.UTF-8"}}
    fresh = told([str(PYTHON), "-I", script, "x"], **options)

    own_forks.stop(signal.SIGKILL)
    assert own_forks.socket.exists()
    assert told(forked(own_forks.socket, script, "x"), **options) == fresh
    shutil.rmtree(own_forks.socket.parent)
    assert told(forked(own_forks.socket, script, "x"), **options) == fresh


@pytest.mark.parametrize(
    "broken",
    ["import os\ndef fork(): raise BlockingIOError\nos.fork = fork", "import time; del time.tzset"],
)
def test_a_server_that_cannot_start_a_child_leaves_the_client_to_itself(
    tmp_path: Path, broken: str
) -> None:
    serve = "\nimport runpy; runpy.run_path(SERVER, run_name='__main__')"

    with serving(tmp_path / "server", broken + serve) as forks:
        ended = told(forked(forks.socket, _script(tmp_path, "print('well')")))

        assert ended == (0, "well\n", "")
        assert forks.stop() == 0


def test_a_socket_lies_as_deep_as_a_folder_may_and_is_its_users_only(tmp_path: Path) -> None:
    with serving(tmp_path / ("x" * 120)) as forks:
        with running(forks, tmp_path, LASTING) as (_, child):
            assert os.getsid(child) == child
        assert forks.socket.stat().st_mode & 0o777 == 0o600
        with socket.socket(socket.AF_UNIX) as stranger, pytest.raises(OSError, match="too long"):
            stranger.connect(str(forks.socket))


def test_a_function_finds_imported_what_it_needs_of_others(packages: Path, tmp_path: Path) -> None:
    listed = from_text((PROJECT / "tests/cold_start/modules.txt").read_text())
    others = {
        name
        for name in frozenset.union(*listed.values())
        if any((packages / (name.partition(".")[0] + end)).exists() for end in ("", ".py"))
    }

    with serving(tmp_path / "server", None, packages) as forks:
        modules = told(forked(forks.socket, _script(tmp_path, "import sys; print(*sys.modules)")))
        read = told(forked(forks.socket, _script(tmp_path, CLIENTS), *SERVICES))

    assert others
    assert others - set(modules[1].split()) == set()
    assert [name for name in modules[1].split() if name.startswith("faceswap")] == []
    assert read == (0, "[]\n", "")


def test_packages_read_nothing_at_their_import_that_differs_among_functions(
    packages: Path, tmp_path: Path
) -> None:
    said = told([str(PYTHON), "-I", _script(tmp_path, READ_AT_IMPORTS), str(packages)])[1]

    # All have the emulator's HOME; the others are set by no function here.
    others = {"POWERTOOLS_DEBUG", "POWERTOOLS_TRACE_MIDDLEWARES", "PYDANTIC_DISABLE_PLUGINS"}
    read = {name for name in said.split() if "PYTHON" not in name}
    assert others <= read <= {*ENVIRONMENT, "HOME", *others}
    template = (PROJECT / "template.yaml").read_text()
    assert [name for name in others if name in template] == []
