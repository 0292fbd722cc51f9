"""For whom a remembered process counts: for the folder it was started for, and no copy of that."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from local.stack import down
from local.stack.processes import Processes
from local.stack.records import Process
from local.stack.system import born

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def original(tmp_path: Path) -> Iterator[Path]:
    """A folder with one running process."""
    folder = tmp_path / "original"
    folder.mkdir()
    processes = Processes(folder)
    processes.start("worker", SLEEPER, port=0, cwd=tmp_path, environment=os.environ)
    yield folder
    processes.stop_all()


def copied(folder: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", str(folder), str(to)], check=True, timeout=300)
    return to


def test_a_copy_does_not_take_the_originals_processes_for_its_own(
    original: Path, tmp_path: Path
) -> None:
    (original / "stack.json").write_text("{}")
    copy = copied(original, tmp_path / "copy")
    said: list[str] = []

    down(copy, say=said.append)

    assert Processes(original).pids.keys() == {"worker"}
    assert len(said) == 1
    assert str(original) in said[0]
    assert not (copy / "processes.json").exists()
    assert not (copy / "stack.json").exists()


def test_a_copy_at_the_path_of_the_original_is_a_copy_still(original: Path, tmp_path: Path) -> None:
    copy = copied(original, tmp_path / "copy")
    moved = original.rename(tmp_path / "moved")
    copy.rename(original)

    down(original, say=lambda _: None)

    assert Processes(moved).pids.keys() == {"worker"}
    shutil.rmtree(original)
    moved.rename(original)


def test_a_folder_that_was_moved_keeps_its_processes(original: Path, tmp_path: Path) -> None:
    (pid,) = Processes(original).pids.values()
    moved = original.rename(tmp_path / "moved")

    down(moved)

    assert born(pid) is None
    moved.rename(original)


def of_an_older_version() -> str:
    """As it was once written; it names this process."""
    process = Process(os.getpid(), born(os.getpid()) or "", [], 1)
    return json.dumps({"emulator": asdict(process)})


@pytest.mark.parametrize(
    "write",
    [
        lambda: "",
        lambda: "{",
        lambda: "[]",
        lambda: "null",
        lambda: "\0\0",
        of_an_older_version,
        lambda: of_an_older_version()[:30],
    ],
    ids=["empty", "cut", "list", "null", "zeros", "older", "older and cut"],
)
def test_a_file_that_cannot_be_read_or_is_old_counts_as_none_and_is_told_once(
    tmp_path: Path, write: Callable[[], str]
) -> None:
    text = write()
    (tmp_path / "processes.json").write_text(text)
    said: list[str] = []

    down(tmp_path, say=said.append)
    down(tmp_path, say=said.append)

    assert born(os.getpid())
    assert len(said) == 1
    assert "processes.json" in said[0]
    assert "\n" not in said[0]
