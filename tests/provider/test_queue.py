"""The line: first come first served, two at once on two cores, and what the eta says of it."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.provider.behaviour import Behaviour
from local.provider.jobs import Job
from local.provider.requests import Submit
from tests.support.providers import CANNED, KEY, URLS, Client, engines, serving
from tests.support.served_media import served_media
from tests.support.servers import Answer, Server, http_server
from tests.support.until import until

FRAMES = 60
# As long as the provider waits for an input, which is longer than the test lets it wait.
_LONGEST = 30.0


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Client]:
    """A provider that serves two at once."""
    canned = tmp_path / "canned.mp4"
    canned.write_bytes(CANNED)
    with serving(tmp_path, "--chaos", "--canned", str(canned), "--at-once", "2") as client:
        yield client


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_media(tmp_path_factory.mktemp("inputs"), FRAMES) as server:
        yield server


def _swap(client: Client, media: Server) -> int:
    number: int = client.accepted(
        init_video=f"{media.url}/video",
        init_image=f"{media.url}/donor",
        reference_image=f"{media.url}/person",
    )["id"]
    return number


def test_the_eta_counts_two_at_once(pair: Client) -> None:
    pair.behave(result="canned", benched=True, seconds=100)
    assert [pair.accepted()["eta"] for _ in range(5)] == [100, 100, 200, 200, 300]


def test_jobs_are_begun_in_the_order_in_which_they_came_two_at_once(pair: Client) -> None:
    gate = threading.Event()

    def hold(_path: str) -> Answer:
        gate.wait(_LONGEST)
        return Answer(404)

    # A job begins by reading its video; these end with that.
    with http_server(hold) as media:
        for number in range(5):
            pair.accepted(init_video=f"{media.url}/{number}")
        until(lambda: len(media.requests) == 2)
        begun = [job["begun"] for job in pair.ledger()["jobs"]]
        gate.set()
        until(lambda: len(media.requests) == 5)
        paths = [path for _, path, _, _ in media.requests]

    assert begun == [1, 1, 0, 0, 0]
    # Of two that begin at the same moment either may be the first to read.
    assert [set(paths[:2]), set(paths[2:4]), paths[4:]] == [{"/0", "/1"}, {"/2", "/3"}, ["/4"]]


def test_an_engine_that_is_killed_fails_its_job_alone(
    pair: Client, media: Server, tmp_path: Path
) -> None:
    doomed = _swap(pair, media)
    until(lambda: pair.entry(doomed)["progress"])
    (engine,) = engines(tmp_path)
    os.kill(engine, signal.SIGSTOP)  # it is not done before the other has begun
    other = _swap(pair, media)
    until(lambda: len(engines(tmp_path)) == 2)

    os.kill(engine, signal.SIGKILL)

    assert pair.over(doomed)["message"] == "the engine stopped"
    assert pair.over(other)["status"] == "success"


def test_the_eta_follows_what_swaps_took(tmp_path: Path, media: Server) -> None:
    options = ("--chaos", "--at-once", "1")
    with serving(tmp_path, *options) as client:
        assert client.accepted(init_video="http://127.0.0.1:1/")["eta"] == 15
        number = _swap(client, media)
        took = client.over(number)["generationTime"]

    with serving(tmp_path, *options) as client:
        eta = client.accepted(init_video="http://127.0.0.1:1/")["eta"]
        assert took - 0.1 <= eta <= took + 1.1


def test_results_are_kept_for_a_while_only(tmp_path: Path) -> None:
    canned = tmp_path / "canned.mp4"
    canned.write_bytes(CANNED)
    options = ("--chaos", "--canned", str(canned), "--link-seconds", "0.5")
    with serving(tmp_path, *options) as client:
        client.behave(result="canned")
        first = client.accepted()["id"]
        fetched = client.over(first)

        until(lambda: client.file(fetched).status_code == 404)
        client.over(client.accepted()["id"])

        until(lambda: not (tmp_path / "work/files" / f"{first}.mp4").exists())
        assert client.fetch(first).json()["status"] == "success"


def test_a_result_is_kept_from_its_own_end_on() -> None:
    lifetime, now = timedelta(hours=1), datetime(2026, 1, 1, tzinfo=UTC)
    submit = Submit.model_validate({"key": KEY, **URLS})
    job = Job(1, 1, submit, "faceswap", Behaviour(), "https://x", received_at=now - lifetime)

    assert not job.expired(now, lifetime)
    job.begin(now - lifetime / 2)
    job.end(now)
    assert not job.expired(now + lifetime * 0.9, lifetime)
    assert job.expired(now + lifetime, lifetime)
