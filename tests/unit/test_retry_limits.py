"""How long something may fail, at the edges."""

from datetime import datetime, timedelta

import pytest

from faceswap.rules import retry_limits
from faceswap.rules.draining import after_drain_poll, after_refused_deletion, may_still_be_kept
from faceswap.rules.reply import Reply
from tests.support.samples import START, a_job

LONG = timedelta(hours=6)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "seconds", "hopeless"),
    [(10, 3599, False), (10, 3600, True), (9, 9999, False)],
)
def test_a_task_that_raises_is_given_up_after_ten_times_and_an_hour(
    failures: int, seconds: int, hopeless: bool
) -> None:
    job = a_job(collect_failures=failures, collect_failing_since=START)

    assert retry_limits.collect_is_hopeless(job, at(seconds), LONG) is hopeless


def test_what_never_failed_is_not_hopeless() -> None:
    job = a_job(fetch_failures=9, archive_failures=99, deletion_failures=99)
    later = START + timedelta(days=9)

    assert not retry_limits.fetch_is_hopeless(job, later, LONG)
    assert not retry_limits.copy_is_hopeless(job, later)
    assert not retry_limits.deletion_is_hopeless(job, later)
    assert not retry_limits.missing_is_final(job, later)
    assert not retry_limits.cleaning_is_hopeless(job, later)


def test_a_missing_request_of_an_ended_job_is_believed_after_two_minutes() -> None:
    job = a_job(status="cancelled", finished_at=START)

    assert not retry_limits.missing_is_final(job, at(119))
    assert retry_limits.missing_is_final(job, at(120))


def test_cleaning_up_is_given_up_after_an_hour() -> None:
    job = a_job(status="succeeded", finished_at=START)

    assert not retry_limits.cleaning_is_hopeless(job, at(3599))
    assert retry_limits.cleaning_is_hopeless(job, at(3600))


def test_the_provider_keeps_what_it_made_for_a_day() -> None:
    job = a_job(status="succeeded", finished_at=START)

    assert may_still_be_kept(job, at(86_399))
    assert not may_still_be_kept(job, at(86_400))
    assert may_still_be_kept(a_job(), at(999_999))


@pytest.mark.parametrize(
    ("outcome", "more"),
    [
        ("pending", {}),
        ("unclear", {"fetch_failures": 3, "fetch_failing_since": START}),
        ("missing", {"fetch_failures": 3, "fetch_failing_since": START}),
    ],
)
def test_a_poll_about_an_ended_job_is_counted(outcome: str, more: dict[str, object]) -> None:
    job = a_job(polls=4, fetch_failures=2, fetch_failing_since=START, finished_at=at(5))

    fields = after_drain_poll(job, Reply(outcome), at(9), LONG)  # type: ignore[arg-type]

    assert fields == {"polls": 5} | more


def test_first_failures_are_counted_from_now_on() -> None:
    fields = after_drain_poll(a_job(), Reply("unclear"), at(9), LONG)

    assert fields == {"polls": 1, "fetch_failures": 1, "fetch_failing_since": at(9)}
    refused = after_refused_deletion(
        a_job(deletion_failures=2, deletion_failing_since=START), at(9)
    )
    assert refused == {"deletion_failures": 3, "deletion_failing_since": START}
