"""What is left to do at the provider for a job that is over: row by row."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from faceswap.rules.draining import (
    after_drain_poll,
    after_refused_deletion,
    is_done_unasked,
    must_drain,
)
from faceswap.rules.job import Evidence, Job
from faceswap.rules.reply import Reply
from faceswap.rules.retry_limits import deletion_is_hopeless
from faceswap.rules.schedule import PollLimits, next_poll
from tests.support.samples import START, a_job

DEADLINE = timedelta(seconds=300)
POLL_LIMITS = PollLimits(first=15, longest=600)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sent(**changes: Any) -> Job:
    fields: dict[str, Any] = {
        "status": "processing",
        "submitted_at": START,
        "accepted_at": START,
        "request_id": "298",
        "deadline_at": at(300),
    }
    return a_job(**(fields | changes))


def cancelled(**changes: Any) -> Job:
    return sent(**({"status": "cancelled", "finished_at": at(9)} | changes))


@pytest.mark.parametrize(
    ("before", "status", "error", "seconds", "drains"),
    [
        ("awaiting_upload", "cancelled", None, 9, True),
        ("queued", "failed", "queue-timeout", 9, False),
        ("queued", "failed", "upload-missing", 9, False),
        ("submitting", "failed", "provider-rejected", 9, False),
        ("submitting", "failed", "internal", 9, True),
        ("processing", "succeeded", None, 9, False),
        ("processing", "failed", "provider-failed", 9, False),
        ("processing", "failed", "internal", 9, True),
        ("processing", "failed", "internal", 300, False),
        ("processing", "failed", "provider-timeout", 300, False),
        ("processing", "cancelled", None, 9, True),
        ("processing", "cancelled", None, 300, True),
    ],
)
def test_a_job_drains_while_the_provider_may_be_at_it(
    before: str, status: Any, error: Any, seconds: int, drains: bool
) -> None:
    assert must_drain(sent(status=before), status, error, at(seconds)) is drains


@pytest.mark.parametrize(
    ("error", "drains"),
    [
        ("input-expired", False),
        ("input-invalid", False),
        ("provider-failed", False),
        ("provider-rejected", False),
        ("result-unusable", False),
        ("internal", True),
        ("submission-unknown", True),
        ("provider-timeout", True),
    ],
)
def test_some_errors_tell_that_the_provider_is_done(error: Any, drains: bool) -> None:
    assert must_drain(sent(), "failed", error, at(299)) is drains
    assert must_drain(sent(status="submitting"), "failed", error, at(299)) is drains
    assert must_drain(sent(), "failed", error, at(300)) is False
    assert must_drain(sent(status="queued"), "failed", error, at(9)) is False


def test_the_provider_is_asked_unless_it_never_had_the_job_is_done_or_had_its_time() -> None:
    assert not is_done_unasked(cancelled(), at(299))
    assert is_done_unasked(cancelled(), at(300))
    assert is_done_unasked(cancelled(provider_done=True), at(9))
    assert is_done_unasked(cancelled(submitted_at=None), at(9))


@pytest.mark.parametrize(
    ("reply", "seconds", "done"),
    [
        (Reply("succeeded", urls=("https://a.example/v",)), 9, True),
        (Reply("failed"), 9, True),
        (Reply("missing"), 119, False),
        (Reply("missing"), 120, True),
        (Reply("pending"), 200, False),
        (Reply("unclear"), 200, False),
    ],
)
def test_a_poll_tells_whether_the_provider_is_done(reply: Reply, seconds: int, done: bool) -> None:
    fields = after_drain_poll(cancelled(), reply, at(seconds), DEADLINE)

    assert fields.get("provider_done", False) is done


def test_a_message_counts_once_fetch_has_failed_for_long() -> None:
    told = Evidence(at=START, by="webhook", request_id="298")
    job = cancelled(evidence_failed=told, fetch_failures=2, fetch_failing_since=START)

    assert after_drain_poll(job, Reply("unclear"), at(100), DEADLINE)["provider_done"]
    assert "provider_done" not in after_drain_poll(job, Reply("unclear"), at(99), DEADLINE)


def test_a_refused_deletion_is_tried_for_a_day_at_growing_intervals() -> None:
    fields = after_refused_deletion(cancelled(), at(0))
    job = cancelled().model_copy(update=fields)

    assert fields == {"deletion_failures": 1, "deletion_failing_since": at(0)}
    waits = [next_poll(job, at(seconds), POLL_LIMITS, 0.5) for seconds in (0, 100, 20_000)]
    assert waits == [15, 65, 7200]
    tired = job.model_copy(update={"deletion_failures": 10})
    assert not deletion_is_hopeless(tired, at(86_399))
    assert deletion_is_hopeless(tired, at(86_400))
    assert not deletion_is_hopeless(job, at(86_400))
    nine = job.model_copy(update={"deletion_failures": 9})
    assert not deletion_is_hopeless(nine, at(86_400))


def test_a_result_that_came_with_the_answer_to_the_submit_needs_no_poll() -> None:
    told = Evidence(at=START, by="submit", request_id="298")
    job = sent(evidence_immediate=told)

    ended = job.model_copy(update={**job.final_fields, "status": "cancelled"})

    assert is_done_unasked(ended, at(9))
    assert sent().final_fields["provider_done"] is None
