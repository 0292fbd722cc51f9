"""At most so many jobs at the provider, however they come and go."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from faceswap.rules.errors import NotFoundError
from faceswap.rules.job import Evidence, Job
from faceswap.rules.links import webhook_token
from faceswap.store.jobs import JobStore
from faceswap.store.slots import SlotStore
from tests.support.servers import Answer
from tests.support.tables_of_jobs import new_table
from tests.support.use_cases import DEADLINES, UseCases, success


@pytest.fixture
def small(use_cases: UseCases) -> UseCases:
    """A use_cases of its own with room for two."""
    use_cases.table = new_table(use_cases.world, f"room-{secrets.token_hex(4)}")
    use_cases.jobs, use_cases.size = JobStore(use_cases.world.aws("dynamodb"), use_cases.table), 2
    return use_cases


def submit(use_cases: UseCases, *jobs: Job) -> list[str]:
    for job in jobs:
        use_cases.submit(job)
    return [use_cases.read(job).status for job in jobs]


def test_who_finds_no_room_waits_in_the_queue(small: UseCases) -> None:
    jobs = [small.job() for _ in range(3)]

    assert submit(small, *jobs) == ["processing", "processing", "queued"]
    assert small.asked("specific") == 2
    assert small.submit(jobs[2]).poll_after == DEADLINES.queue


def test_who_goes_on_waiting_writes_it_down_once(small: UseCases) -> None:
    *_, waiting = jobs = [small.job() for _ in range(3)]
    submit(small, *jobs)
    told = small.item(waiting)

    assert told["waits_for_slot"]["BOOL"]
    assert submit(small, waiting) == ["queued"]
    assert small.item(waiting) == told


def test_room_that_opens_before_the_wait_is_written_down_is_found(
    small: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, late = (small.job() for _ in range(3))
    submit(small, first, second)
    note = JobStore.note

    def note_late(jobs: JobStore, job: Job, **changes: object) -> Job | None:
        small.release_slot.run(first)
        return note(jobs, job, **changes)

    monkeypatch.setattr(JobStore, "note", note_late)

    assert submit(small, late) == ["processing"]
    assert not small.read(late).waits_for_slot


def test_who_leaves_wakes_the_next_and_the_next_gets_in(small: UseCases) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    small.script.fetch = success(small.link())

    assert small.collect(first).next == "done"
    small.collect(first)

    assert small.read(waiting).wakeup_count == 1
    assert submit(small, waiting) == ["processing"]
    assert set(small.slots.holders()) == {second.job_id, waiting.job_id}


def test_of_many_at_once_as_many_get_in_as_there_is_room(small: UseCases) -> None:
    until = small.clock.now + timedelta(hours=1)
    with ThreadPoolExecutor(8) as threads:
        took = list(
            threads.map(lambda n: small.slots.take(f"job_{n}", small.clock.now, until), range(8))
        )

    assert sum(took) == len(small.slots.holders()) == 2


def test_a_lease_is_taken_once_and_ends_by_itself(small: UseCases) -> None:
    until = small.clock.now + timedelta(seconds=60)

    assert [small.slots.take(name, small.clock.now, until) for name in ("a", "a", "b", "c", "a")] == [
        True, True, True, False, True,
    ]  # fmt: skip
    small.clock.forward(60)
    assert small.slots.take("c", small.clock.now, until + timedelta(seconds=60))
    assert set(small.slots.holders()) == {"c"}
    assert not small.slots.give_back("a")


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
    small: UseCases, answer: Answer, kept: bool
) -> None:
    small.script.submit = answer
    job = small.job()

    submit(small, job)
    small.collect(job)

    assert (job.job_id in small.slots.holders()) is kept


def test_a_cancelled_job_keeps_its_slot_until_the_provider_is_done(small: UseCases) -> None:
    job, other, waiting = (small.job() for _ in range(3))
    submit(small, job, other, waiting)

    small.cancel_job.run(job.job_id, "me")
    small.collect(job)
    assert job.job_id in small.slots.holders()
    said = b'{"status":"failed","id":298}'
    small.receive_webhook.run(job.job_id, webhook_token("secret", job.job_id), said, None)
    assert job.job_id in small.slots.holders()  # a message is only a reason to poll
    small.script.fetch = Answer(body=said)
    assert small.collect(job).next == "done"

    assert set(small.slots.holders()) == {other.job_id}
    assert small.read(waiting).wakeup_count == 1


def test_a_slot_that_a_cancelled_job_had_just_taken_wakes_the_next(
    small: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, job, waiting = (small.job() for _ in range(3))
    submit(small, running)
    small.jobs.note(waiting, waits_for_slot=True)
    take = SlotStore.take

    def cancelled_meanwhile(slots: SlotStore, job_id: str, now: datetime, until: datetime) -> bool:
        taken = take(slots, job_id, now, until)
        small.cancel_job.run(job_id, "me")
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(SlotStore, "take", cancelled_meanwhile)
        small.submit(job)
    assert small.collect(job).next == "done"

    assert set(small.slots.holders()) == {running.job_id}
    assert small.read(waiting).wakeup_count == 1
    assert small.asked("specific") == 1


def test_a_job_that_timed_out_gives_its_slot_back(small: UseCases) -> None:
    job = small.job()
    submit(small, job)

    small.clock.forward(DEADLINES.job)
    assert small.collect(job).next == "done"

    assert set(small.slots.holders()) == set()


def test_a_lease_that_nobody_gives_back_ends_by_itself(small: UseCases) -> None:
    job = small.job()
    submit(small, job)

    small.clock.forward(DEADLINES.job + 15 * 60)

    assert small.slots.take("x", small.clock.now, small.clock.now)
    assert small.slots.take("y", small.clock.now, small.clock.now)


def test_who_is_cancelled_on_the_way_in_gives_the_slot_back(
    small: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small.job()
    real = SlotStore.take

    def cancel_then(self: SlotStore, job_id: str, now: datetime, until: datetime) -> bool:
        small.jobs.move(small.read(job), "cancelled", small.clock.now)
        return real(self, job_id, now, until)

    monkeypatch.setattr(SlotStore, "take", cancel_then)
    submit(small, job)
    assert small.collect(job).next == "done"

    assert (small.slots.holders(), small.asked("specific")) == ({}, 0)


def test_what_the_provider_has_spoken_of_takes_a_slot_too(small: UseCases) -> None:
    told = Evidence(at=small.clock.now, by="webhook", request_id="298")
    job = small.job(evidence_pending=told)

    submit(small, job)

    assert set(small.slots.holders()) == {job.job_id}


def test_a_forged_message_frees_nothing(small: UseCases) -> None:
    job = small.job()
    submit(small, job)

    with pytest.raises(NotFoundError):
        small.receive_webhook.run(job.job_id, "wrong", b'{"status":"failed","id":298}', None)

    assert set(small.slots.holders()) == {job.job_id}


def test_a_queued_job_is_told_when_it_may_be_done(small: UseCases) -> None:
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
