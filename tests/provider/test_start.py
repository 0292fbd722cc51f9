"""How a provider is started, and what it refuses without the options for it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.providers import KEY, PROJECT, Client, serving
from tests.support.servers import closed_port
from tests.support.signals import interrupted


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A provider that lets nobody change its behaviour; its key comes from the environment."""
    folder = tmp_path_factory.mktemp("plain")
    public = ("--public-url", "https://provider.example/")
    with serving(folder, *public, key="", PROVIDER_KEY=KEY) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "part"),
    [("PUT", "behaviour"), ("PUT", "chaos"), ("DELETE", "scripts"), ("DELETE", "ledger")],
)
def test_without_chaos_nothing_can_be_changed(plain: Client, method: str, part: str) -> None:
    before = plain.control("GET", part).text
    answer = plain.control(method, part, json={"webhook": "twice"})
    assert answer.status_code == 403
    assert "--chaos" in answer.json()["error"]
    assert plain.control("GET", part).text == before


def test_without_chaos_it_still_counts(plain: Client) -> None:
    rejected = plain.ledger()["rejected"]
    plain.submit(key="another")
    assert plain.ledger()["rejected"] == rejected + 1


def test_the_key_can_come_from_the_environment_and_addresses_are_public(plain: Client) -> None:
    told = plain.accepted(init_video=f"http://127.0.0.1:{closed_port()}/")
    public = "https://provider.example"
    assert told["eta"] == 15
    assert told["fetch_result"] == f"{public}/api/v6/faceswap/fetch/{told['id']}"
    assert told["future_links"] == [f"{public}/files/{told['id']}.mp4"]


def test_without_a_canned_file_there_is_no_canned_result(tmp_path: Path) -> None:
    with serving(tmp_path, "--chaos") as client:
        answer = client.control("PUT", "behaviour", json={"result": "canned"})
        assert answer.status_code == 422
        assert "--canned" in answer.json()["error"]
        assert client.control("GET", "behaviour").json()["result"] == "engine"


def refusal(folder: Path, *options: str) -> str:
    """What a provider says that does not start with these options."""
    command = [sys.executable, "-m", "local.provider", "serve", "--work", str(folder), *options]
    ended = subprocess.run(
        command, cwd=PROJECT, env={}, capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 2
    assert "ready" not in ended.stdout
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_it_does_not_start_without_a_key(tmp_path: Path) -> None:
    assert "PROVIDER_KEY" in refusal(tmp_path)


def test_it_does_not_start_on_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        said = refusal(tmp_path, "--key", KEY, "--port", port)

    assert f"--port {port}: " in said
    assert f"by process {os.getpid()} " in said


@pytest.mark.parametrize("port", ["abc", "-1", "70000", "1e3"])
def test_it_does_not_start_on_what_is_no_port(tmp_path: Path, port: str) -> None:
    assert f"{port} is no port" in refusal(tmp_path, "--key", KEY, "--port", port)


def test_it_says_that_it_cannot_keep_anything(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "cannot be used" in refusal(tmp_path / "file" / "work", "--key", KEY)


def test_ctrl_c_is_its_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.command", "provider", "serve", "--key", KEY]
    with subprocess.Popen(
        [*command, "--work", str(tmp_path)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith("ready ")

            assert interrupted(process) == "stopped\n"
        finally:
            process.kill()
