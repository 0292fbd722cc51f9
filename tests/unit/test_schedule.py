"""When a job is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from faceswap.rules.job import Job
from faceswap.rules.queue import tag_of
from faceswap.rules.reply import Remedy
from faceswap.rules.schedule import PollLimits, next_poll, retry_after, seconds_left, submit_wait
from tests.support.samples import START, a_job

POLL_LIMITS = PollLimits(first=15, longest=600)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def processing(**changes: object) -> Job:
    return a_job(status="processing", accepted_at=START, deadline_at=at(21600), **changes)


@pytest.mark.parametrize(("eta", "first"), [(None, 15), (5, 15), (40, 40), (605, 120), (20.2, 21)])
def test_the_first_look_follows_the_estimate_within_bounds(eta: float | None, first: int) -> None:
    assert next_poll(processing(eta_seconds=eta), START, POLL_LIMITS, 0.9) == first


def test_looks_grow_by_half_up_to_the_longest() -> None:
    job, now, waits = processing(), 0.0, []
    for _ in range(12):
        wait = next_poll(job, at(now), POLL_LIMITS, 0.5)
        waits.append(wait)
        now += wait

    assert waits[:4] == [15, 23, 34, 51]
    assert waits[-1] == 600


def test_looks_are_spread_by_a_tenth() -> None:
    assert next_poll(processing(), at(100), POLL_LIMITS, 0.0) == 59
    assert next_poll(processing(), at(100), POLL_LIMITS, 1.0) == 72


def test_looks_are_spread_from_half_of_the_first_wait_on() -> None:
    assert next_poll(processing(eta_seconds=16), at(7), POLL_LIMITS, 0.0) == 20
    assert next_poll(processing(eta_seconds=16), at(8), POLL_LIMITS, 0.0) == 18


def test_a_clock_that_is_behind_makes_no_look_come_earlier() -> None:
    job = processing(eta_seconds=20.2).model_copy(update={"accepted_at": at(3)})

    assert next_poll(job, START, POLL_LIMITS, 0.5) == 21


@pytest.mark.parametrize(
    "last", ["archive_failing_since", "accepted_at", "submitted_at", "queued_at"]
)
def test_looks_grow_apart_since_the_job_moved_last(last: str) -> None:
    moments = ["queued_at", "submitted_at", "accepted_at", "archive_failing_since"]
    passed = moments[: moments.index(last)]
    job = a_job(status="submitting", deadline_at=at(21600), **dict.fromkeys(passed, START))

    moved = job.model_copy(update={last: at(1000)})

    assert next_poll(moved, at(1000), POLL_LIMITS, 0.5) == 15


def test_a_small_longest_look_bounds_the_first_one_too() -> None:
    assert next_poll(processing(eta_seconds=90), START, PollLimits(first=15, longest=2), 0.5) == 2


def test_no_look_passes_the_deadline() -> None:
    job = processing().model_copy(update={"deadline_at": at(7)})

    assert next_poll(job, START, POLL_LIMITS, 0.5) == 7
    assert next_poll(job, at(9), POLL_LIMITS, 0.5) == 1


def test_who_waits_for_an_upload_looks_once_more_before_his_deadline() -> None:
    job = a_job(status="awaiting_upload", deadline_at=at(86400))

    assert next_poll(job, START, POLL_LIMITS, 0.5) == 86340
    assert next_poll(job, at(86339.5), POLL_LIMITS, 0.5) == 1
    assert next_poll(job, at(86340), POLL_LIMITS, 0.5) == 60
    short = a_job(status="awaiting_upload", deadline_at=at(100))
    assert next_poll(short, START, POLL_LIMITS, 0.5) == 75


def test_a_wait_that_the_provider_named_is_kept_whatever_the_limits() -> None:
    job = a_job(status="queued", submit_after=at(120), deadline_at=at(9999))

    assert next_poll(job, START, PollLimits(first=1, longest=2), 0.5) == 120


def test_who_waits_for_a_slot_sleeps_until_his_deadline() -> None:
    waits = {"queue_tag": "1", "poll_at": at(20), "submit_after": at(100)}
    job = a_job(status="queued", deadline_at=at(604800), **waits)

    assert next_poll(job, START, POLL_LIMITS, 0.5) == 20
    assert next_poll(job, at(20), POLL_LIMITS, 0.5) == 604780
    assert next_poll(job, at(604799.5), POLL_LIMITS, 0.5) == 1
    soon = job.model_copy(update={"deadline_at": at(7)})
    assert next_poll(soon, START, POLL_LIMITS, 0.5) == 7


def test_a_link_that_fails_is_tried_again_soon() -> None:
    job = processing(archive_failing_since=at(4000), eta_seconds=100)

    assert next_poll(job, at(4000), POLL_LIMITS, 0.5) == 15


@pytest.mark.parametrize(
    ("remedy", "retry_after_seconds", "wait"),
    [("retry", None, 30), ("retry", 1, 5), ("retry", 90, 90), ("retry", 9999, 600), (None, None, 30),
     ("fix_account", 5, 600), ("replace_key", None, 600), ("update_address", None, 600),
     ("update_address", 40, 40)],
)  # fmt: skip
def test_a_refused_submit_waits(
    remedy: Remedy | None, retry_after_seconds: int | None, wait: int
) -> None:
    assert submit_wait(remedy, retry_after_seconds, 0.0) == wait


def test_jobs_refused_together_come_back_spread_and_never_early() -> None:
    assert [submit_wait("retry", 100, random) for random in (0.0, 0.5, 1.0)] == [100, 105, 110]
    assert submit_wait("retry", 590, 1.0) == 600


@pytest.mark.parametrize(
    ("job", "eta", "least", "most"),
    [
        (a_job(status="awaiting_upload"), None, 5, 6),
        (a_job(status="queued"), None, 5, 6),
        (a_job(status="queued", queue_tag="t"), None, 30, 60),
        (a_job(status="queued", queue_tag="t"), at(5), 30, 60),
        (a_job(status="submitting"), None, 5, 6),
        (processing(), None, 5, 6),
        (processing(), at(-8), 5, 6),
        (processing(), at(12), 12, 12),
        (processing(), at(600), 26, 30),
    ],
)
def test_a_client_is_told_when_to_ask_again(
    job: Job, eta: datetime | None, least: int, most: int
) -> None:
    told = [retry_after(job, eta, START, random / 100) for random in range(100)]

    assert (min(told), max(told)) == (least, most)


def test_who_speaks_the_vendor_s_contract_is_told_what_is_left() -> None:
    assert seconds_left(processing(), at(600), START) == 600
    assert seconds_left(processing(), at(0.4), START) == 1
    assert seconds_left(processing(), at(12), at(12)) == 5
    assert seconds_left(processing(), at(12), at(20)) == 5
    assert seconds_left(a_job(status="queued"), None, START) == 5
    assert seconds_left(a_job(status="submitting"), None, START) == 2


@pytest.mark.parametrize(("eta", "seconds"), [(None, 30), (at(-5), 30), (at(7), 30), (at(90), 90)])
def test_who_speaks_the_vendor_s_contract_asks_as_seldom_for_a_job_in_the_queue(
    eta: datetime | None, seconds: int
) -> None:
    waiting = a_job(status="queued", queue_tag=tag_of(7, START))

    assert seconds_left(waiting, eta, START) == seconds


def test_moments_are_utc() -> None:
    assert START.tzinfo is UTC
