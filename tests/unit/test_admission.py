"""At most so many jobs at the provider, however they come and go."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from faceswap.rules.errors import NotFoundError
from faceswap.rules.job import Evidence, Job
from faceswap.rules.links import webhook_token
from faceswap.rules.queue import Waiting, number_of, tag_of
from faceswap.rules.times import to_text
from tests.support.faked_use_cases import FakedUseCases
from tests.support.scripted import success
from tests.support.servers import Answer
from tests.support.wired_use_cases import DEADLINES

ACCEPTED = b'{"status":"processing","id":298}'


@pytest.fixture
def small(use_cases: FakedUseCases) -> FakedUseCases:
    """The use cases with room for two."""
    use_cases.admission.size = 2
    return use_cases


def submit(use_cases: FakedUseCases, *jobs: Job) -> list[str]:
    for job in jobs:
        use_cases.submit(job)
    return [use_cases.read(job).status for job in jobs]


def test_who_finds_no_slot_sleeps_until_his_deadline(small: FakedUseCases) -> None:
    *_, waiting = jobs = [small.job() for _ in range(3)]

    assert submit(small, *jobs[:2]) == ["processing", "processing"]
    step = small.submit(waiting)

    assert (small.read(waiting).status, small.asked("specific")) == ("queued", 2)
    assert step.poll_after == DEADLINES.queue
    assert step.due_at == to_text(small.read(waiting).due_at or small.clock.now)


def test_who_goes_on_waiting_writes_nothing(small: FakedUseCases) -> None:
    *_, waiting = jobs = [small.job() for _ in range(3)]
    submit(small, *jobs)
    small.clock.forward(20)
    told, writes = small.read(waiting), small.writes(waiting)

    assert told.queue_tag == tag_of(0, told.created_at)
    assert submit(small, waiting) == ["queued"]
    assert (small.read(waiting), small.writes(waiting)) == (told, writes)


def test_a_slot_that_gets_free_while_somebody_begins_to_wait_is_his(
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
    assert small.read(late).queue_tag is None
    assert small.admission.handed == {}


def test_who_leaves_hands_his_slot_to_the_next_in_the_same_write(small: FakedUseCases) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    small.script.fetch = success(small.link())

    assert small.collect(first).next == "done"
    small.collect(first)

    assert small.read(waiting).wakeup_count == 1
    assert set(small.admission.leases) == {second.job_id, waiting.job_id}
    assert set(small.admission.handed) == {waiting.job_id}
    assert submit(small, waiting) == ["processing"]
    assert small.admission.handed == {}


def test_nobody_passes_those_who_wait(small: FakedUseCases) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    small.script.fetch = success(small.link())
    small.collect(first)

    newcomer = small.job()
    assert submit(small, newcomer) == ["queued"]
    assert submit(small, waiting, newcomer) == ["processing", "queued"]


def test_owners_take_turns(small: FakedUseCases) -> None:
    small.admission.size = 1
    many = [small.job(owner="many") for _ in range(4)]
    submit(small, *many)
    small.clock.forward(1)
    one = small.job(owner="one")
    submit(small, one)

    order = []
    running = many[0]
    for _ in range(4):
        small.release_slot.run(running)
        (handed,) = small.admission.handed
        running = next(job for job in [*many, one] if job.job_id == handed)
        order.append(running.owner)
        submit(small, running)

    assert order == ["many", "one", "many", "many"]


def test_a_hand_over_whose_wake_up_was_lost_is_seen_by_the_next_dispatch(
    small: FakedUseCases,
) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    for before, after in ((first, waiting), (second, waiting)):
        small.admission.handed.pop(after.job_id, None)
        small.admission.leases.pop(before.job_id, None)
    small.admission.leases[waiting.job_id] = small.clock.now + timedelta(hours=1)
    small.admission.handed[waiting.job_id] = small.clock.now
    slept = small.read(waiting).wakeup_count

    small.clock.forward(59)
    small.dispatch_slots.run()
    assert small.read(waiting).wakeup_count == slept
    small.clock.forward(1)
    small.dispatch_slots.run()

    assert small.read(waiting).wakeup_count == slept + 1


def test_a_slot_that_was_handed_to_a_job_that_is_over_goes_to_the_next(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth = (small.job() for _ in range(4))
    submit(small, first, second, third, fourth)
    hand_over = small.admission.hand_over

    def cancelled_meanwhile(to: Waiting, *args: Any, **more: Any) -> bool:
        if to.job_id == third.job_id:
            small.jobs.move(small.read(third), "cancelled", small.clock.now)
        return hand_over(to, *args, **more)

    monkeypatch.setattr(small.admission, "hand_over", cancelled_meanwhile)
    small.release_slot.run(first)

    assert set(small.admission.handed) == {fourth.job_id}
    assert set(small.admission.leases) == {second.job_id, fourth.job_id}


def test_the_queue_is_open_again_once_nobody_has_waited_for_a_minute(
    small: FakedUseCases,
) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    small.clock.forward(61)
    for job in (first, second):
        small.release_slot.run(job)
    submit(small, waiting)
    small.release_slot.run(waiting)

    assert small.admission.waiting_at is None


def test_what_the_provider_refuses_for_a_while_holds_back_everybody(small: FakedUseCases) -> None:
    small.script.submit = Answer(429, b'{"status":"error","message":"wait","retry_after":40}')
    refused, second = small.job(), small.job()

    step = small.submit(refused)
    assert step.poll_after == 42
    small.script.submit = Answer(body=ACCEPTED)
    assert submit(small, second) == ["queued"]
    small.clock.forward(42)
    assert small.collect(refused).next == "submit"
    assert submit(small, refused) == ["queued"]

    # Another one is tried first; once it is taken, the others may go, too.
    assert small.read(second).wakeup_count == 1
    assert submit(small, second) == ["processing"]
    assert not small.admission.handed, "who has polled already is not woken once more"
    small.look_at_queue()
    assert small.read(refused).status == "processing"


def test_who_was_refused_and_is_cancelled_holds_up_nobody(small: FakedUseCases) -> None:
    small.script.submit = Answer(429, b'{"status":"error","message":"wait","retry_after":40}')
    refused, second = small.job(), small.job()
    submit(small, refused)
    small.script.submit = Answer(body=ACCEPTED)
    submit(small, second)
    small.clock.forward(50)

    small.cancel_job.run(refused.job_id, "me")
    small.collect(refused)
    small.look_at_queue()

    assert small.read(second).status == "processing"


def test_while_submitting_is_off_jobs_wait_and_the_sweep_lets_them_go_when_it_is_on(
    small: FakedUseCases,
) -> None:
    small.enabled = False
    jobs = []
    for _ in range(3):
        jobs.append(small.job())
        small.clock.forward(1)
    assert submit(small, *jobs) == ["queued"] * 3

    small.enabled = True
    small.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    assert set(small.admission.handed) == {jobs[0].job_id, jobs[1].job_id}
    assert [small.read(job).wakeup_count for job in jobs] == [1, 1, 0]


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

    assert (job.job_id in small.admission.leases) is kept


def test_a_cancelled_job_keeps_its_slot_until_the_provider_is_done(small: FakedUseCases) -> None:
    job, other, waiting = (small.job() for _ in range(3))
    submit(small, job, other, waiting)

    small.cancel_job.run(job.job_id, "me")
    small.collect(job)
    assert job.job_id in small.admission.leases
    said = b'{"status":"failed","id":298}'
    small.receive_webhook.run(job.job_id, webhook_token("secret", job.job_id), said, None)
    assert job.job_id in small.admission.leases  # a message is only a reason to poll
    small.script.fetch = Answer(body=said)
    assert small.collect(job).next == "done"

    assert set(small.admission.leases) == {other.job_id, waiting.job_id}
    assert small.read(waiting).wakeup_count == 1


def test_a_slot_that_a_cancelled_job_had_just_taken_wakes_the_next(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, job, waiting = (small.job() for _ in range(3))
    submit(small, running)
    take = small.admission.take

    def cancelled_meanwhile(job_id: str, now: datetime, until: datetime) -> bool:
        taken = take(job_id, now, until)
        small.cancel_job.run(job_id, "me")
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(small.admission, "take", cancelled_meanwhile)
        small.submit(job)
    submit(small, other := small.job(), waiting)
    assert small.read(other).status == "queued"
    assert small.collect(job).next == "done"

    assert set(small.admission.leases) == {running.job_id, other.job_id}
    assert small.read(other).wakeup_count == 1
    assert small.asked("specific") == 1


def test_a_job_that_timed_out_gives_its_slot_back(small: FakedUseCases) -> None:
    job = small.job()
    submit(small, job)

    small.clock.forward(DEADLINES.job)
    assert small.collect(job).next == "done"

    assert set(small.admission.leases) == set()


def test_a_lease_that_nobody_gives_back_ends_by_itself(small: FakedUseCases) -> None:
    job = small.job()
    submit(small, job)

    small.clock.forward(DEADLINES.job + 15 * 60)

    assert small.admission.take("x", small.clock.now, small.clock.now)
    assert small.admission.take("y", small.clock.now, small.clock.now)


def test_who_is_cancelled_on_the_way_in_gives_the_slot_back(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small.job()
    real = small.admission.take

    def cancel_then(job_id: str, now: datetime, until: datetime) -> bool:
        small.jobs.move(small.read(job), "cancelled", small.clock.now)
        return real(job_id, now, until)

    monkeypatch.setattr(small.admission, "take", cancel_then)
    submit(small, job)
    assert small.collect(job).next == "done"

    assert (small.admission.leases, small.asked("specific")) == ({}, 0)


def test_what_the_provider_has_spoken_of_takes_a_slot_too(small: FakedUseCases) -> None:
    told = Evidence(at=small.clock.now, by="webhook", request_id="298")
    job = small.job(evidence_pending=told)

    submit(small, job)

    assert set(small.admission.leases) == {job.job_id}


def test_a_forged_message_frees_nothing(small: FakedUseCases) -> None:
    job = small.job()
    submit(small, job)

    with pytest.raises(NotFoundError):
        small.receive_webhook.run(job.job_id, "wrong", b'{"status":"failed","id":298}', None)

    assert set(small.admission.leases) == {job.job_id}


def test_a_queued_job_is_told_when_it_may_be_done(small: FakedUseCases) -> None:
    names = ("job_a", "job_b", "job_c", "job_d")
    first, second, third, fourth = (small.job(job_id=name) for name in names)
    small.clock.forward(1)
    waiting = small.job()
    assert small.estimate_queue.run(waiting).eta is None
    submit(small, first, second, third, fourth, waiting)
    small.script.fetch = success(small.link())
    small.clock.forward(19)
    small.collect(first)
    small.clock.forward(20)
    small.collect(second)

    assert sorted(small.admission.durations.values()) == [19, 39]
    eta = small.estimate_queue.run(small.read(waiting)).eta
    assert eta == small.clock.now + timedelta(seconds=2 * 29)


def test_a_job_that_nobody_is_ahead_of_is_told_when_it_may_be_done(small: FakedUseCases) -> None:
    small.admission.size = 1
    small.admission.durations["job_before"] = 9.0
    job, now = small.job(), small.clock.now

    assert small.estimate_queue.run(job).eta == now + timedelta(seconds=9)
    later = job.model_copy(update={"submit_after": now + timedelta(seconds=30)})
    assert small.estimate_queue.run(later).eta == now + timedelta(seconds=30 + 9)
    small.admission.hold_until = now + timedelta(seconds=60)
    assert small.estimate_queue.run(later).eta == now + timedelta(seconds=60 + 9)


def test_nothing_is_told_of_a_job_that_has_not_entered_the_queue_while_others_wait(
    small: FakedUseCases,
) -> None:
    submit(small, *(small.job() for _ in range(3)))
    small.admission.durations["job_before"] = 5.0

    assert small.estimate_queue.run(small.job()).eta is None


def test_numbers_of_jobs_that_were_cancelled_in_the_queue_are_taken_back(
    small: FakedUseCases,
) -> None:
    small.admission.size = 1
    first, *many = (small.job(owner="x") for _ in range(11))
    submit(small, first, *many)
    for job in many:
        small.cancel_job.run(job.job_id, "x")
    small.clock.forward(1)
    others = [small.job(owner="y") for _ in range(5)]
    submit(small, *others)
    small.clock.forward(1)
    one = small.job(owner="x")
    submit(small, one)

    small.release_slot.run(first)
    submit(small, others[0])
    small.release_slot.run(others[0])

    assert set(small.admission.handed) == {one.job_id}


def test_who_has_cancelled_many_jobs_the_oldest_first_waits_for_none_of_them(
    small: FakedUseCases,
) -> None:
    small.admission.size = 1
    first, *many = (small.job(owner="x") for _ in range(201))
    submit(small, first, *many)
    others = [small.job(owner="y") for _ in range(120)]
    submit(small, *others)
    for job in many:
        small.cancel_job.run(job.job_id, "x")
        small.collect(job)
    leaving = first
    for job in others[:60]:
        small.release_slot.run(leaving)
        submit(small, job)
        leaving = job
    one = small.job(owner="x")
    submit(small, one)

    small.release_slot.run(leaving)

    assert set(small.admission.handed) == {one.job_id}


def test_who_cancels_and_asks_anew_gets_no_second_turn_by_that(small: FakedUseCases) -> None:
    small.admission.size = 1
    first, *many = (small.job(owner="x") for _ in range(21))
    submit(small, first, *many)
    for _ in range(20):
        small.clock.forward(1)
        small.cancel_job.run(many.pop(0).job_id, "x")
        many.append(small.job(owner="x"))
        submit(small, many[-1])
    one = small.job(owner="y")
    submit(small, one)

    numbers = [number_of(small.read(job).queue_tag or "") for job in many]
    assert sorted(numbers) == list(range(20))
    small.release_slot.run(first)
    (handed,) = small.admission.handed
    submit(small, next(job for job in [*many, one] if job.job_id == handed))
    small.release_slot.run(next(job for job in [*many, one] if job.job_id == handed))
    assert one.job_id in {handed, *small.admission.handed}


def test_a_mark_goes_although_jobs_come_one_by_one(small: FakedUseCases) -> None:
    *jobs, waiting = [small.job() for _ in range(3)]
    submit(small, *jobs, waiting)
    for job in (*jobs, waiting):
        small.release_slot.run(job)
        submit(small, waiting)
    assert small.admission.waiting_at is not None

    for _ in range(4):
        small.clock.forward(29)
        job = small.job()
        assert submit(small, job) == ["processing"]
        small.release_slot.run(small.read(job))

    assert small.admission.waiting_at is None


def test_a_mark_that_failed_is_set_at_the_next_try(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second)
    with monkeypatch.context() as patch:
        patch.setattr(small.admission, "mark", lambda _now: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            small.submit(waiting)
    submit(small, waiting)

    small.release_slot.run(first)

    assert set(small.admission.handed) == {waiting.job_id}


def test_a_long_row_of_jobs_that_the_index_still_shows_does_not_hide_who_waits(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [small.job() for _ in range(30)]
    submit(small, *jobs)
    lagging = small.queue.first(99)
    small.clock.forward(61)
    for job in jobs[2:27]:
        small.cancel_job.run(job.job_id, "me")
    monkeypatch.setattr(small.queue, "first", lambda limit: lagging[:limit])

    small.release_slot.run(jobs[0])

    assert set(small.admission.handed) == {jobs[27].job_id}
    assert small.admission.waiting_at is not None


def test_a_job_that_fails_in_the_queue_is_not_handed_a_slot_by_that(small: FakedUseCases) -> None:
    small.admission.size = 1
    small.script.submit = Answer(429, b'{"status":"error","message":"wait","retry_after":40}')
    media = small.uploaded()
    refused = small.job(media=media)
    submit(small, refused)
    small.script.submit = Answer(body=ACCEPTED)
    upload = small.uploads.now[next(iter(small.uploads.now))]
    small.uploads.now.pop(upload.upload_id)
    small.clock.forward(50)
    waiting = small.job()
    small.clock.forward(1)

    submit(small, refused, waiting)

    assert small.read(refused).status == "failed"
    assert set(small.admission.leases) == {waiting.job_id}


def test_a_submit_that_comes_late_leaves_no_slot_to_a_job_that_is_over(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small.job()
    take = small.admission.take

    def sent_meanwhile(job_id: str, *args: Any) -> bool:
        if small.read(job).status == "queued":
            monkeypatch.setattr(small.admission, "take", take)
            small.submit(job)
            small.script.fetch = success(small.link())
            small.collect(job)
        return take(job_id, *args)

    monkeypatch.setattr(small.admission, "take", sent_meanwhile)
    small.submit(job)

    assert small.read(job).closed_at is not None
    assert small.admission.leases == {}


def test_who_was_refused_stands_behind_those_who_wait(small: FakedUseCases) -> None:
    small.script.submit = Answer(429, b'{"status":"error","message":"wait","retry_after":40}')
    refused, second = small.job(owner="x"), small.job(owner="y")
    small.clock.forward(1)
    submit(small, refused)
    submit(small, second)
    small.admission.size = 1
    small.clock.forward(50)

    submit(small, refused)

    assert set(small.admission.handed) == {second.job_id}


def test_a_slot_that_was_handed_over_before_submitting_was_switched_off_is_given_back(
    small: FakedUseCases,
) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    small.release_slot.run(first)
    assert set(small.admission.handed) == {waiting.job_id}
    small.enabled = False

    assert submit(small, waiting) == ["queued"]
    assert (small.asked("specific"), set(small.admission.leases)) == (2, {second.job_id})

    small.enabled = True
    small.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)
    assert submit(small, waiting) == ["processing"]


def test_the_number_of_a_job_that_is_cancelled_on_its_way_into_the_queue_is_taken_back(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, waiting, following = (small.job() for _ in range(4))
    submit(small, first, second)
    note = small.jobs.note

    def note_late(job: Job, **changes: object) -> Job | None:
        monkeypatch.setattr(small.jobs, "note", note)
        small.cancel_job.run(waiting.job_id, "me")
        return note(job, **changes)

    monkeypatch.setattr(small.jobs, "note", note_late)
    submit(small, waiting, following)

    assert small.read(following).queue_tag == tag_of(0, following.created_at)


def test_a_job_that_cannot_be_read_does_not_hold_up_the_others(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_, broken, waiting = jobs = [small.job() for _ in range(4)]
    submit(small, *jobs)
    get = small.jobs.get

    def get_or_fail(job_id: str) -> Job | None:
        if job_id == broken.job_id:
            raise ValueError("an item of another time")
        return get(job_id)

    monkeypatch.setattr(small.jobs, "get", get_or_fail)
    small.release_slot.run(first)

    assert set(small.admission.handed) == {waiting.job_id}


def test_a_job_that_cannot_be_woken_does_not_hold_up_the_others(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, broken, waiting = (small.job() for _ in range(4))
    submit(small, first, second, broken, waiting)
    small.release_slot.run(first)
    assert set(small.admission.handed) == {broken.job_id}
    small.clock.forward(61)
    wake = small.jobs.wake

    def wake_or_fail(job_id: str, **said: Any) -> Any:
        if job_id == broken.job_id:
            raise ValueError("an item of another time")
        return wake(job_id, **said)

    monkeypatch.setattr(small.jobs, "wake", wake_or_fail)
    small.release_slot.run(second)
    small.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    assert set(small.admission.handed) == {broken.job_id, waiting.job_id}
    assert set(small.broken) == {broken.job_id}


def test_who_leaves_gives_his_slot_back_though_others_are_always_faster(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second, waiting)
    monkeypatch.setattr(small.admission, "hand_over", lambda *_args, **_more: False)

    small.release_slot.run(first)

    assert set(small.admission.leases) == {second.job_id}


def test_who_begins_to_wait_while_others_are_always_faster_is_sent_by_the_next_dispatch(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, waiting = (small.job() for _ in range(3))
    submit(small, first, second)
    small.admission.waiting_at = small.clock.now
    small.release_slot.run(first)
    with monkeypatch.context() as patch:
        patch.setattr(small.admission, "hand_over", lambda *_args, **_more: False)
        small.submit(waiting)
        assert small.look_at_queue() == 0

    assert small.look_at_queue() == 1
    assert small.read(waiting).status == "processing"
