"""Every row of the provider contract, said by the provider to the whole stack: how does the job end?"""

from typing import Any

import pytest

from tests.support.cases import (
    DONE,
    DONE_LATER,
    DONE_WITHOUT_FETCH,
    WAITING,
    Case,
    Outcome,
    confused,
    failed,
    play,
)
from tests.support.messages import FUTURE, ID, PROXY, RESULT, ROWS, TRACK, Row
from tests.support.world import World

WITHHELD = {"webhook": "withheld"}
HANGS = {"delay": 600, "reset": True, "times": 1}
ENDLESS_VIDEO = "\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat"


def posts(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The script of a job with these webhooks."""
    return {"webhook": {"posts": messages, **more}}


def of_row(row: Row) -> Case:
    """What a row of the contract means for a whole job."""
    kind = row.meaning.outcome
    body = {"body": _text(row), "charset": _charset(row)}
    says = {"status": row.status, "headers": row.headers, **body}
    if row.asked == "webhook":
        return Case(row.name, posts(body), DONE)
    if row.asked == "fetch":
        told = {"succeeded": DONE, "failed": failed("provider-failed", 1, 1)}
        outcome = told.get(kind, DONE_LATER)
        return Case(row.name, {"fetch": says | {"times": 1}}, outcome, WITHHELD)
    taken = kind in {"accepted", "succeeded", "ambiguous"}
    error = "input-invalid" if row.meaning.remedy == "reject_input" else "provider-rejected"
    outcomes = {"succeeded": DONE_WITHOUT_FETCH, "failed": failed(error), "not_started": WAITING}
    return Case(row.name, {"submit": says | {"taken": taken}}, outcomes.get(kind, DONE))


def _text(row: Row) -> str:
    """The row's body with this stack's ids and addresses; predicted places stay as they are."""
    text = row.content.decode(_charset(row))
    kept = {place: f"kept-{number}" for number, place in enumerate(FUTURE)}
    for place, mark in kept.items():
        text = text.replace(place, mark)
    text = text.replace(RESULT, "$URL").replace(PROXY, "$URL")
    text = text.replace("https://pub-x.r2.dev//generations/x.mp4", "$URL").replace("ab-1", "$ID")
    text = text.replace(f"{ID}.0", "$ID").replace(str(ID), "$ID")
    text = text.replace(f"{TRACK}.0", "$TRACK").replace(str(TRACK), "$TRACK")
    for place, mark in kept.items():
        text = text.replace(mark, place)
    return text


def _charset(row: Row) -> str:
    """How the row's bytes can be told as text."""
    try:
        row.content.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


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
CASES = [*ANSWERS, *PACKED, *LINKS, *MESSAGES, *map(of_row, ROWS)]


@pytest.fixture(scope="module")
def outcomes(session_world: World) -> dict[str, Outcome]:
    """The outcome of every case."""
    return play(session_world, CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_job_ends_as_its_provider_s_words_mean(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name] == case.outcome


def test_no_case_would_pass_with_the_expectations_of_one_that_differs(
    outcomes: dict[str, Outcome],
) -> None:
    assert confused(CASES, outcomes) == []


def test_the_cases_end_in_different_ways() -> None:
    assert len({case.outcome for case in CASES}) >= 7
    assert len({case.name for case in CASES}) == len(CASES)
