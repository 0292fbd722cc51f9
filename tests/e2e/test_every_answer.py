"""Every row of the provider contract, said by the provider to the whole stack: how does the job end?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.messages import FUTURE, ID, PROXY, RESULT, ROWS, TRACK, Row
from tests.support.until import until
from tests.support.world import CONSENT, FINAL, VIDEO, World

_AT_ONCE = 8


@dataclass(frozen=True)
class Outcome:
    """How a job ended, and what it cost."""

    status: str
    error: str | None
    submits: int
    fetches: int
    stored: int


@dataclass(frozen=True)
class Case:
    """A script for one job, and how that job must end."""

    name: str
    script: dict[str, Any]
    outcome: Outcome
    behaviour: dict[str, str] = field(default_factory=dict)


DONE = Outcome("succeeded", None, 1, 1, len(VIDEO))
DONE_LATER = Outcome("succeeded", None, 1, 2, len(VIDEO))
DONE_WITHOUT_FETCH = Outcome("succeeded", None, 1, 0, len(VIDEO))
WAITING = Outcome("queued", None, 0, 0, 0)
WITHHELD = {"webhook": "withheld"}


def refused(error: str) -> Outcome:
    return Outcome("failed", error, 0, 0, 0)


def of_row(row: Row) -> Case:
    """What a row of the contract means for a whole job."""
    kind = row.meaning.outcome
    says = {"status": row.status, "headers": row.headers, "body": _text(row)}
    if row.asked == "webhook":
        return Case(row.name, {"webhook": says}, DONE)
    if row.asked == "fetch":
        failed = Outcome("failed", "provider-failed", 1, 1, 0)
        outcome = {"succeeded": DONE, "failed": failed}.get(kind, DONE_LATER)
        return Case(row.name, {"fetch": says | {"times": 1}}, outcome, WITHHELD)
    taken = kind in {"accepted", "succeeded", "ambiguous"}
    error = "input-invalid" if row.meaning.error_class == "input" else "provider-rejected"
    outcomes = {"succeeded": DONE_WITHOUT_FETCH, "failed": refused(error), "not_started": WAITING}
    return Case(row.name, {"submit": says | {"taken": taken}}, outcomes.get(kind, DONE))


def _text(row: Row) -> str:
    """The row's body with this stack's ids and addresses; predicted places stay as they are."""
    text = row.content.decode()
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


LINKS = [
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
]
MESSAGES = [
    Case(
        "webhook lies about a result",
        {
            "webhook": {
                "body": '{"status":"success","id":$ID,"output":["https://evil.example/v.mp4"]}'
            }
        },
        DONE,
    ),
    Case(
        "webhook lies about a failure", {"webhook": {"body": '{"status":"failed","id":$ID}'}}, DONE
    ),
    Case("webhook about another id", {"webhook": {"body": '{"status":"success","id":1}'}}, DONE),
    Case(
        "webhook about another track",
        {"webhook": {"body": '{"status":"success","id":$ID,"track_id":1,"output":["$URL"]}'}},
        DONE,
    ),
    Case("webhook is no object", {"webhook": {"body": "[1]"}}, DONE),
    Case("webhook twice", {}, DONE, {"webhook": "twice"}),
    Case("webhook early", {}, DONE, {"webhook": "early"}),
    Case("webhook lost", {}, DONE, WITHHELD),
    Case("submit reset after it was taken", {}, DONE, {"submit": "reset"}),
    Case("submit broken off after it was taken", {"submit": {"body": '{"status"', "cut": 3}}, DONE),
]
CASES = [*map(of_row, ROWS), *LINKS, *MESSAGES]


@pytest.fixture(scope="module")
def outcomes(session_world: World) -> Iterator[dict[str, Outcome]]:
    """The outcome of every case, some jobs at once."""
    world = session_world
    found: dict[str, Outcome] = {}
    groups: dict[str, list[Case]] = {}
    for case in CASES:
        groups.setdefault(str(case.behaviour), []).append(case)
    for cases in groups.values():
        for start in range(0, len(cases), _AT_ONCE):
            found |= _run(world, cases[start : start + _AT_ONCE])
    yield found
    world.reset_provider()


def _run(world: World, cases: list[Case]) -> dict[str, Outcome]:
    world.reset_provider()
    world.behave(result="canned", seconds=0.0, room=_AT_ONCE, **cases[0].behaviour)
    world.teach({f"case-{number}-": case.script for number, case in enumerate(cases)})
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return dict(threads.map(lambda n: (cases[n].name, _play(world, n)), range(len(cases))))


def _rests(item: dict[str, Any] | None) -> bool:
    """Whether a job is over, or waits for the provider to take it."""
    status = (item or {"status": {"S": ""}})["status"]["S"]
    return status in FINAL or (status == "queued" and "submit_after" in (item or {}))


def _play(world: World, number: int) -> Outcome:
    """One job whose provider keeps to the script of this number."""
    url = f"https://media.example.com/case-{number}-clip.mp4"
    media = {"init_video": url, "init_image": url, "reference_image": url}
    job_id = world.create(media | {"consent": CONSENT})["job_id"]
    until(lambda: world.item(job_id), holds=_rests, seconds=40)
    job = world.job(job_id)
    told = world.at_provider(job_id)
    if job["status"] not in FINAL:
        world.call("POST", f"/v1/jobs/{job_id}/cancel")
    error = job["error"]["type"].rpartition("/")[2] if job["error"] else None
    size = job["result"]["size"] if job["result"] else 0
    return Outcome(job["status"], error, told.get("submits", 0), told.get("fetches", 0), size)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_job_ends_as_its_provider_s_words_mean(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name] == case.outcome


def test_the_cases_end_in_different_ways() -> None:
    assert len({case.outcome for case in CASES}) >= 7
    assert len({case.name for case in CASES}) == len(CASES)
