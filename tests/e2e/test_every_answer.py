"""The provider contract, said by the provider to the whole stack: how does the job end?

All rows of it are said to the use cases (tests/unit/test_every_row.py). Here a sample holds one of each kind: of each
request, what its answer means, the remedy, and the HTTP status. What is not about words (how an answer is packed,
breaks off or hangs, where a link leads, which webhooks come) is whole in each run.
"""

import pytest

from tests.support.cases import (
    DONE,
    DONE_LATER,
    WITHHELD,
    Case,
    Outcome,
    confused,
    kinds_of,
    of_row,
    play,
    posts,
)
from tests.support.messages import ROWS
from tests.support.selection import of_each_kind
from tests.support.world import World

HANGS = {"delay": 600, "reset": True, "times": 1}
ENDLESS_VIDEO = "\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat"


PACKED = [
    Case("submit in gzip", {"submit": {"truth": True, "coding": "gzip"}}, DONE),
    Case("submit in deflate", {"submit": {"truth": True, "coding": "deflate"}}, DONE),
    Case("fetch in gzip", {"fetch": {"truth": True, "coding": "gzip"}}, DONE, WITHHELD),
    Case("fetch in deflate", {"fetch": {"truth": True, "coding": "deflate"}}, DONE, WITHHELD),
    Case("video in gzip", {"file": {"truth": True, "coding": "gzip"}}, DONE),
    *(
        Case(
            f"video in {name!r}",
            {"file": {"truth": True, "headers": {"content-encoding": name}}},
            DONE,
        )
        for name in ("", "aws-chunked", "UTF-8", "none", "binary", "Identity")
    ),
    Case(
        "video in br",
        {"file": {"truth": True, "headers": {"content-encoding": "br"}, "times": 1}},
        DONE_LATER,
    ),
]
LINKS = [
    Case("link hangs", {"file": HANGS}, DONE_LATER),
    Case("link reset", {"file": {"reset": True, "times": 1}}, DONE_LATER),
    Case(
        "link never ends",
        {"file": {"body": ENDLESS_VIDEO, "endless": True, "times": 1}},
        DONE_LATER,
    ),
    Case("link answers 404 at first", {"file": {"status": 404, "times": 1}}, DONE_LATER),
    Case("link breaks off", {"file": {"cut": 5000, "times": 1}}, DONE_LATER),
    Case(
        "link gives a page",
        {"file": {"body": "<html>", "headers": {"content-type": "video/mp4"}, "times": 1}},
        DONE_LATER,
    ),
    Case("link gives nothing", {"file": {"times": 1}}, DONE_LATER),
    Case(
        "link leads elsewhere",
        {"file": {"status": 302, "headers": {"location": "http://169.254.169.254/"}, "times": 1}},
        DONE_LATER,
    ),
    Case(
        "link leads on",
        {"file": {"status": 302, "headers": {"location": "?again"}, "times": 1}},
        DONE,
    ),
    Case(
        "link leads to another place",
        {"file": {"status": 307, "headers": {"location": "$ELSEWHERE?my café"}, "times": 1}},
        DONE,
    ),
    Case(
        "link leads to a private place",
        {"file": {"status": 302, "headers": {"location": "https://10.0.0.1/v"}, "times": 1}},
        DONE_LATER,
    ),
]
ANSWERS = [
    Case("submit hangs after it was taken", {"submit": {"delay": 3, "reset": True}}, DONE),
    Case("submit reset after it was taken", {"submit": {"reset": True}}, DONE),
    Case("submit broken off after it was taken", {"submit": {"body": '{"status"', "cut": 3}}, DONE),
    Case("submit endless", {"submit": {"body": '{"status"', "endless": True}}, DONE),
    Case("fetch hangs", {"fetch": HANGS}, DONE_LATER),
    Case("fetch reset", {"fetch": {"reset": True, "times": 1}}, DONE_LATER),
    Case("fetch endless", {"fetch": {"body": '{"a": "', "endless": True, "times": 1}}, DONE_LATER),
]
MESSAGES = [
    Case(
        "webhook lies about a result",
        posts({"body": '{"status":"success","id":$ID,"output":["https://evil.example/v.mp4"]}'}),
        DONE,
    ),
    Case("webhook lies about a failure", posts({"body": '{"status":"failed","id":$ID}'}), DONE),
    Case("webhook about another id", posts({"body": '{"status":"success","id":$OTHER_ID}'}), DONE),
    Case(
        "webhook about another track",
        posts({"body": '{"status":"success","id":$ID,"track_id":1,"output":["$URL"]}'}),
        DONE,
    ),
    Case("webhook is no object", posts({"body": "[1]"}), DONE),
    Case("webhook is no JSON", posts({"body": "<html>"}), DONE),
    Case(
        "webhook with many links", posts({"body": '{"status":"success","output":[$LINKS]}'}), DONE
    ),
    Case("webhook over 64 KiB", posts({"body": '{"status":"success"}' + " " * 65536}), DONE),
    Case("webhook forged", posts({"forged": True}), DONE),
    Case("webhook twice", posts({}, {}), DONE),
    Case(
        "webhooks reordered",
        posts({}, {"body": '{"status":"processing","id":$ID,"track_id":"$TRACK"}'}),
        DONE,
    ),
    Case("webhook early", posts({}, early=True), DONE),
    Case("webhook late", posts({"delay": 5}), DONE),
    Case("webhook lost", posts(), DONE),
]
BESIDE_ROWS = [*ANSWERS, *PACKED, *LINKS, *MESSAGES]


def cases_of(seed: str | None) -> list[Case]:
    """All cases, of the rows those of a sample."""
    return [*BESIDE_ROWS, *map(of_row, of_each_kind(ROWS, kinds_of, seed))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = cases_of(metafunc.config.getoption("--sample"))
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])


@pytest.fixture(scope="module")
def cases(seed: str | None) -> list[Case]:
    return cases_of(seed)


@pytest.fixture(scope="module")
def outcomes(session_world: World, cases: list[Case]) -> dict[str, Outcome]:
    """The outcome of every case."""
    return play(session_world, cases)


def test_a_job_ends_as_its_provider_s_words_mean(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name] == case.outcome


def test_no_case_would_pass_with_the_expectations_of_one_that_differs(
    cases: list[Case],
    outcomes: dict[str, Outcome],
) -> None:
    assert confused(cases, outcomes) == []


def test_the_cases_end_in_different_ways(cases: list[Case]) -> None:
    assert len({case.outcome for case in cases}) >= 7
    assert len({case.name for case in cases}) == len(cases)
