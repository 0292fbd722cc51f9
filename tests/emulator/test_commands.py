"""How the commands end: with a line in words and an exit code, with nothing left running."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.command import finish
from local.stack import StackError, down, interrupts, records
from local.stack.__main__ import main
from local.stack.records import Process
from local.stack.system import born
from local.words import in_words
from tests.support.signals import interrupted
from tests.support.until import until

PROJECT = Path(__file__).resolve().parents[2]
FULL = OSError(errno.ENOSPC, "No space left on device")


def refusal(
    folder: Path, capsys: pytest.CaptureFixture[str], *, action: str = "up", started: bool = False
) -> str:
    """The one line that a command says which cannot do its work."""
    assert main([action, "--work", str(folder)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert started or not (folder / "logs").exists()
    return said.err


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PROVIDER_BASE_URL", "modelslab.com/api/v6", "begin with http"),
        ("PROVIDER_BASE_URL", "HTTP://127.0.0.1:9", "capital letters"),
        ("PROVIDER_BASE_URL", "https://models lab.com", "blank"),
        ("EMULATOR_PORT", "abc", "EMULATOR_PORT=abc is no port"),
        ("PROVIDER_PORT", "-1", "PROVIDER_PORT=-1 is no port"),
        ("PARAMETERS", "A='1", "No closing quotation"),
        ("PARAMETERS", "Nonsense=1", "no parameter Nonsense"),
        ("PARAMETERS", "MaxPollSeconds=soon", "MaxPollSeconds is a whole number from 1"),
        ("PARAMETERS", "LogLevel=LOUD", "LogLevel is one of"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(variable, value)

    assert said in refusal(tmp_path / "stack", capsys)


def test_a_taken_port_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("EMULATOR_PORT", str(taken.getsockname()[1]))

        assert f"process {os.getpid()} " in refusal(tmp_path / "stack", capsys)


@pytest.mark.parametrize("action", ["up", "down"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_what_the_system_refuses_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    action: str,
    number: int,
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "open", refuse)

    said = refusal(tmp_path, capsys, action=action)

    assert os.strerror(number) in said
    assert str(tmp_path) in said


def test_a_folder_that_cannot_be_made_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert "Not a directory" in refusal(tmp_path / "file" / "stack", capsys)


def test_a_disk_that_is_full_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: dict[str, Process] = {}

    def full(_work: Path, processes: Mapping[str, Process]) -> None:
        started.update(processes)
        if processes:
            raise FULL

    monkeypatch.setattr(records, "write", full)

    assert "disk is full" in refusal(tmp_path, capsys, started=True)
    assert started
    assert not any(born(process.pid) for process in started.values())


def test_words_are_one_line() -> None:
    assert in_words(FULL) == "the disk is full: No space left on device"
    assert in_words(OSError("odd\nthing")) == "the system refused something: odd thing"
    assert in_words(OSError(errno.ENOSPC, "No space", "/x")) == "the disk is full: /x: No space"


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [(KeyboardInterrupt(), 130, "stopped\n"), (FULL, 1, "the disk is full")],
)
def test_a_command_ends_in_words(
    capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, said: str
) -> None:
    def command() -> int:
        raise raised

    with pytest.raises(SystemExit) as ended:
        finish(command)

    assert ended.value.code == code
    assert capsys.readouterr().err.startswith(said)


def test_ctrl_c_is_minded_before_anything_large_is_imported() -> None:
    code = "import sys, local.command; print(*sorted(m for m in sys.modules if 'local' in m))"
    named = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout

    ours = [name for name in named.split() if name.split(".")[0] == "local"]
    assert ours == ["local", "local.command", "local.words"]


def test_ctrl_c_waits_for_a_step_that_may_not_be_left_half_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts.held_back():  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        done.append("step")

    assert done == ["step"]


@pytest.mark.parametrize(
    ("command", "folder"),
    [(["stack", "up", "--work", "work"], "work"), (["demo"], ".local/demo")],
    ids=["up", "demo"],
)
def test_ctrl_c_ends_a_command_and_what_it_has_started(
    tmp_path: Path, command: list[str], folder: str
) -> None:
    remembered = tmp_path / folder / "processes.json"
    environment = os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT}/clients/python/src"}
    process = subprocess.Popen(
        [sys.executable, "-m", "local.command", *command],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until(remembered.exists)
        pids = [each["pid"] for each in json.loads(remembered.read_text())["processes"].values()]
        assert pids

        assert interrupted(process).splitlines()[-1] == "stopped"
        assert not any(born(pid) for pid in pids)
        assert not remembered.exists()
    finally:
        process.kill()
        process.wait(120)
        down(tmp_path / folder)


def test_down_says_it_in_one_line_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise FULL

    monkeypatch.setattr(records, "read", refuse)

    with pytest.raises(StackError, match="disk is full"):
        down(tmp_path)
