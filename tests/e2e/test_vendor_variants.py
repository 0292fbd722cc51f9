"""The provider contract's variants V1 to V24 behind the vendor's own contract: what a program of its client reads.

Whatever the provider says, the client is answered by one of the vendor's documented shapes, and ends where the job
does. What each variant means is decided below (tests/unit/test_interpret.py); a sample holds one of each kind.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import provider_seed
from tests.support.cases import (
    AT_ONCE,
    WAITING,
    Case,
    groups_of,
    kinds_of,
    media_of,
    of_row,
    prepare,
    rest,
)
from tests.support.messages import VARIANTS
from tests.support.receiver import Receiver, Reply, receiver
from tests.support.selection import of_each_kind
from tests.support.until import until
from tests.support.vendor import Vendor
from tests.support.world import FINAL, VIDEO, World

SHAPES = {
    "processing": "ProcessingVideoFaceSwapResponse",
    "success": "SuccessVideoFaceSwapResponse",
}


def cases_of(seed: str | None) -> list[Case]:
    """Each variant as a script of one job."""
    return [of_row(row) for row in of_each_kind(VARIANTS, kinds_of, seed)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = cases_of(metafunc.config.getoption("--sample"))
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    with receiver(lambda _path, _number: Reply(204)) as there:
        yield there


@pytest.fixture(scope="module")
def stories(
    session_world: World, hooks: Receiver, seed: str | None
) -> dict[str, list[dict[str, Any]]]:
    """What the client of each case was told: to its submit, while the job lasts, and at its end."""
    vendor = Vendor(session_world, session_world.stack.api_url, session_world.make_key()["key"])
    told: dict[str, list[dict[str, Any]]] = {}
    for group in groups_of(cases_of(seed)):
        prepare(session_world, group)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for case, story in zip(
                group,
                threads.map(
                    lambda pair: _story(session_world, vendor, hooks, *pair), enumerate(group)
                ),
                strict=True,
            ):
                told[case.name] = story
    session_world.reset_provider()
    return told


def _path(case: Case) -> str:
    return case.name.replace(" ", "-")


def _story(
    world: World, vendor: Vendor, hooks: Receiver, number: int, case: Case
) -> list[dict[str, Any]]:
    """The answers to one job; one that waits for the provider is cancelled then."""
    told = [vendor.swap(**media_of(number), webhook=hooks.url(_path(case)), track_id=7)]
    job_id = told[0]["meta"]["file_prefix"]
    fetch = f"/api/v6/faceswap/fetch/{told[0]['id']}"
    told.append(vendor.post(fetch)[1])
    rest(world, job_id)
    if world.job(job_id)["status"] not in FINAL:
        told.append(vendor.post(fetch)[1])
        world.call("POST", f"/v1/jobs/{job_id}/cancel")
    told.append(vendor.over(told[0]["id"]))
    return told


def test_each_answer_is_one_of_the_documented_shapes(
    case: Case, stories: dict[str, list[dict[str, Any]]]
) -> None:
    story = stories[case.name]

    for told in story:
        assert told["id"] == story[0]["id"]
        if told["status"] == "failed":
            assert told["message"]
            assert told["output"] == []
        else:
            provider_seed.check(SHAPES[told["status"]], told)
    assert [told["status"] for told in story[:1]] == ["processing"]


def test_it_ends_as_the_job_does(
    world: World, case: Case, hooks: Receiver, stories: dict[str, list[dict[str, Any]]]
) -> None:
    *_, before, end = stories[case.name]

    if case.outcome == WAITING:
        assert (before["status"], end["message"]) == ("processing", "The job was cancelled.")
    ends = {"succeeded": "success"}.get(case.outcome.status, "failed")
    assert end["status"] == ends
    if ends == "success":
        [link] = end["output"]
        assert world.http.get(link, follow_redirects=True).content == VIDEO
    posts = until(lambda: hooks.of(_path(case)))
    heard = json.loads(posts[0].body)
    assert (heard["status"], heard["id"], heard["track_id"]) == (ends, end["id"], 7)
