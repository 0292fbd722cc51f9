"""Every job comes to an end, whatever breaks, and a stopped server leaves nothing running or lying about."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.support.providers import CANNED, KEY, PROJECT, URLS, Client, engines, folders, serving
from tests.support.served_media import served_media
from tests.support.servers import Server
from tests.support.until import until

FRAMES = 100


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_media(tmp_path_factory.mktemp("inputs"), FRAMES) as server:
        yield server


def _order(client: Client, media: Server) -> int:
    number: int = client.accepted(
        init_video=f"{media.url}/video",
        init_image=f"{media.url}/donor",
        reference_image=f"{media.url}/person",
    )["id"]
    return number


def _start_swap(client: Client, media: Server) -> tuple[int, int]:
    """A job in the middle of its swap, which stands still there: its id, and the engine's process id."""
    number = _order(client, media)
    until(lambda: client.entry(number)["progress"])
    (engine,) = engines(client.log.parent)
    os.kill(engine, signal.SIGSTOP)
    return number, engine


def _runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_a_stop_in_the_middle_of_a_swap_ends_the_engine_and_removes_the_inputs(
    media: Server, tmp_path: Path
) -> None:
    with serving(tmp_path) as client:
        _, engine = _start_swap(client, media)
    assert not _runs(engine)
    assert folders(tmp_path / "work") == ["files"]


def test_ctrl_c_in_the_middle_of_a_swap_ends_both_without_a_word(
    media: Server, tmp_path: Path
) -> None:
    with serving(tmp_path) as client:
        _, engine = _start_swap(client, media)
        # As a terminal does: every process of the group gets it.
        os.kill(engine, signal.SIGINT)
        os.kill(client.process, signal.SIGINT)
        until(lambda: not _runs(engine))
    assert "Traceback" not in client.log.read_text()
    assert folders(tmp_path / "work") == ["files"]


def test_a_stop_does_not_wait_for_a_submit_that_is_held_back(tmp_path: Path) -> None:
    canned = tmp_path / "canned.mp4"
    canned.write_bytes(CANNED)
    with serving(tmp_path, "--chaos", "--canned", str(canned)) as client:
        client.behave(result="canned", webhook="early", seconds=600)
        held = threading.Thread(target=_submit_and_forget, args=(client,))
        held.start()
        until(lambda: client.ledger()["submits"] == 1)
    held.join(120)
    assert not held.is_alive()


def _submit_and_forget(client: Client) -> None:
    with suppress(httpx.HTTPError):
        client.submit()


def test_an_engine_that_dies_fails_its_job(well_behaved: Client, media: Server) -> None:
    number, engine = _start_swap(well_behaved, media)
    os.kill(engine, signal.SIGKILL)
    assert well_behaved.over(number)["message"] == "the engine stopped"


def test_a_result_cannot_be_deleted_before_it_is_made_and_is_gone_when_it_is_asked_for_again(
    well_behaved: Client, tmp_path: Path
) -> None:
    gate = threading.Event()
    with served_media(tmp_path, 6, gate) as media:
        number = _order(well_behaved, media)
        body = {"key": KEY, "request_id": number, "type": "video"}
        refused = well_behaved.http.post("/api/v3/delete_image", json=body).json()
        assert (refused["status"], well_behaved.entry(number)["deleted"]) == ("failed", False)
        gate.set()
        assert well_behaved.over(number)["status"] == "success"
        deleted = well_behaved.http.post("/api/v3/delete_image", json=body).json()
        assert (deleted["status"], well_behaved.entry(number)["deleted"]) == ("success", True)
    assert not (well_behaved.log.parent / "work/files" / f"{number}.mp4").exists()


def test_a_result_that_cannot_be_kept_fails_the_job_and_frees_its_place(tmp_path: Path) -> None:
    canned = tmp_path / "canned.mp4"
    canned.write_bytes(CANNED)
    with serving(tmp_path, "--chaos", "--canned", str(canned), "--queue-limit", "1") as client:
        client.behave(result="canned")
        canned.unlink()
        for _ in range(2):
            fetched = client.over(client.accepted()["id"])
            assert (fetched["status"], fetched["message"]) == ("error", "Failed, Try Again")
        assert "FileNotFoundError" in client.log.read_text()
        assert str(canned) not in client.log.read_text()


def test_it_does_not_start_with_a_canned_file_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.provider", "serve", "--work", str(tmp_path)]
    command += ["--key", KEY, "--canned", str(tmp_path / "missing.mp4")]
    ended = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 2
    assert "--canned" in ended.stderr


@pytest.mark.parametrize("field", ["key", "init_video", "webhook"])
def test_text_that_no_answer_could_repeat_is_refused(provider: Client, field: str) -> None:
    body = {"key": KEY, **URLS, field: "http://media.example/\ud800"}
    answer = provider.post(json.dumps(body).encode())
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid API Request")
    assert provider.ledger()["submits"] == 0


def test_a_fetch_with_text_that_no_answer_could_repeat_is_refused(provider: Client) -> None:
    fetch = provider.http.post("/api/v6/faceswap/fetch/1", content=b'{"key": "\\ud800"}')
    assert fetch.status_code == 401


def test_it_tells_that_it_is_well(provider: Client) -> None:
    assert provider.http.get("/health").json() == {"status": "ok"}
