"""The command `faceswap` on the whole local stack, with and without a terminal."""

import json
import re
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.support.client_command import faceswap, in_terminal
from tests.support.world import PNG, VIDEO, World

FILES = ("clip.mp4", "face.png", "person.png")
AGREED = ("--consent", "They agreed.")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the three files of a swap."""
    for name in FILES:
        (tmp_path / name).write_bytes(VIDEO if name.endswith("mp4") else PNG)
    return tmp_path


@pytest.fixture
def mine(world: World) -> World:
    """The stack, for an owner whose jobs nobody else makes."""
    return world.as_owner("command")


def test_a_swap_for_programs(mine: World, home: Path) -> None:
    told = faceswap(mine, home, "swap", *FILES, "-o", "out.mp4", *AGREED, "--json")

    assert (told.returncode, told.stderr) == (0, "")
    document = json.loads(told.stdout)
    assert document["output"] == "out.mp4"
    assert document["job"] == mine.job(document["job"]["job_id"]) | _times(document["job"])
    assert (home / "out.mp4").stat().st_size == document["job"]["result"]["size"]
    assert sorted(path.name for path in home.iterdir()) == sorted([*FILES, "out.mp4", "state"])
    listed = faceswap(mine, home, "jobs", "--limit", 1, "--json")
    assert [each["job_id"] for each in json.loads(listed.stdout)] == [document["job"]["job_id"]]


def _times(job: dict[str, object]) -> dict[str, object]:
    return {name: job[name] for name in ("created_at", "updated_at")}


def test_a_swap_for_people(mine: World, home: Path) -> None:
    with in_terminal(mine, home, "swap", *FILES, "-o", "out.mp4", *AGREED) as terminal:
        shown = terminal.shows("Wrote out.mp4")
        assert terminal.process.wait(60) == 0

    for words in ("upload video", "upload face", "upload reference", "the job is done", "download"):
        assert words in shown


def test_ctrl_c_asks_and_the_same_command_comes_back(mine: World, home: Path) -> None:
    mine.behave(result="canned", seconds=600)
    command = ("swap", *FILES, "-o", "out.mp4", *AGREED)

    with in_terminal(mine, home, *command) as terminal:
        shown = terminal.shows("the job is being made")
        terminal.process.send_signal(signal.SIGINT)
        terminal.shows("Cancel the job, too?")
        terminal.types("n\n")
        terminal.shows("the same command comes back to it")
        assert terminal.process.wait(60) == 130
    job_id = _job_of(shown)
    assert mine.job(job_id)["status"] == "processing"

    with in_terminal(mine, home, *command) as terminal:
        assert _job_of(terminal.shows("the job is being made")) == job_id
        terminal.process.send_signal(signal.SIGINT)
        terminal.shows("Cancel the job, too?")
        terminal.types("y\n")
        terminal.shows("The job was cancelled.")
        assert terminal.process.wait(60) == 130
    assert mine.job(job_id)["status"] == "cancelled"
    assert not (home / "out.mp4").exists()


def _job_of(shown: str) -> str:
    found = re.search(r"job (job_[a-z0-9]+)", shown)
    assert found, shown
    return found[1]


def test_a_job_that_fails_is_told(mine: World, home: Path) -> None:
    (home / "face.png").write_bytes(VIDEO)

    told = faceswap(mine, home, "swap", *FILES, "-o", "out.mp4", *AGREED, "--json")

    assert told.returncode == 3
    error = json.loads(told.stdout)["error"]
    assert error["type"] == "/problems/input-invalid"
    assert [each["pointer"] for each in error["errors"]] == ["#/init_image"]
    assert not (home / "out.mp4").exists()


def test_a_token_that_is_not_valid_is_told(mine: World, home: Path) -> None:
    (home / "token").write_text("a.b.c\n")

    told = faceswap(mine, home, "jobs", "--token-file", "token")

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("faceswap: Unauthorized")


def test_callbacks_are_verified_by_the_stacks_own_secret(mine: World, home: Path) -> None:
    secret = mine.call("GET", "/v1/callback-secrets").json()["secrets"][0]["secret"]
    body, now = '{"type": "job.succeeded", "data": {"job_id": "job_1"}}', datetime.now(UTC)
    headers = {
        "Webhook-Id": "msg_job_1_4",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": f"v1,AAAA {Webhook(secret).sign('msg_job_1_4', now, body)}",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items())
    (home / "headers").write_text(f"POST /hook HTTP/1.1\n{lines}")
    command = ("callbacks", "verify", "-", "--headers", "headers")

    right = faceswap(mine, home, *command, stdin=body.encode())
    wrong = faceswap(mine, home, *command, stdin=body.encode() + b" ")

    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout == "It is signed by this stack: msg_job_1_4 (job_1)\n"
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "is not what this stack has signed" in wrong.stderr
