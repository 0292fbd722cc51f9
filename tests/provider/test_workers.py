"""Jobs done in earnest: inputs fetched, the engine run, and what goes wrong with either told in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.provider.engine.watermark import Watermark
from tests.support.clips import (
    ANA,
    ANA_FACE,
    BEN_FACE,
    CHO,
    cut_clip,
    difference,
    images_of,
    sound_of,
)
from tests.support.providers import Client, folders
from tests.support.servers import Answer, Server, closed_port, http_server
from tests.support.until import until

FRAMES = 12
_MARK = Watermark(640, 360)
MARKED = (_MARK.rows, _MARK.columns)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inputs") / "clip.mp4"
    cut_clip(path, FRAMES)
    return path


@pytest.fixture(scope="module")
def media(clip: Path) -> Iterator[Server]:
    """A host of media, usable and not."""
    bodies = {
        "/clip.mp4": clip.read_bytes(),
        "/cho.png": CHO.read_bytes(),
        "/ana.png": ANA.read_bytes(),
        "/large.png": bytes(40 * 1024 * 1024 + 1),
        "/page.mp4": b"<!doctype html><title>Not found</title>",
    }

    def answer(path: str) -> Answer:
        if path == "/moved":
            return Answer(302, headers={"location": "/clip.mp4"})
        return Answer(200, bodies[path]) if path in bodies else Answer(404)

    with http_server(answer) as server:
        yield server


def _failure(provider: Client, hooks: Server, **inputs: str) -> str:
    """The words with which a job fails, the same wherever they are told."""
    number = provider.accepted(webhook=f"{hooks.url}/hook", **inputs)["id"]
    fetched = provider.over(number)
    assert fetched["status"] == "error"
    ((_, _, _, body),) = until(lambda: list(hooks.requests))
    posted = json.loads(body)
    assert (posted["status"], posted["id"]) == ("failed", str(number))
    words: str = fetched["message"]
    assert posted["message"] == f"Processing failed: {words}"
    assert provider.entry(number)["error"] == words
    assert provider.http.get(f"/files/{number}.mp4").status_code == 404
    return words


def _saved(provider: Client, fetched: dict[str, Any], folder: Path) -> Path:
    """The result as a file."""
    path = folder / "swapped.mp4"
    path.write_bytes(provider.http.get(fetched["output"][0]).content)
    return path


def _inputs(media: Server, **changes: str) -> dict[str, str]:
    paths = {"init_video": "clip.mp4", "init_image": "cho.png", "reference_image": "ana.png"}
    return {purpose: f"{media.url}/{path}" for purpose, path in (paths | changes).items()}


def test_a_swap_succeeds_and_tells_its_progress(
    well_behaved: Client, hooks: Server, media: Server, clip: Path, tmp_path: Path
) -> None:
    inputs = _inputs(media, init_video="moved")

    number = well_behaved.accepted(webhook=f"{hooks.url}/hook", **inputs)["id"]
    under_way = until(lambda: well_behaved.entry(number)["progress"])
    fetched = well_behaved.over(number)

    assert under_way["frames"] == FRAMES
    assert fetched["status"] == "success", fetched
    progress = {"stage": "swap", "frame": FRAMES, "frames": FRAMES}
    assert well_behaved.entry(number)["progress"] == progress
    ((_, _, _, body),) = until(lambda: list(hooks.requests))
    assert json.loads(body)["generationTime"] > 0.1
    swapped = _saved(well_behaved, fetched, tmp_path)
    before, after = images_of(clip), images_of(swapped)
    assert len(after) == FRAMES
    assert difference(before, after, ANA_FACE) > 2 * difference(before, after, BEN_FACE)
    assert difference(before, after, MARKED) > 10
    assert sound_of(swapped) == sound_of(clip)


def test_a_swap_without_the_watermark_bears_none(
    well_behaved: Client, media: Server, clip: Path, tmp_path: Path
) -> None:
    number = well_behaved.accepted(watermark=False, **_inputs(media))["id"]
    fetched = well_behaved.over(number)
    assert fetched["status"] == "success", fetched
    swapped = _saved(well_behaved, fetched, tmp_path)
    assert difference(images_of(clip), images_of(swapped), MARKED) < 4


@pytest.mark.parametrize("purpose", ["init_video", "init_image", "reference_image"])
@pytest.mark.parametrize("found", ["nobody", "404"])
def test_an_input_that_cannot_be_fetched_fails_the_job(
    well_behaved: Client, hooks: Server, media: Server, purpose: str, found: str
) -> None:
    host = media.url if found == "404" else f"http://127.0.0.1:{closed_port()}"
    inputs = _inputs(media) | {purpose: f"{host}/missing?signature=secret"}
    kind = "video" if purpose == "init_video" else "image"
    words = _failure(well_behaved, hooks, **inputs)
    assert words == f"Unable to fetch {kind} from provided URL"


def test_an_input_that_is_too_large_fails_the_job(
    well_behaved: Client, hooks: Server, media: Server
) -> None:
    words = _failure(well_behaved, hooks, **_inputs(media, init_image="large.png"))
    assert words == "The image must be at most 40 MiB"


def test_an_input_that_is_no_video_fails_the_job_in_the_engines_words(
    well_behaved: Client, hooks: Server, media: Server
) -> None:
    words = _failure(well_behaved, hooks, **_inputs(media, init_video="page.mp4"))
    assert "not an MP4" in words
    assert "/" not in words


def test_nothing_but_results_stays_behind(well_behaved: Client, media: Server) -> None:
    number = well_behaved.accepted(**_inputs(media, init_video="page.mp4"))["id"]
    well_behaved.over(number)
    work = well_behaved.log.parent / "work"
    assert folders(work) == ["files"]
    assert not (work / "files" / f"{number}.mp4").exists()
