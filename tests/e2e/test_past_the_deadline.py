"""What the provider leaves open until the job's deadline, on a stack with a short one."""

from collections.abc import Iterator

import pytest

from tests.support.cases import (
    DONE_AT_LAST,
    MANY,
    Case,
    Outcome,
    confused,
    failed,
    made,
    outcome_of,
    play,
)
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
        failed("provider-timeout", 1, MANY),
    ),
    Case(
        "fetch never says more than processing, webhook tells",
        {"fetch": {"body": '{"status":"processing"}'}},
        DONE_AT_LAST,
    ),
    Case("fetch never works, webhook tells", {"fetch": {"status": 500}}, DONE_AT_LAST),
    Case("link never works", {"file": {"status": 404}}, failed("result-unusable", 1, MANY)),
]


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack that gives up soon."""
    with own_stack(tmp_path_factory.mktemp("hasty"), PARAMETERS) as world:
        yield world


@pytest.fixture(scope="module")
def outcomes(hasty: World) -> dict[str, Outcome]:
    return play(hasty, CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_job_ends_at_its_deadline(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name] == case.outcome


def test_no_case_would_pass_with_the_expectations_of_one_that_differs(
    outcomes: dict[str, Outcome],
) -> None:
    assert confused(CASES, outcomes) == []


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
