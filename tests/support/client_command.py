"""The command `faceswap`, as somebody starts it."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.until import until
from tests.support.world import World

SOURCE = Path(__file__).resolve().parents[2] / "clients/python/src"
COMMAND = (sys.executable, "-m", "faceswap_adapter.cli")


def environment(world: World, home: Path) -> dict[str, str]:
    """What the command finds in its environment."""
    return os.environ | {
        "PYTHONPATH": str(SOURCE),
        "FACESWAP_API_URL": world.stack.api_url,
        "FACESWAP_TOKEN": world.stack.token,
        "XDG_STATE_HOME": str(home / "state"),
        "NO_PROXY": "127.0.0.1",
        "COLUMNS": "100",
    }


def faceswap(
    world: World, home: Path, *arguments: object, stdin: bytes = b"", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, without a terminal."""
    ended = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=home,
        env=environment(world, home) | more,
        input=stdin,
        capture_output=True,
        timeout=300,
        check=False,
    )
    return subprocess.CompletedProcess(
        ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode()
    )


class Terminal:
    """The command in a terminal of its own: what it shows, and somebody at the keys."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int) -> None:
        self.process = process
        self._master = master
        self._shown = ""

    def shows(self, text: str) -> str:
        """Everything shown so far, once this is."""
        return until(self._read, holds=lambda shown: text in shown)

    def types(self, text: str) -> None:
        """Press these keys."""
        os.write(self._master, text.encode())

    def _read(self) -> str:
        os.set_blocking(self._master, False)
        try:
            while chunk := os.read(self._master, 65536):
                self._shown += chunk.decode(errors="replace")
        except BlockingIOError:
            pass  # nothing more for now
        except OSError:
            pass  # the other side has gone
        return self._shown


@contextmanager
def in_terminal(world: World, home: Path, *arguments: object) -> Iterator[Terminal]:
    """Start it in a terminal; ended if it has not ended by itself."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=home,
        env=environment(world, home) | {"TERM": "xterm"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait(60)
        os.close(master)
