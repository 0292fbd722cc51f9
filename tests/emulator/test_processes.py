"""Background processes: remembered, told apart from later ones, ended with all they started."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.stack import StackError, records
from local.stack.processes import Processes
from local.stack.records import Process
from local.stack.system import born

Eventually = Callable[[Callable[[], object]], bool]
# Tells its child's id, and leaves the child behind when it is ended.
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print('child', child.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    known = Processes(tmp_path)
    yield known
    known.stop_all()


def start(processes: Processes, code: str) -> int:
    command = [sys.executable, "-c", code]
    return processes.start(
        "worker", command, port=0, cwd=Path.cwd(), environment={"PATH": os.environ["PATH"]}
    ).pid


def test_a_process_is_found_again_by_the_next_command(processes: Processes, tmp_path: Path) -> None:
    pid = start(processes, "import time; time.sleep(600)")

    assert Processes(tmp_path).pids == {"worker": pid}

    Processes(tmp_path).stop_all()
    assert processes.pids == {}
    assert not (tmp_path / "processes.json").exists()


def test_another_process_with_the_same_id_is_none_of_ours(tmp_path: Path) -> None:
    stranger = Process(os.getpid(), "long ago", [], 1)
    records.write(tmp_path, {"worker": stranger})

    Processes(tmp_path).stop_all()

    assert born(os.getpid())
    assert not (tmp_path / "processes.json").exists()


def test_a_process_ends_with_its_children(processes: Processes, eventually: Eventually) -> None:
    start(processes, PARENT)
    assert eventually(lambda: "child" in processes.tail("worker"))
    child = int(processes.tail("worker").split()[1])
    assert born(child)

    processes.stop(["worker"])

    assert born(child) is None


def test_a_process_that_ends_early_shows_its_last_words(processes: Processes) -> None:
    start(processes, "raise SystemExit('no luck today')")

    with pytest.raises(StackError, match=r"worker ended[\s\S]*no luck today"):
        processes.wait_until("worker", lambda: False, seconds=120)


def test_a_process_for_which_the_disk_has_no_room_says_so(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(processes, "raise SystemExit(1)")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))

    with pytest.raises(StackError, match=r"\Athe disk is full: worker ended at its start\Z"):
        processes.wait_until("worker", lambda: False, seconds=120)


def test_a_process_that_is_never_ready_is_named(processes: Processes) -> None:
    start(processes, "import time; time.sleep(600)")

    with pytest.raises(StackError, match="worker is not ready after 0 s"):
        processes.wait_until("worker", lambda: False, seconds=0)
