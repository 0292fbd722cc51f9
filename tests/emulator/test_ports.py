"""The ports that the environment asks for."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.listeners import listener
from local.stack import StackError
from local.stack.files import free_ports
from local.stack.parts import Parts
from local.stack.processes import Processes
from tests.support.until import until


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    for name in ("EMULATOR", "IDENTITY", "PROVIDER"):
        monkeypatch.delenv(f"{name}_PORT", raising=False)
    return Parts(tmp_path, Processes(tmp_path))


@pytest.mark.parametrize("text", ["abc", "-1", "0", "70000", "65536", "80.5", " 80", "1_000", "²"])
def test_what_is_no_port_is_refused(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("EMULATOR_PORT", text)

    with pytest.raises(StackError, match=r"EMULATOR_PORT=.*from 1 to 65535"):
        parts.ports("emulator", "identity")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_who_has_a_taken_port_is_told(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PROVIDER_PORT", str(port))

        with pytest.raises(StackError, match=f"PROVIDER_PORT={port} .*process {os.getpid()} ") as e:
            parts.ports("provider")

    assert "\n" not in str(e.value)


def test_a_port_is_asked_for_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("EMULATOR_PORT", str(port))
    monkeypatch.setenv("IDENTITY_PORT", str(port))

    with pytest.raises(StackError, match=r"IDENTITY_PORT=\d+ is the port of emulator"):
        parts.ports("emulator", "identity")


def test_a_free_port_is_given_and_others_differ(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("EMULATOR_PORT", str(port))
    monkeypatch.setenv("IDENTITY_PORT", "")

    chosen = parts.ports("emulator", "identity", "provider")

    assert chosen["emulator"] == port
    assert len(set(chosen.values())) == 3


def test_what_runs_already_may_keep_its_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = free_ports(1)
    processes = Processes(tmp_path)
    code = f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(600)"
    try:
        started = processes.start(
            "emulator", [sys.executable, "-c", code], port=port, cwd=tmp_path, environment={}
        )
        until(lambda: listener(port))
        monkeypatch.setenv("EMULATOR_PORT", str(port))

        assert Parts(tmp_path, processes).ports("emulator") == {"emulator": port}
        assert str(started.pid) in str(listener(port))
    finally:
        processes.stop_all()


def test_a_port_without_a_listener_has_none() -> None:
    assert listener(free_ports(1)[0]) is None


def test_a_command_that_is_long_is_cut() -> None:
    code = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); "
    code += "print(s.getsockname()[1], flush=True); time.sleep(600)"
    command = [sys.executable, "-c", code, "x" * 5000]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            said = listener(int(process.stdout.readline()))
        finally:
            process.kill()

    assert said is not None
    assert len(said) < 200
