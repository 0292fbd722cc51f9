"""A server that is killed and started again on the same folder loses nothing that it accepted."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.provider.database import FILE
from tests.support.providers import CANNED, KEY, PROJECT, URLS, Client, serving
from tests.support.served_media import served_media
from tests.support.servers import Server
from tests.support.until import until


@contextmanager
def killed(folder: Path, *options: str) -> Iterator[Client]:
    """A server with canned results that is ended by SIGKILL."""
    with started(folder, *options) as client:
        yield client
        os.kill(client.process, signal.SIGKILL)
        os.waitid(os.P_PID, client.process, os.WEXITED | os.WNOWAIT)


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Client]:
    canned = folder / "canned.mp4"
    canned.write_bytes(CANNED)
    with serving(folder, "--chaos", "--canned", str(canned), "--at-once", "1", *options) as client:
        client.behave(result="canned", benched=True)
        yield client


def test_jobs_that_wait_run_or_are_over_outlive_the_server(tmp_path: Path, hooks: Server) -> None:
    gate = threading.Event()
    with served_media(tmp_path, 6, gate) as media:
        with killed(tmp_path) as client:
            over = client.accepted(track_id=1)["id"]
            before = client.over(over)
            # The inputs of the second come once the gate is open; there is one place, so the third waits for it.
            client.behave(result="engine")
            inputs = dict(
                zip(
                    URLS,
                    (f"{media.url}/{name}" for name in ("video", "donor", "person")),
                    strict=True,
                )
            )
            running = client.accepted(track_id=2, webhook=f"{hooks.url}/2", **inputs)["id"]
            client.behave(result="canned")
            waiting = client.accepted(track_id=3, webhook=f"{hooks.url}/3")["id"]
            until(lambda: media.requests)
            assert client.fetch(running).json()["status"] == "processing"

        with started(tmp_path) as client:
            counted = [(job["id"], job["track_id"]) for job in client.ledger()["jobs"]]
            after = client.over(over)
            until(lambda: client.entry(running)["begun"] == 2)
            begun = [client.entry(number)["begun"] for number in (running, waiting)]
            gate.set()
            ends = [client.over(number) for number in (running, waiting)]

            assert counted == [(over, 1), (running, 2), (waiting, 3)]
            assert after["generationTime"] == before["generationTime"]
            assert after["meta"]["track_id"] == "1"
            assert begun == [2, 0]
            assert [end["status"] for end in ends] == ["success", "success"]
            assert client.file(after).content == client.file(ends[1]).content == CANNED
            assert client.file(ends[0]).status_code == 200
            until(lambda: len(hooks.requests) == 2)
            assert {path for _, path, _, _ in hooks.requests} == {"/2", "/3"}
            assert client.ledger()["submits"] == 3
            assert client.accepted()["id"] == waiting + 1


def test_jobs_taken_up_again_hold_their_places_in_the_queue(tmp_path: Path) -> None:
    limit = ("--queue-limit", "2")
    with killed(tmp_path, *limit) as client:
        client.behave(seconds=600)
        for _ in range(2):
            client.accepted()

    with started(tmp_path, *limit) as client:
        assert client.submit().status_code == 429
        assert [job["status"] for job in client.ledger()["jobs"]] == ["processing"] * 2


def test_a_webhook_that_was_not_told_before_the_end_is_told_after_it(
    tmp_path: Path, hooks: Server
) -> None:
    late = {"webhook": {"posts": [{"delay": 600}]}}
    with killed(tmp_path) as client:
        client.control("PUT", "scripts", json={"video": late})
        number = client.accepted(webhook=f"{hooks.url}/hook")["id"]
        client.over(number)
        assert list(hooks.requests) == []

    with started(tmp_path) as client:
        until(lambda: len(hooks.requests) == 1)
        until(lambda: client.entry(number)["webhooks"])

    with started(tmp_path) as client:
        assert client.fetch(number).json()["status"] == "success"
        client.accepted(webhook=f"{hooks.url}/last")
        until(lambda: "/last" in [path for _, path, _, _ in hooks.requests])
        assert len(hooks.requests) == 2


def test_a_job_that_always_ends_the_server_is_given_up(tmp_path: Path) -> None:
    for turn in range(3):
        with killed(tmp_path) as client:
            client.behave(seconds=600)
            if turn == 0:
                client.accepted()
            until(lambda: client.ledger()["jobs"][0]["begun"], holds=(turn + 1).__eq__)

    with started(tmp_path) as client:
        (job,) = until(
            lambda: client.ledger()["jobs"], holds=lambda jobs: jobs[0]["status"] == "failed"
        )
        assert job["error"] == "Failed, Try Again"


def test_what_was_forgotten_or_deleted_stays_so(tmp_path: Path) -> None:
    with killed(tmp_path) as client:
        number = client.accepted()["id"]
        fetched = client.over(number)
        body = {"key": KEY, "request_id": number, "type": "video"}
        client.http.post("/api/v3/delete_image", json=body)
        assert client.control("DELETE", "ledger").status_code == 200

    with started(tmp_path) as client:
        assert client.ledger()["submits"] == 0
        assert client.fetch(number).json()["status"] == fetched["status"]
        assert client.http.get(f"/files/{number}.mp4").status_code == 404


def test_what_a_killed_server_left_lying_is_removed(tmp_path: Path) -> None:
    with killed(tmp_path):
        pass
    left_behind = tmp_path / "work" / "job-left"
    left_behind.mkdir()
    (left_behind / "init_video").write_bytes(b"private")

    with started(tmp_path):
        assert not left_behind.exists()


@pytest.mark.parametrize(
    ("trouble", "told"),
    [("in use", "another provider uses it"), ("no database", "file is not a database")],
)
def test_a_folder_that_cannot_be_used_is_told_at_the_start(
    tmp_path: Path, trouble: str, told: str
) -> None:
    with started(tmp_path) as client:
        work = client.log.parent / "work"
        if trouble == "no database":
            work = tmp_path / "other"
            work.mkdir()
            (work / FILE).write_bytes(b"text" * 1000)
        command = [sys.executable, "-m", "local.provider", "serve", "--work", str(work)]
        ended = subprocess.run(
            [*command, "--key", KEY],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert client.http.get("/health").status_code == 200

    assert ended.returncode == 2
    assert "cannot be used" in ended.stderr
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_only_the_owner_reads_the_books(tmp_path: Path) -> None:
    with started(tmp_path) as client:
        client.accepted()
        books = list((tmp_path / "work").glob(f"{FILE}*"))
        assert [path.stat().st_mode & 0o077 for path in books] == [0] * len(books)
        assert books
