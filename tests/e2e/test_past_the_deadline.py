"""What the provider leaves open until the job's deadline.

A deadline passes when the test moves it, once all has happened that is to happen before it. How often a job is
polled until then is decided, and tested, in rules/schedule; here it is at least once.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from faceswap.rules.ids import track_id
from tests.support.cases import DONE, Case, Outcome, confused, failed, made, outcome_of
from tests.support.deadlines import pass_deadline, set_moment
from tests.support.until import until
from tests.support.webhooks import token_of
from tests.support.world import FINAL, World

DEADLINE = timedelta(hours=6)
"""The template's own."""
TAKEN_UNHEARD = {"submit": {"reset": True}, "webhook": {"posts": []}}
UNHEARD = "submit reset after it was taken, webhook lost"
FETCH_FAILS = "fetch never works, webhook tells"
FETCH_WAITS = "fetch never says more than processing, webhook tells"
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
    Case(UNHEARD, TAKEN_UNHEARD, failed("submission-unknown", 1)),
    Case(
        "fetch never says more than processing",
        {"fetch": {"body": '{"status":"processing"}'}, "webhook": {"posts": []}},
        failed("provider-timeout", 1, 1),
    ),
    Case(FETCH_WAITS, {"fetch": {"body": '{"status":"processing"}'}}, DONE),
    Case(FETCH_FAILS, {"fetch": {"status": 500}}, DONE),
    Case("link never works", {"file": {"status": 404}}, failed("result-unusable", 1, 1)),
    *(
        Case(name, {"fetch": says, "webhook": {"posts": []}}, failed("provider-timeout", 1, 1))
        for name, (says, _) in NEVER_UNDERSTOOD.items()
    ),
]


@pytest.fixture(scope="module")
def polling(session_world: World) -> World:
    """The shared stack, as these tests leave its provider."""
    session_world.reset_provider()
    return session_world


@pytest.fixture(scope="module")
def jobs(polling: World) -> dict[str, str]:
    """The job of each case, by the case's name; each sent, and those that are to be overdue overdue."""
    polling.behave(result="canned")
    polling.teach({f"case-{number}-": case.script for number, case in enumerate(CASES)})

    made_jobs = {case.name: made(polling, number) for number, case in enumerate(CASES)}

    def live(case: Case) -> None:
        job_id = made_jobs[case.name]
        if case.name != FETCH_FAILS:
            until(lambda: _has_met_all(polling, job_id, case))
            pass_deadline(polling, job_id)
        else:
            until(lambda: _fails_long(polling, job_id), every=0.5)

    with ThreadPoolExecutor(len(CASES)) as threads:
        list(threads.map(live, CASES))
    return made_jobs


def _has_met_all(world: World, job_id: str, case: Case) -> bool:
    """Whether the job has met what the case is about, and its execution waits.

    The archive of one whose links are all broken is tried before that is so.
    """
    item = world.item(job_id) or {"status": {"S": ""}, "change": {"S": ""}}
    sent = item["status"]["S"] in {"submitting", "processing"} and item["change"]["S"] == "wait"
    if case.name == FETCH_WAITS:
        return sent and "evidence_succeeded" in item
    if case.outcome.error == "result-unusable":
        return sent and "archive_failing_since" in item
    if case.name in NEVER_UNDERSTOOD:
        return sent and "last_unread" in item
    return sent and bool(world.at_provider(job_id).get("fetches", 0) >= case.outcome.fetches)


def _fails_long(world: World, job_id: str) -> bool:
    """Let fetch have failed for a day; whether the job is over, for a poll under way may put the moment back."""
    item = world.item(job_id) or {}
    if "fetch_failing_since" in item and item["status"]["S"] not in FINAL:
        set_moment(world, job_id, "fetch_failing_since", datetime.now(UTC) - timedelta(days=1))
    return bool(item) and item["status"]["S"] in FINAL


@pytest.fixture(scope="module")
def outcomes(polling: World, jobs: dict[str, str]) -> dict[str, Outcome]:
    """The outcome of each case; of its fetches only whether there was one."""
    with ThreadPoolExecutor(len(jobs)) as threads:
        found = threads.map(lambda job_id: outcome_of(polling, job_id), jobs.values())
        return {
            name: replace(outcome, fetches=min(1, outcome.fetches))
            for name, outcome in zip(jobs, found, strict=True)
        }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_job_ends_at_its_deadline(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name] == case.outcome


def test_no_case_would_pass_with_the_expectations_of_one_that_differs(
    outcomes: dict[str, Outcome],
) -> None:
    assert confused(CASES, outcomes) == []


def test_the_deadline_is_so_long_after_the_job_was_sent_as_the_stack_is_told(
    polling: World,
) -> None:
    polling.teach({"case-0-": {"webhook": {"posts": []}, "fetch": CASES[3].script["fetch"]}})
    job_id = made(polling, 0)

    item = until(
        lambda: polling.item(job_id) or {}, holds=lambda item: item.get("accepted_at") is not None
    )

    accepted, deadline = (
        datetime.fromisoformat(item[name]["S"]) for name in ("accepted_at", "deadline_at")
    )
    assert deadline - accepted == DEADLINE
    polling.call("POST", f"/v1/jobs/{job_id}/cancel")


@pytest.mark.parametrize("name", NEVER_UNDERSTOOD)
def test_the_end_of_a_job_tells_what_could_not_be_understood(
    polling: World, jobs: dict[str, str], name: str
) -> None:
    _, seen = NEVER_UNDERSTOOD[name]

    error = polling.final(jobs[name])["error"]

    assert "answers could not be understood" in error["detail"]
    assert error["upstream"].startswith(seen)


def test_a_success_that_is_told_after_the_deadline_is_only_counted(
    polling: World, jobs: dict[str, str]
) -> None:
    job_id = jobs[UNHEARD]
    assert outcome_of(polling, job_id) == failed("submission-unknown", 1)
    before = polling.job(job_id)
    number = polling.at_provider(job_id)["id"]
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(polling, job_id)}"
    told = {"status": "success", "id": number, "track_id": track_id(job_id), "output": []}
    told["output"] = ["https://a.example/v.mp4"]

    assert polling.call("POST", path, token="", json=told).status_code == 200

    item = polling.item(job_id) or {}
    assert item["late_successes"] == {"N": "1"}
    assert item["late_request_id"] == {"S": str(number)}
    assert polling.job(job_id) == before
    assert polling.results(job_id) == []
