"""The line: first come first served, two at once on two cores, and what the eta says of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.providers import CANNED, Client, engines, serving
from tests.support.served_media import served_media
from tests.support.servers import Server
from tests.support.until import until

FRAMES = 60


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


def test_jobs_are_done_in_the_order_in_which_they_came(pair: Client, hooks: Server) -> None:
    pair.behave(result="canned", benched=True, seconds=1)
    for number in range(5):
        pair.accepted(webhook=f"{hooks.url}/{number}")
    until(lambda: len(hooks.requests) == 5)
    posted = [path for _, path, _, _ in hooks.requests]
    assert [set(posted[:2]), set(posted[2:4]), set(posted[4:])] == [
        {"/0", "/1"},
        {"/2", "/3"},
        {"/4"},
    ]


def test_an_engine_that_is_killed_fails_its_job_alone(
    pair: Client, media: Server, tmp_path: Path
) -> None:
    doomed = _swap(pair, media)
    until(lambda: pair.entry(doomed)["progress"])
    (engine,) = engines(tmp_path)
    other = _swap(pair, media)
    until(lambda: len(engines(tmp_path)) == 2)

    os.kill(engine, 9)

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
    options = ("--chaos", "--canned", str(canned), "--link-seconds", "1.5")
    with serving(tmp_path, *options) as client:
        client.behave(result="canned")
        first = client.accepted()["id"]
        fetched = client.over(first)
        assert client.file(fetched).status_code == 200

        until(lambda: client.file(fetched).status_code == 404)
        second = client.over(client.accepted()["id"])

        assert client.file(second).status_code == 200
        until(lambda: not (tmp_path / "work/files" / f"{first}.mp4").exists())
        assert client.fetch(first).json()["status"] == "success"
