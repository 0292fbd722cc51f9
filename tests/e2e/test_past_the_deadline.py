"""What the provider leaves open until the job's deadline. A stack of its own, with a short one.

How often a job is polled until then is decided, and tested, in rules/schedule; here it is at least once.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from faceswap.rules.ids import track_id
from tests.support.cases import DONE, Case, Outcome, confused, failed, made, outcome_of, play
from tests.support.stacks import own_stack
from tests.support.webhooks import token_of
from tests.support.world import World

PARAMETERS = {
    "FirstPollSeconds": "1",
    "MaxPollSeconds": "1",
    "JobDeadlineSeconds": "9",
    "ProviderConcurrency": "500",
}
TAKEN_UNHEARD = {"submit": {"reset": True}, "webhook": {"posts": []}}
UNHEARD = "taken, and nobody heard of it"
UNKNOWN = failed("submission-unknown")
NEVER_UNDERSTOOD = {
    "an unknown status": (
        {"body": '{"status":"done","output":["$URL"]}'},
        """HTTP 200, status 'done': {"status":"done","output":["[url]"]}""",
    ),
    "a notice before the JSON": (
        {"body": "<b>Notice</b>: odd\n", "truth": True},
        "HTTP 200: <b>Notice</b>: odd {",
    ),
    "a redirect": (
        {"status": 301, "headers": {"location": "https://new.example/x"}},
        "HTTP 301, redirect to new.example: (empty)",
    ),
}
CASES = [
    Case("submit reset before it was taken", {"submit": {"reset": True, "taken": False}}, UNKNOWN),
    Case(
        "submit hangs and is not taken",
        {"submit": {"delay": 3, "reset": True, "taken": False}},
        UNKNOWN,
    ),
    Case(
        "submit reset after it was taken, webhook lost",
        TAKEN_UNHEARD,
        failed("submission-unknown", 1),
    ),
    Case(
        "fetch never says more than processing",
        {"fetch": {"body": '{"status":"processing"}'}, "webhook": {"posts": []}},
        failed("provider-timeout", 1, 1),
    ),
    Case(
        "fetch never says more than processing, webhook tells",
        {"fetch": {"body": '{"status":"processing"}'}},
        DONE,
    ),
    Case("fetch never works, webhook tells", {"fetch": {"status": 500}}, DONE),
    Case("link never works", {"file": {"status": 404}}, failed("result-unusable", 1, 1)),
    *(
        Case(name, {"fetch": says, "webhook": {"posts": []}}, failed("provider-timeout", 1, 1))
        for name, (says, _) in NEVER_UNDERSTOOD.items()
    ),
]


@pytest.fixture(scope="module")
def short_deadline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack that gives up soon."""
    with own_stack(tmp_path_factory.mktemp("short_deadline"), PARAMETERS) as world:
        yield world


@pytest.fixture(scope="module")
def outcomes(short_deadline: World) -> dict[str, Outcome]:
    found = play(short_deadline, CASES, at_once=len(CASES))  # each lasts as long as the deadline
    return {
        name: replace(outcome, fetches=min(1, outcome.fetches)) for name, outcome in found.items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_job_ends_at_its_deadline(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name] == case.outcome


def test_no_case_would_pass_with_the_expectations_of_one_that_differs(
    outcomes: dict[str, Outcome],
) -> None:
    assert confused(CASES, outcomes) == []


@pytest.fixture(scope="module")
def overdue(short_deadline: World) -> dict[str, str]:
    """Jobs that ran into the deadline, all at once, by name: never understood ones, and one that nobody heard of."""
    scripts: dict[str, dict[str, Any]] = {
        name: {"fetch": says, "webhook": {"posts": []}}
        for name, (says, _) in NEVER_UNDERSTOOD.items()
    }
    scripts[UNHEARD] = TAKEN_UNHEARD
    short_deadline.behave(result="canned")
    short_deadline.teach({f"case-{n}-": script for n, script in enumerate(scripts.values())})
    jobs = {name: made(short_deadline, number) for number, name in enumerate(scripts)}
    for job_id in jobs.values():
        short_deadline.final(job_id)
    return jobs


@pytest.mark.parametrize("name", NEVER_UNDERSTOOD)
def test_the_end_of_a_job_tells_what_could_not_be_understood(
    short_deadline: World, overdue: dict[str, str], name: str
) -> None:
    _, seen = NEVER_UNDERSTOOD[name]

    error = short_deadline.job(overdue[name])["error"]

    assert "answers could not be understood" in error["detail"]
    assert error["upstream"].startswith(seen)


def test_a_success_that_is_told_after_the_deadline_is_only_counted(
    short_deadline: World, overdue: dict[str, str]
) -> None:
    job_id = overdue[UNHEARD]
    assert outcome_of(short_deadline, job_id) == failed("submission-unknown", 1)
    before = short_deadline.job(job_id)
    number = short_deadline.at_provider(job_id)["id"]
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(short_deadline, job_id)}"
    told = {"status": "success", "id": number, "track_id": track_id(job_id), "output": []}
    told["output"] = ["https://a.example/v.mp4"]

    assert short_deadline.call("POST", path, token="", json=told).status_code == 200

    item = short_deadline.item(job_id) or {}
    assert item["late_successes"] == {"N": "1"}
    assert item["late_request_id"] == {"S": str(number)}
    assert short_deadline.job(job_id) == before
    assert short_deadline.results(job_id) == []
