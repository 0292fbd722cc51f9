"""What the provider leaves open until the job's deadline. A stack of its own, with a short one.

How often a job is polled until then is decided, and tested, in rules/schedule; here it is at least once.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.cases import DONE, Case, Outcome, confused, failed, made, outcome_of, play
from tests.support.stacks import own_stack
from tests.support.until import until
from tests.support.world import World

PARAMETERS = {
    "FirstLookSeconds": "1",
    "MaxLookSeconds": "1",
    "JobDeadlineSeconds": "9",
    "ProviderConcurrency": "500",
}
TAKEN_UNHEARD = {"submit": {"reset": True}, "webhook": {"posts": []}}
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
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack that gives up soon."""
    with own_stack(tmp_path_factory.mktemp("hasty"), PARAMETERS) as world:
        yield world


@pytest.fixture(scope="module")
def outcomes(hasty: World) -> dict[str, Outcome]:
    found = play(hasty, CASES)
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


@pytest.mark.parametrize("name", NEVER_UNDERSTOOD)
def test_the_end_of_a_job_tells_what_could_not_be_understood(hasty: World, name: str) -> None:
    says, seen = NEVER_UNDERSTOOD[name]
    hasty.behave(result="canned")
    hasty.teach({"case-2-": {"fetch": says, "webhook": {"posts": []}}})

    error = hasty.final(made(hasty, 2))["error"]

    assert "answers could not be understood" in error["detail"]
    assert error["upstream"].startswith(seen)


def test_a_success_that_is_told_after_the_deadline_is_only_counted(hasty: World) -> None:
    hasty.behave(result="canned")
    late = {"submit": {"reset": True}, "webhook": {"posts": [{"delay": 14}]}}
    hasty.teach({"case-1-": late})
    job_id = made(hasty, 1)
    assert outcome_of(hasty, job_id) == failed("submission-unknown", 1)
    before = hasty.job(job_id)

    item = until(lambda: hasty.item(job_id) or {}, holds=lambda item: "late_request_id" in item)

    assert item["late_successes"] == {"N": "1"}
    assert item["late_request_id"] == {"S": str(hasty.at_provider(job_id)["id"])}
    assert hasty.job(job_id) == before
    assert hasty.results(job_id) == []
