"""Two commands in one folder: the second waits, says so, and finds what the first left."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local.stack import Stack, StackError, down
from local.stack.lock import locked
from local.stack.processes import Processes
from local.stack.system import born
from tests.support.sampled import NO_PROVIDER, SAMPLE
from tests.support.until import until

PROJECT = Path(__file__).resolve().parents[2]
UP = (
    "import sys; from pathlib import Path; from local.stack import up\n"
    "up(Path(sys.argv[1]), template=Path(sys.argv[2]), provider_base_url=sys.argv[3])"
)


def test_the_second_waits_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    entered = threading.Event()

    def second() -> None:
        with locked(tmp_path, said.append):
            entered.set()

    thread = threading.Thread(target=second)
    with locked(tmp_path, said.append):
        assert said == []
        thread.start()
        until(lambda: said)
        assert not entered.is_set()

    thread.join(120)
    assert entered.is_set()
    assert len(said) == 1
    assert str(tmp_path) in said[0]


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    with (
        locked(tmp_path, print),
        pytest.raises(StackError, match="try again"),
        locked(tmp_path, print, seconds=0.1),
    ):
        pass


def test_a_background_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    said: list[str] = []
    try:
        with locked(tmp_path, said.append):
            command = [sys.executable, "-c", "import time; time.sleep(600)"]
            processes.start("worker", command, port=0, cwd=tmp_path, environment={})

        with locked(tmp_path, said.append, seconds=0):
            assert processes.pids
        assert said == []
    finally:
        processes.stop_all()


def test_a_command_that_was_killed_does_not_keep_the_lock(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from local.stack.lock import locked\n"
        "with locked(Path(sys.argv[1]), print): print('in', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"in\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait(120)

    with locked(tmp_path, print, seconds=120):
        pass


def test_two_ups_at_once_make_one_stack(tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    command = [sys.executable, "-c", UP, str(folder), str(SAMPLE), NO_PROVIDER]
    try:
        started = [
            subprocess.Popen(
                command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            for _ in range(2)
        ]
        outputs = sorted(process.communicate(timeout=600)[0] for process in started)

        assert [process.returncode for process in started] == [0, 0], outputs
        stack = Stack.read(folder)
        assert outputs[0] == f"up: {stack.api_url}\n"
        assert outputs[1].splitlines()[0].startswith("waiting for another")
        assert outputs[1].splitlines()[1:] == [f"up: {stack.api_url}"]
        assert Processes(folder).pids == stack.pids
    finally:
        down(folder)
    assert not any(born(pid) for pid in stack.pids.values())
