"""A requested job: made once, or refused in words, and raised only what may pass."""

from typing import Any

import pytest

from faceswap.contract.events import JobRefused
from faceswap.rules.ids import job_id_for_key
from faceswap.rules.quotas import NO_QUOTAS, Quotas
from faceswap.usecases.request_job import RequestJob
from tests.fakes import FakeEvents, FakeInbox, FakeJobs, FakeMedia, FakeUploads
from tests.support.creating import create_job_on
from tests.support.samples import START

BODY: dict[str, Any] = {
    "owner": "me",
    "idempotency_key": "k",
    "init_video": "https://a.example/v.mp4",
    "init_image": "https://a.example/i.png",
    "reference_image": "https://a.example/r.png",
    "consent": {"attested": True, "statement": "All agreed."},
}
JOB_ID = job_id_for_key("me", "k")


class Lab:
    def __init__(self, quotas: Quotas = NO_QUOTAS) -> None:
        self.jobs, self.events, uploads = FakeJobs(), FakeEvents(), FakeUploads()
        create_job = create_job_on(
            self.jobs, uploads, FakeMedia(), FakeInbox(), clock=lambda: START, quotas=quotas
        )
        self.request_job = RequestJob(create_job=create_job, events=self.events)

    def run(self, body: dict[str, Any]) -> str | None:
        return self.request_job.run(body, "event-1", "shop 123456789012")


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_an_event_that_comes_again_makes_one_job_and_is_no_fault(lab: Lab) -> None:
    assert [lab.run(BODY) for _ in range(3)] == [JOB_ID] * 3

    assert (list(lab.jobs.now), lab.events.put_events) == ([JOB_ID], [])
    job = lab.jobs.now[JOB_ID]
    assert (job.owner, job.callback, job.idempotency_key) == ("me", "event", "k")
    assert job.by_event
    assert job.consent is not None
    assert job.consent.caller == "event of shop 123456789012"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"owner": 5, "idempotency_key": ["x"]},
        BODY | {"owner": "a/b"},
        BODY | {"owner": "."},
        BODY | {"owner": ".."},
        BODY | {"more": 1},
        BODY | {"init_video": "https://127.0.0.1/v"},
        dict.fromkeys(BODY, "x" * 70000),
    ],
    ids=["empty", "wrong kinds", "owner", "dot", "dots", "unknown field", "private", "long"],
)
def test_what_is_not_valid_is_answered_and_not_raised(lab: Lab, body: dict[str, Any]) -> None:
    assert lab.run(body) is None

    [(detail_type, refused)] = lab.events.put_events
    assert isinstance(refused, JobRefused)
    assert (detail_type, refused.event_id) == ("Job Refused", "event-1")
    said = [body.get(name, "") for name in ("owner", "idempotency_key")]
    told = [refused.owner, refused.idempotency_key]
    assert told == [text[:255] if isinstance(text, str) else "" for text in said]
    assert refused.problem.type == "/problems/invalid"
    assert len(refused.model_dump_json()) < 10_000
    assert lab.jobs.now == {}


def test_another_body_and_a_deleted_job_are_refused(lab: Lab) -> None:
    lab.run(BODY)
    lab.run(BODY | {"watermark": False})
    job = lab.jobs.move(lab.jobs.now[JOB_ID], "cancelled", START, closed_at=START)
    assert job is not None
    lab.jobs.erase(job, START, "not_applicable")
    lab.run(BODY)

    problems = [refused.problem.type for _, refused in lab.events.put_events]  # type: ignore[attr-defined]
    assert problems == ["/problems/idempotency-mismatch", "/problems/gone"]


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ("owner", "#/owner"),
        ("idempotency_key", "#/idempotency_key"),
        ("init_video", "#/init_video"),
        ("client_reference", "#/client_reference"),
        ("callback", "#/callback/url"),
        ("consent", "#/consent/statement"),
        ("x\udfff", "#"),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(lab: Lab, field: str, pointer: str) -> None:
    half: dict[str, Any] = {
        "callback": {"url": "https://a.example/\ud800"},
        "consent": {"attested": True, "statement": "All agreed.\ud800"},
    }

    assert lab.run(BODY | {field: half.get(field, "a\ud800")}) is None

    [(_, refused)] = lab.events.put_events
    assert isinstance(refused, JobRefused)
    assert [fault.pointer for fault in refused.problem.errors or []] == [pointer]
    assert refused.model_dump_json()
    assert lab.jobs.now == {}


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({"callback": "none"}, True),
        ({"callback": "url"}, False),
        ({"callback": "outbox"}, False),
        ({"callback": "none", "status": "succeeded"}, True),
        ({"callback": "url", "status": "succeeded"}, True),
        ({"callback": "outbox", "status": "failed"}, True),
        ({"callback": "event", "status": "succeeded"}, False),
    ],
)
def test_whoever_asks_for_a_job_that_another_door_made_is_told(
    lab: Lab, changes: dict[str, Any], is_refused: bool
) -> None:
    lab.run(BODY)
    lab.jobs.now[JOB_ID] = lab.jobs.now[JOB_ID].model_copy(update=changes)

    assert lab.run(BODY) == (None if is_refused else JOB_ID)

    told = [refused.problem for _, refused in lab.events.put_events]  # type: ignore[attr-defined]
    assert [problem.type for problem in told] == ["/problems/conflict"] * is_refused
    assert all(JOB_ID in problem.detail for problem in told)


def test_a_bus_that_fails_lets_the_event_come_again(lab: Lab) -> None:
    def fail(_method: str) -> None:
        raise ConnectionError("the bus is away")

    lab.request_job = RequestJob(create_job=Lab().request_job._create_job, events=FakeEvents(fail))

    with pytest.raises(ConnectionError):
        lab.run({})


def test_who_is_over_a_limit_is_refused_on_the_bus_and_a_repeat_is_not() -> None:
    lab = Lab(Quotas(jobs_a_day=1))
    assert lab.run(BODY) == JOB_ID

    assert lab.run(BODY | {"idempotency_key": "other"}) is None

    [(detail_type, refused)] = lab.events.put_events
    assert isinstance(refused, JobRefused)
    assert (detail_type, refused.problem.status) == ("Job Refused", 429)
    assert refused.problem.violated_policies == ["day"]
    assert '"violated-policies":["day"]' in refused.model_dump_json()
    assert lab.run(BODY) == JOB_ID
