"""Who is next when there is room at the provider."""

from datetime import timedelta

import pytest

from faceswap.rules.job import Job
from faceswap.rules.queue import next_in_queue, queue_eta
from tests.support.samples import START, a_job


def job(name: str, owner: str, minute: int, status: str = "queued", **more: object) -> Job:
    created = START + timedelta(minutes=minute)
    fields = {"waits_for_slot": True} | more
    return a_job(job_id=name, owner=owner, created_at=created, status=status, **fields)


def following(*jobs: Job) -> str | None:
    found = next_in_queue(jobs, START + timedelta(hours=1))
    return found.job_id if found else None


def test_the_oldest_is_next() -> None:
    assert following(job("b", "me", 2), job("a", "you", 1)) == "a"


def test_nobody_is_next_where_nobody_waits() -> None:
    assert following() is None
    assert following(job("a", "me", 1, "processing"), job("b", "me", 2, "awaiting_upload")) is None


def test_an_owner_with_jobs_at_the_provider_steps_back_ten_minutes_for_each() -> None:
    statuses = ("processing", "submitting")
    busy = [job(f"p{n}", "me", 0, each, submitted_at=START) for n, each in enumerate(statuses)]

    assert following(job("mine", "me", 1), job("yours", "you", 20), *busy) == "yours"
    assert following(job("mine", "me", 1), job("yours", "you", 22), *busy) == "mine"


def test_a_job_that_is_cancelled_and_drains_counts_as_long_as_it_holds_its_slot() -> None:
    drains = job("p", "me", 0, "cancelled", submitted_at=START)
    closed = drains.model_copy(update={"closed_at": START})

    assert following(job("mine", "me", 1), job("yours", "you", 10), drains) == "yours"
    assert following(job("mine", "me", 1), job("yours", "you", 10), closed) == "mine"


def test_who_has_not_asked_for_room_yet_is_left_alone() -> None:
    assert following(job("new", "me", 1, waits_for_slot=False), job("b", "me", 2)) == "b"


def test_who_has_to_wait_for_the_provider_is_passed_over() -> None:
    later = START + timedelta(hours=2)

    assert following(job("a", "me", 1, submit_after=later), job("b", "me", 2)) == "b"
    assert following(job("a", "me", 1, submit_after=START), job("b", "me", 2)) == "a"
    now = START + timedelta(hours=1)
    assert following(job("a", "me", 1, submit_after=now), job("b", "me", 2)) == "a"


@pytest.mark.parametrize(("ahead", "seconds"), [(0, 20), (4, 20), (5, 40), (12, 60)])
def test_the_estimate_counts_the_rounds_ahead(ahead: int, seconds: int) -> None:
    eta = queue_eta(job("mine", "me", 0), START, ahead=ahead, room=5, pace=[10, 30])

    assert eta == START + timedelta(seconds=seconds)


def test_the_estimate_begins_where_the_provider_s_own_wait_ends() -> None:
    after = START + timedelta(seconds=600)
    waiting = job("mine", "me", 0, submit_after=after)

    assert queue_eta(waiting, START, ahead=0, room=5, pace=[10]) == after + timedelta(seconds=10)


def test_nothing_is_estimated_before_any_job_was_done() -> None:
    assert queue_eta(job("mine", "me", 0), START, ahead=0, room=5, pace=[]) is None
