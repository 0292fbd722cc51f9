"""The stack's commands: what stays behind, deploying again, and ends without a trace."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import coverage
import httpx
import pytest

from local.stack import Stack, StackError, down, up
from local.stack.processes import Processes
from tests.support.sampled import NO_PROVIDER, SAMPLE

PROJECT = Path(__file__).resolve().parents[2]
COVERAGE_FOLDER = Path(coverage.__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A stack's folder; whatever a test leaves running there is ended."""
    yield tmp_path / "stack"
    down(tmp_path / "stack")


def listens(url: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def test_up_leaves_a_stack_that_holds_no_pipe_of_the_caller_and_can_be_changed(
    folder: Path,
) -> None:
    code = (
        "import sys; from pathlib import Path; from local.stack import up\n"
        "up(Path(sys.argv[1]), template=Path(sys.argv[2]), provider_base_url=sys.argv[3])"
    )

    # The call returns only when nobody holds the other end of the pipes.
    first = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(SAMPLE), NO_PROVIDER],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    stack = Stack.read(folder)
    assert first.stdout == f"up: {stack.api_url}\n"
    assert set(stack.pids) == {"emulator", "fork_server", "identity", "pollers"}
    assert listens(stack.identity_url)
    assert httpx.get(stack.api_url + "/ready").json()["greeting"] == "hello"

    again = up(
        folder,
        template=SAMPLE,
        provider_base_url=NO_PROVIDER,
        parameters={"Greeting": "good day"},
        say=lambda _: None,
    )
    assert (again.api_url, again.pids, again.outputs) == (stack.api_url, stack.pids, stack.outputs)
    assert httpx.get(stack.api_url + "/ready").json()["greeting"] == "good day"

    down(folder)
    assert not listens(stack.aws_endpoint_url)
    assert not listens(stack.identity_url)
    assert Processes(folder).pids == {}
    assert not (folder / "stack.json").exists()
    down(folder)


def test_functions_can_be_measured(tmp_path: Path, folder: Path) -> None:
    settings = tmp_path / "coverage.ini"
    settings.write_text(f"[run]\nparallel = true\nsource = {SAMPLE.parent / 'function'}\n")
    stack = up(
        folder,
        template=SAMPLE,
        provider_base_url=NO_PROVIDER,
        extra_environment={"COVERAGE_PROCESS_START": str(settings)},
        extra_paths=[COVERAGE_FOLDER],
        say=lambda _: None,
    )

    assert httpx.get(stack.api_url + "/ready").status_code == 200
    down(folder)

    files = list(tmp_path.glob(".coverage.*"))
    assert len(files) == 1
    data = coverage.CoverageData(str(files[0]))
    data.read()
    assert data.lines(str(SAMPLE.parent / "function" / "sample_app.py"))


def test_a_start_that_fails_says_why_and_leaves_nothing(folder: Path) -> None:
    folder.mkdir()
    (folder / "identity.pem").write_text("no key")

    with pytest.raises(StackError, match=r"identity ended at its start"):
        up(folder, template=SAMPLE, provider_base_url=NO_PROVIDER)

    assert not (folder / "processes.json").exists()
    assert not (folder / "stack.json").exists()


def test_a_port_that_is_taken_is_told_before_anything_is_started(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("IDENTITY_PORT", str(taken.getsockname()[1]))

        with pytest.raises(StackError, match=f"IDENTITY_PORT=.*in use, by process {os.getpid()} "):
            up(folder, template=SAMPLE, provider_base_url=NO_PROVIDER)

    assert not (folder / "processes.json").exists()
    assert not (folder / "stack.json").exists()


def test_an_unknown_parameter_is_refused(folder: Path) -> None:
    with pytest.raises(StackError, match="no parameter Nonsense"):
        up(
            folder,
            template=SAMPLE,
            provider_base_url=NO_PROVIDER,
            parameters={"Nonsense": "1"},
        )

    assert not (folder / "processes.json").exists()


def test_stack_json_has_the_keys_that_others_rely_on(stack: Stack, work: Path) -> None:
    written = json.loads((work / "stack.json").read_text())

    assert written.keys() == {
        *("api_url", "web_url", "provider_url", "provider_control_url", "identity_url"),
        *("aws_endpoint_url", "region", "token", "other_token", "media_bucket", "jobs_table"),
        *("bus_name", "state_machine_arn", "functions", "outputs", "pids"),
    }
    assert written["web_url"] is None
    assert stack.api_url.startswith(f"{stack.aws_endpoint_url}/_aws/execute-api/")
    assert stack.api_url.endswith("/$default")
    assert not any(name.startswith("Adapted") for name in stack.outputs)
