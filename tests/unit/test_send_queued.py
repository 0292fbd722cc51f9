"""The scheduled dispatch: who waits is sent while his execution sleeps, which hears of it once he was taken."""

from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from faceswap.rules.job import Deadlines, Job
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.servers import Answer

ACCEPTED = Answer(body=b'{"status":"processing","id":298}')
REJECTED = Answer(body=b'{"status":"error","message":"no face"}')
LOST = Answer(502, b"")
RATE = Answer(429, b'{"status":"error","message":"wait","retry_after":600}')


@pytest.fixture
def small(use_cases: FakedUseCases) -> FakedUseCases:
    """The use cases with room for three."""
    use_cases.admission.size = 3
    use_cases.deadlines = Deadlines(upload=100, queue=7 * 86_400, job=300)
    return use_cases


def asleep(small: FakedUseCases, job: Job | None = None) -> Job:
    """A job that was refused, and whose execution sleeps."""
    small.script.submit = RATE
    job = job or small.job()
    step = small.submit(job)
    assert step.poll_after == 7 * 86_400
    small.jobs.sleep(job.job_id, f"token of {job.job_id}", job.deadline_at)
    return small.read(job)


def over(small: FakedUseCases, answer: Answer) -> None:
    """The hold is over, and the provider answers so."""
    assert small.admission.hold_until is not None
    small.clock.now = small.admission.hold_until
    small.script.submit = answer


def test_where_nobody_waits_one_item_is_read(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.submit(small.job())
    monkeypatch.setattr(small.queue, "first", lambda _: pytest.fail("nobody needs that"))
    monkeypatch.setattr(small.jobs, "get", lambda _: pytest.fail("nobody needs that"))

    assert small.look_at_queue() == 0


def test_a_queue_that_has_been_empty_for_a_minute_is_open_to_newcomers(
    small: FakedUseCases,
) -> None:
    small.admission.waiting_at = small.clock.now
    small.clock.forward(61)

    assert small.look_at_queue() == 0

    assert small.admission.waiting_at is None


def test_while_the_provider_takes_nobody_or_no_slot_is_free_one_item_is_read(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep(small)
    monkeypatch.setattr(small.queue, "first", lambda _: pytest.fail("nobody needs that"))

    assert small.look_at_queue() == 0
    over(small, ACCEPTED)
    small.admission.size = 0
    assert small.look_at_queue() == 0


@pytest.mark.parametrize(
    ("answer", "status"),
    [(ACCEPTED, "processing"), (REJECTED, "failed"), (LOST, "submitting"), (RATE, "queued")],
    ids=["accepted", "rejected", "lost", "refused"],
)
def test_the_execution_hears_of_what_the_provider_said_unless_it_waits_on(
    small: FakedUseCases, answer: Answer, status: str
) -> None:
    job = asleep(small)
    over(small, answer)

    assert small.look_at_queue() == 1

    after = small.read(job)
    assert after.status == status
    woken = [] if status == "queued" else [job.task_token]
    assert small.executions.woken == woken
    assert small.admission.handed == {}
    assert set(small.admission.leases) == ({job.job_id} & set(small.admission.leases))
    assert (job.job_id in small.admission.leases) == (status in {"processing", "submitting"})
    assert (after.due_at == job.due_at) == (status == "queued")


def test_once_one_is_taken_the_others_go_too(small: FakedUseCases) -> None:
    jobs = [asleep(small) for _ in range(5)]
    over(small, ACCEPTED)

    small.look_at_queue()

    statuses = [small.read(job).status for job in jobs]
    assert statuses.count("processing") + len(small.admission.handed) == 3
    assert len(small.admission.leases) == 3


def test_who_may_be_woken_is_woken_once_there_is_no_time_for_one_more(
    small: FakedUseCases,
) -> None:
    jobs = [asleep(small)]
    jobs += [small.job() for _ in range(4)]
    for job in jobs[1:]:
        small.submit(job)
    over(small, ACCEPTED)
    left = iter([True])

    small.send_queued.run("https://api.example", has_time=lambda: next(left, False))

    assert small.asked("specific") == 2
    assert len(small.admission.handed) == 2


def test_without_time_for_a_submit_those_who_may_be_woken_are_woken(small: FakedUseCases) -> None:
    small.admission.size = 1
    _, *waiting = jobs = [small.job() for _ in range(3)]
    for job in jobs:
        small.submit(job)
    small.admission.size = 3

    assert small.send_queued.run("https://api.example", has_time=lambda: False) == 0

    assert set(small.admission.handed) == {job.job_id for job in waiting}


def test_a_job_that_cannot_be_sent_is_told_of_and_is_sent_by_its_execution(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asleep(small)
    over(small, ACCEPTED)
    with monkeypatch.context() as patch:
        patch.setattr(small.jobs, "begin", lambda *_args, **_fields: 1 / 0)
        assert small.look_at_queue() == 1
    assert small.broken == [job.job_id]
    assert small.executions.woken == []

    small.clock.forward(60)
    small.look_at_queue()

    assert small.executions.woken == [job.task_token]
    small.submit(job)
    assert small.read(job).status == "processing"


@pytest.mark.parametrize(("is_broken", "sent"), [(False, 2), (True, 0)])
def test_who_may_not_be_woken_any_more_is_sent_with_the_others_until_one_cannot_be(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch, is_broken: bool, sent: int
) -> None:
    small.admission.size = 1
    jobs = [small.job(wakeup_count=2) for _ in range(3)]
    for job in jobs:
        small.submit(job)
    small.clock.forward(60)
    small.admission.size = 3
    if is_broken:
        monkeypatch.setattr(small.jobs, "begin", lambda *_args, **_fields: 1 / 0)

    tried = small.look_at_queue()

    assert tried == (1 if is_broken else 2)
    assert [small.read(job).status for job in jobs].count("processing") == 1 + sent


@pytest.mark.parametrize("call", ["state", "hand_over"])
@pytest.mark.parametrize("times", [1, 5, 99])
def test_what_fails_before_a_job_is_handed_a_slot_is_tried_again_a_few_times(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch, call: str, times: int
) -> None:
    """After many failures AWS's SDK repeats no call any more, and nobody else looks for those who all sleep."""
    job = asleep(small)
    over(small, ACCEPTED)
    whole, asked = getattr(small.admission, call), count(1)

    def broken(*given: object, **options: object) -> object:
        if next(asked) <= times:
            raise OSError
        return whole(*given, **options)

    monkeypatch.setattr(small.admission, call, broken)
    if times < 99:
        assert small.look_at_queue() == 1
        assert small.read(job).status == "processing"
        assert len(small.broken) == times
        return
    with pytest.raises(OSError):  # noqa: PT011
        small.look_at_queue()
    assert len(small.broken) == 9


def test_what_fails_is_not_tried_again_once_there_is_no_time(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep(small)
    over(small, ACCEPTED)
    asked = count(1)
    monkeypatch.setattr(small.admission, "hand_over", lambda *_args, **_options: next(asked) / 0)
    left = iter([True, True])

    with pytest.raises(ZeroDivisionError):
        small.send_queued.run("https://api.example", has_time=lambda: next(left, False))

    assert next(asked) == 3


@pytest.mark.parametrize("call", ["get", "begin"])
def test_of_two_looks_at_once_one_sends_the_job(small: FakedUseCases, call: str) -> None:
    job = asleep(small)
    over(small, ACCEPTED)
    meanwhile(small.jobs, call, small.look_at_queue)

    small.look_at_queue()

    assert small.asked("specific") == 2
    assert small.read(job).status == "processing"
    assert set(small.admission.leases) == {job.job_id}


def test_an_execution_that_rises_meanwhile_sends_nothing_twice(small: FakedUseCases) -> None:
    job = asleep(small)
    over(small, ACCEPTED)
    meanwhile(small.jobs, "begin", partial(small.submit, job))

    small.look_at_queue()

    assert small.asked("specific") == 2
    assert small.read(job).status == "processing"
    assert set(small.admission.leases) == {job.job_id}


@pytest.mark.parametrize("end", ["cancel_job", "delete_job"])
@pytest.mark.parametrize("answer", [ACCEPTED, RATE], ids=["accepted", "refused"])
def test_who_is_cancelled_or_deleted_while_he_is_sent_drains(
    small: FakedUseCases, end: str, answer: Answer
) -> None:
    job = asleep(small)
    over(small, answer)
    meanwhile(small.provider, "submit", partial(getattr(small, end).run, job.job_id, "me"))

    small.look_at_queue()

    after = small.read(job)
    assert (after.status, after.closed_at) == ("cancelled", None)
    assert set(small.executions.woken) == {job.task_token}
    small.script.fetch = Answer(body=b'{"status":"error","message":"stopped"}')
    small.collect(job)
    assert small.read(job).closed_at is not None
    assert small.admission.leases == {}


def test_a_deadline_that_comes_while_a_job_waits_ends_it_unsent(small: FakedUseCases) -> None:
    job = asleep(small)
    over(small, ACCEPTED)
    small.clock.now = job.deadline_at + timedelta(seconds=1)

    small.look_at_queue()

    assert small.asked("specific") == 1
    assert small.collect(job).next == "done"
    assert small.error_of(job)[1] == "queue-timeout"
    assert small.admission.leases == {}


def test_who_is_being_sent_is_not_taken_for_lost_however_slowly_the_provider_answers(
    small: FakedUseCases,
) -> None:
    job = asleep(small)
    over(small, RATE)

    def the_next_one_comes() -> None:
        small.clock.forward(100)
        assert small.look_at_queue() == 0
        due_at = small.read(job).due_at
        assert due_at
        assert due_at > small.clock.now  # nor does a sweep find him

    meanwhile(small.provider, "submit", the_next_one_comes)

    assert small.look_at_queue() == 1

    assert small.executions.woken == []
    assert small.read(job).wakeup_count == 0


def test_while_one_is_being_sent_slowly_newcomers_are_sent(small: FakedUseCases) -> None:
    small.admission.size = 1
    for job in (small.job(), small.job(wakeup_count=2)):
        small.submit(job)
    small.clock.forward(60)
    small.admission.size = 3
    newcomer = small.job()

    statuses: list[str] = []

    def one_comes() -> None:
        small.clock.forward(100)
        small.submit(newcomer)
        statuses.append(small.read(newcomer).status)

    meanwhile(small.provider, "submit", one_comes)
    small.look_at_queue()

    assert statuses == ["processing"]


def test_who_was_being_sent_when_the_sender_died_is_woken(small: FakedUseCases) -> None:
    job = asleep(small)
    over(small, ACCEPTED)
    meanwhile(small.provider, "submit", lambda: 1 / 0)
    meanwhile(small.executions, "wake", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        small.look_at_queue()
    assert small.read(job).status == "submitting"

    small.clock.forward(150)
    small.look_at_queue()

    assert small.executions.woken == [job.task_token]
    assert small.admission.handed == {}


def test_while_one_is_sent_those_who_may_be_woken_do_not_wait_for_the_answer(
    small: FakedUseCases,
) -> None:
    first = small.job(wakeup_count=2)
    others = [small.job() for _ in range(2)]
    small.admission.leases["job_of_another"] = small.clock.now + timedelta(seconds=1)
    small.admission.size = 1
    for job in (first, *others):
        small.submit(job)
    small.clock.forward(60)
    small.admission.size = 3
    handed: list[str] = []
    meanwhile(small.provider, "submit", lambda: handed.extend(small.admission.handed))
    small.script.submit = ACCEPTED

    small.look_at_queue()

    assert set(handed) == {job.job_id for job in (first, *others)}


def test_a_job_that_was_refused_since_it_was_handed_its_slot_is_not_sent_without_one(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asleep(small)
    over(small, RATE)
    hand_over = small.admission.hand_over

    def and_its_execution_is_faster(*args: Any, **fields: Any) -> bool:
        is_done = hand_over(*args, **fields)
        small.submit(job)
        return is_done

    monkeypatch.setattr(small.admission, "hand_over", and_its_execution_is_faster)

    small.look_at_queue()

    assert small.asked("specific") == 2
    assert small.admission.leases == {}


@pytest.mark.parametrize("dies", [False, True])
def test_two_uploads_that_land_at_once_are_one_wake_up(small: FakedUseCases, dies: bool) -> None:
    job = small.job(status="awaiting_upload", media=small.uploaded(), queued_at=None)
    small.jobs.sleep(job.job_id, "token", job.deadline_at)

    def the_other_one_wakes() -> None:
        if dies:
            small.jobs.wake(job.job_id, only_in="awaiting_upload", seen=0)
        else:
            small.wake_when_complete.run(job.job_id)

    meanwhile(small.jobs, "wake", the_other_one_wakes)

    small.wake_when_complete.run(job.job_id)

    assert small.read(job).wakeup_count == 1
    assert set(small.executions.woken) == {"token"}
    assert small.read(job).may_be_woken


def test_who_waits_though_nobody_knows_of_it_any_more_is_found_by_the_sweep(
    small: FakedUseCases,
) -> None:
    """The index showed him so late that the mark was taken away; and his execution may not be woken once more."""
    job = asleep(small)
    over(small, ACCEPTED)
    small.admission.waiting_at = None
    small.jobs.wake(job.job_id)
    small.clock.forward(60)
    assert small.look_at_queue() == 0

    small.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)
    small.look_at_queue()

    assert small.read(job).status == "processing"
