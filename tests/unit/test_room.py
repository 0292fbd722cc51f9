"""At most so many jobs at the provider, however they come and go."""

from datetime import datetime, timedelta

import pytest

from faceswap.rules.errors import NotFoundError
from faceswap.rules.job import Evidence, Job
from faceswap.rules.links import webhook_token
from tests.support.faked_use_cases import FakedUseCases
from tests.support.scripted import success
from tests.support.servers import Answer
from tests.support.wired_use_cases import DEADLINES


@pytest.fixture
def small(use_cases: FakedUseCases) -> FakedUseCases:
    """The use cases with room for two."""
    use_cases.slots.size = 2
    return use_cases


def submit(use_cases: FakedUseCases, *jobs: Job) -> list[str]:
    for job in jobs:
        use_cases.submit(job)
    return [use_cases.read(job).status for job in jobs]


def test_who_finds_no_room_waits_in_the_queue(small: FakedUseCases) -> None:
    jobs = [small.job() for _ in range(3)]

    assert submit(small, *jobs) == ["processing", "processing", "queued"]
    assert small.asked("specific") == 2
    assert small.submit(jobs[2]).poll_after == DEADLINES.queue


def test_who_goes_on_waiting_writes_it_down_once(small: FakedUseCases) -> None:
    *_, waiting = jobs = [small.job() for _ in range(3)]
    submit(small, *jobs)
    told, writes = small.read(waiting), small.writes(waiting)

    assert told.waits_for_slot
    assert submit(small, waiting) == ["queued"]
    assert (small.read(waiting), small.writes(waiting)) == (told, writes)


def test_room_that_opens_before_the_wait_is_written_down_is_found(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, late = (small.job() for _ in range(3))
    submit(small, first, second)
    note = small.jobs.note

    def note_late(job: Job, **changes: object) -> Job | None:
        small.release_slot.run(first)
        return note(job, **changes)

    monkeypatch.setattr(small.jobs, "note", note_late)

    assert submit(small, late) == ["processing"]
    assert not small.read(late).waits_for_slot


def test_who_leaves_wakes_the_next_and_the_next_gets_in(small: FakedUseCases) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    small.script.fetch = success(small.link())

    assert small.collect(first).next == "done"
    small.collect(first)

    assert small.read(waiting).wakeup_count == 1
    assert submit(small, waiting) == ["processing"]
    assert set(small.slots.leases) == {second.job_id, waiting.job_id}


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (Answer(429, b"{}"), False),
        (Answer(body=b'{"status":"error","message":"no face"}'), False),
        (Answer(502, b""), True),
    ],
    ids=["not started", "refused", "ambiguous"],
)
def test_a_slot_is_kept_only_while_something_may_run(
    small: FakedUseCases, answer: Answer, kept: bool
) -> None:
    small.script.submit = answer
    job = small.job()

    submit(small, job)
    small.collect(job)

    assert (job.job_id in small.slots.leases) is kept


def test_a_cancelled_job_keeps_its_slot_until_the_provider_is_done(small: FakedUseCases) -> None:
    job, other, waiting = (small.job() for _ in range(3))
    submit(small, job, other, waiting)

    small.cancel_job.run(job.job_id, "me")
    small.collect(job)
    assert job.job_id in small.slots.leases
    said = b'{"status":"failed","id":298}'
    small.receive_webhook.run(job.job_id, webhook_token("secret", job.job_id), said, None)
    assert job.job_id in small.slots.leases  # a message is only a reason to poll
    small.script.fetch = Answer(body=said)
    assert small.collect(job).next == "done"

    assert set(small.slots.leases) == {other.job_id}
    assert small.read(waiting).wakeup_count == 1


def test_a_slot_that_a_cancelled_job_had_just_taken_wakes_the_next(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, job, waiting = (small.job() for _ in range(3))
    submit(small, running)
    small.jobs.note(waiting, waits_for_slot=True)
    take = small.slots.take

    def cancelled_meanwhile(job_id: str, now: datetime, until: datetime) -> bool:
        taken = take(job_id, now, until)
        small.cancel_job.run(job_id, "me")
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(small.slots, "take", cancelled_meanwhile)
        small.submit(job)
    assert small.collect(job).next == "done"

    assert set(small.slots.leases) == {running.job_id}
    assert small.read(waiting).wakeup_count == 1
    assert small.asked("specific") == 1


def test_a_job_that_timed_out_gives_its_slot_back(small: FakedUseCases) -> None:
    job = small.job()
    submit(small, job)

    small.clock.forward(DEADLINES.job)
    assert small.collect(job).next == "done"

    assert set(small.slots.leases) == set()


def test_a_lease_that_nobody_gives_back_ends_by_itself(small: FakedUseCases) -> None:
    job = small.job()
    submit(small, job)

    small.clock.forward(DEADLINES.job + 15 * 60)

    assert small.slots.take("x", small.clock.now, small.clock.now)
    assert small.slots.take("y", small.clock.now, small.clock.now)


def test_who_is_cancelled_on_the_way_in_gives_the_slot_back(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small.job()
    real = small.slots.take

    def cancel_then(job_id: str, now: datetime, until: datetime) -> bool:
        small.jobs.move(small.read(job), "cancelled", small.clock.now)
        return real(job_id, now, until)

    monkeypatch.setattr(small.slots, "take", cancel_then)
    submit(small, job)
    assert small.collect(job).next == "done"

    assert (small.slots.leases, small.asked("specific")) == ({}, 0)


def test_what_the_provider_has_spoken_of_takes_a_slot_too(small: FakedUseCases) -> None:
    told = Evidence(at=small.clock.now, by="webhook", request_id="298")
    job = small.job(evidence_pending=told)

    submit(small, job)

    assert set(small.slots.leases) == {job.job_id}


def test_a_forged_message_frees_nothing(small: FakedUseCases) -> None:
    job = small.job()
    submit(small, job)

    with pytest.raises(NotFoundError):
        small.receive_webhook.run(job.job_id, "wrong", b'{"status":"failed","id":298}', None)

    assert set(small.slots.leases) == {job.job_id}


def test_a_queued_job_is_told_when_it_may_be_done(small: FakedUseCases) -> None:
    names = ("job_a", "job_b", "job_c", "job_d")
    first, second, third, fourth = (small.job(job_id=name) for name in names)
    small.clock.forward(1)
    waiting = small.job()
    assert small.estimate_queue.run(waiting) is None
    submit(small, first, second, third, fourth, waiting)
    small.script.fetch = success(small.link())
    small.clock.forward(19)
    small.collect(first)
    small.clock.forward(20)
    small.collect(second)

    assert sorted(small.slots.pace()) == [19, 39]
    assert small.estimate_queue.run(waiting) == small.clock.now + timedelta(seconds=2 * 29)
