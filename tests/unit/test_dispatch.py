"""Dispatch: who is handed a free slot, however much the index of the queue lags, and who died before."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from faceswap.ports.jobs import Wakeup
from faceswap.rules.job import Job
from faceswap.rules.queue import Waiting, tag_of
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile


@pytest.fixture
def small(use_cases: FakedUseCases) -> FakedUseCases:
    """The use cases with room for two."""
    use_cases.admission.size = 2
    return use_cases


def enter(small: FakedUseCases, jobs: int) -> list[Job]:
    """Jobs that were submitted: two are sent, the others wait."""
    made = [small.job() for _ in range(jobs)]
    for job in made:
        small.submit(job)
    return made


def test_a_lease_that_is_over_goes_to_who_waits(small: FakedUseCases) -> None:
    first, second, waiting = enter(small, 3)
    small.admission.leases[first.job_id] = small.clock.now

    small.dispatch_slots.run()

    assert set(small.admission.leases) == {second.job_id, waiting.job_id}


def test_where_nobody_waits_newcomers_may_come(small: FakedUseCases) -> None:
    small.dispatch_slots.run()

    assert small.admission.waiting_at is None


def test_a_slot_that_was_handed_to_a_job_that_is_over_by_now_goes_to_the_next_at_once(
    small: FakedUseCases,
) -> None:
    first, second, third, fourth = enter(small, 4)
    small.release_slot.run(first)
    assert set(small.admission.handed) == {third.job_id}
    small.jobs.move(small.read(third), "cancelled", small.clock.now)  # and whoever did that died
    small.clock.forward(60)

    small.dispatch_slots.run()

    assert set(small.admission.leases) == {second.job_id, fourth.job_id}


def test_who_cannot_be_woken_holds_up_nobody_and_is_woken_later(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth = enter(small, 4)
    for job in (third, fourth):
        small.jobs.sleep(job.job_id, f"token of {job.job_id}", job.deadline_at)
    small.admission.leases |= {first.job_id: small.clock.now, second.job_id: small.clock.now}
    wake = small.executions.wake

    def broken(token: str | None) -> None:
        if token == f"token of {third.job_id}":
            raise OSError
        wake(token)

    with monkeypatch.context() as patch:
        patch.setattr(small.executions, "wake", broken)
        small.dispatch_slots.run()

    assert set(small.admission.leases) == {third.job_id, fourth.job_id}
    assert small.broken == [third.job_id]
    assert small.executions.woken == [f"token of {fourth.job_id}"]

    small.clock.forward(60)
    small.dispatch_slots.run()

    assert small.executions.woken[1] == f"token of {third.job_id}"


def test_who_is_late_and_cannot_be_woken_holds_up_nobody(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, late, following = enter(small, 4)
    small.release_slot.run(first)
    small.admission.give_back(second.job_id, though_awaited=True)
    small.clock.forward(60)
    wake = small.jobs.wake

    def broken(job_id: str, **told: Any) -> Wakeup | None:
        if job_id == late.job_id:
            raise OSError
        return wake(job_id, **told)

    monkeypatch.setattr(small.jobs, "wake", broken)

    small.dispatch_slots.run()

    assert set(small.admission.handed) == {late.job_id, following.job_id}
    assert set(small.broken) == {late.job_id}


def test_who_comes_behind_somebody_who_was_forgotten_sleeps(
    small: FakedUseCases,
) -> None:
    forgotten = small.job(queue_tag=tag_of(0, small.clock.now))
    small.admission.size = 1
    small.admission.waiting_at = small.clock.now
    small.clock.forward(1)
    late = small.job()

    step = small.submit(late)

    assert set(small.admission.handed) == {forgotten.job_id}
    assert (small.read(late).status, step.poll_after) == ("queued", small.deadlines.queue)


@pytest.mark.parametrize("seconds", [0, 31])
def test_who_begins_to_wait_is_seen_before_the_index_shows_him(
    small: FakedUseCases, seconds: int
) -> None:
    marked_at = small.admission.waiting_at = small.clock.now
    small.clock.forward(seconds)
    job = small.job()
    small.queue.unseen.add(job.job_id)

    small.submit(job)

    assert small.read(job).status == "processing"
    assert small.admission.waiting_at == marked_at


def test_a_slot_that_gets_free_is_seen_by_who_the_index_does_not_show_yet(
    small: FakedUseCases,
) -> None:
    first, _ = enter(small, 2)
    job = small.job()
    small.queue.unseen.add(job.job_id)
    meanwhile(small.jobs, "note", partial(small.release_slot.run, first))

    small.submit(job)

    assert small.read(job).status == "processing"


def test_a_slot_that_is_given_back_while_somebody_looks_for_one_is_his(
    small: FakedUseCases,
) -> None:
    first, _ = enter(small, 2)
    job = small.job()
    meanwhile(small.queue, "first", partial(small.release_slot.run, first))

    small.submit(job)

    assert job.job_id in small.admission.leases


def test_who_is_handed_a_slot_by_another_one_while_he_looks_is_sent_at_once(
    small: FakedUseCases,
) -> None:
    first, second, in_front = enter(small, 3)
    small.admission.give_back(first.job_id, though_awaited=True)
    meanwhile(small.jobs, "wake", partial(small.release_slot.run, second))
    late = small.job()

    small.submit(late)

    assert set(small.admission.handed) == {in_front.job_id}
    assert small.read(late).status == "processing"


def test_those_who_have_their_slots_and_whom_the_index_still_shows_hide_nobody(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = small.clock.now
    small.admission.size = 211
    shown = [Waiting(tag_of(0, now), f"job_{number:03}") for number in range(210)]
    small.admission.leases |= {each.job_id: now + timedelta(hours=1) for each in shown}
    waiting = small.job(queue_tag=tag_of(1, now))
    shown.append(Waiting(waiting.queue_tag or "", waiting.job_id))
    monkeypatch.setattr(small.queue, "first", lambda limit: shown[:limit])

    small.dispatch_slots.run()

    assert set(small.admission.handed) == {waiting.job_id}


def test_while_the_index_shows_too_many_to_be_looked_at_nobody_may_pass(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = small.clock.now
    small.admission.waiting_at = now
    gone = [Waiting(tag_of(0, now), f"job_{number:03}") for number in range(300)]
    monkeypatch.setattr(small.queue, "first", lambda limit: gone[:limit])
    small.clock.forward(61)

    small.dispatch_slots.run()
    assert small.admission.waiting_at == now
    gone.clear()
    small.dispatch_slots.run()

    assert small.admission.waiting_at is None


def test_a_place_that_somebody_has_left_for_one_further_back_is_not_his(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.admission.size = 1
    left, following = tag_of(0, small.clock.now), tag_of(1, small.clock.now)
    moved = small.job(queue_tag=tag_of(2, small.clock.now))
    waiting = small.job(queue_tag=following)
    shown = [Waiting(left, moved.job_id), Waiting(following, waiting.job_id)]
    monkeypatch.setattr(small.queue, "first", lambda limit: shown[:limit])

    small.dispatch_slots.run()

    assert set(small.admission.handed) == {waiting.job_id}


@pytest.mark.parametrize("queued_after", [None, 50])
def test_among_equals_is_next_who_was_queued_first(
    small: FakedUseCases, queued_after: int | None
) -> None:
    small.admission.size = 1
    enter(small, 1)
    created_at = small.clock.now
    queued_at = created_at + timedelta(seconds=queued_after) if queued_after else None
    waiting = small.job(queued_at=queued_at, submit_after=created_at)
    small.clock.forward(60)

    step = small.submit(waiting)

    assert small.read(waiting).queue_tag == tag_of(0, queued_at or created_at)
    assert (small.read(waiting).submit_after, step.poll_after) == (None, small.deadlines.queue - 60)
