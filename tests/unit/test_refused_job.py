"""A job that the provider refuses for the account's sake while it takes others holds up itself, not everybody."""

from datetime import timedelta
from functools import partial

import pytest

from faceswap.rules.job import Deadlines, Failure, Job
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.scripted import success
from tests.support.servers import Answer

ACCEPTED = Answer(body=b'{"status":"processing","id":298}')
PLAN = Answer(402, b'{"status":"error","message":"Upgrade your plan for videos of this length."}')
RATE = Answer(429, b'{"status":"error","message":"wait","retry_after":600}')


@pytest.fixture
def small(use_cases: FakedUseCases) -> FakedUseCases:
    """The use cases with room for three."""
    use_cases.admission.size = 3
    use_cases.deadlines = Deadlines(upload=100, queue=7 * 86400, job=300)
    return use_cases


def submitted(use_cases: FakedUseCases, answer: Answer, job: Job | None = None) -> Job:
    job = job or use_cases.job()
    use_cases.script.submit = answer
    use_cases.submit(job)
    use_cases.clock.forward(1)
    return use_cases.read(job)


def test_the_first_job_that_is_refused_waits_alone(small: FakedUseCases) -> None:
    refused = submitted(small, PLAN)

    assert (refused.status, refused.refusals) == ("queued", 1)
    assert submitted(small, ACCEPTED).status == "processing"
    assert small.look_at_queue() == 0
    small.clock.forward(600)
    assert small.look_at_queue() == 1
    assert small.asked("specific") == 3


def test_a_second_one_while_nobody_is_taken_holds_up_all(small: FakedUseCases) -> None:
    submitted(small, PLAN)
    submitted(small, PLAN)

    assert small.admission.hold_until == small.clock.now + timedelta(seconds=2 * 600 - 1)
    assert submitted(small, ACCEPTED).status == "queued"
    assert small.asked("specific") == 2


def test_what_is_refused_together_is_one_round_and_nobody_polls_for_it(
    small: FakedUseCases,
) -> None:
    first, second = small.job(), small.job()
    small.script.submit = RATE
    meanwhile(small.provider, "submit", partial(small.submit, first))

    small.submit(second)

    assert small.admission.refusals == 1
    assert [small.read(job).status for job in (first, second)] == ["queued"] * 2
    assert [small.read(job).poll_at for job in (first, second)] == [None] * 2


@pytest.mark.parametrize(
    ("retry_after", "refusals", "wakes", "polls"),
    [
        (57, 0, 0, True),  # waits for 60 s: 5 % more than it was asked to
        (58, 0, 0, False),
        (57, 1, 0, False),
        (57, 0, 1, False),
    ],
    ids=["new", "may wait for the dispatch", "second round", "has waited"],
)
def test_only_who_has_not_waited_yet_and_need_not_wait_a_minute_polls_for_himself(
    small: FakedUseCases, retry_after: int, refusals: int, wakes: int, polls: bool
) -> None:
    body = f'{{"status":"error","message":"wait","retry_after":{retry_after}}}'
    job = small.job(wakeup_count=wakes)
    small.script.submit = Answer(429, body.encode())
    meanwhile(small.provider, "submit", lambda: setattr(small.admission, "refusals", refusals))

    small.submit(job)

    assert (small.read(job).poll_at is not None) is polls


def test_those_who_are_refused_in_one_round_poll_once(small: FakedUseCases) -> None:
    first, second = small.job(), small.job()
    small.script.submit = Answer(429, b'{"status":"error","message":"wait","retry_after":9}')
    meanwhile(small.provider, "submit", partial(small.submit, first))

    small.submit(second)

    assert [small.read(job).poll_at is not None for job in (first, second)] == [True, False]


def test_a_refusal_is_its_own_again_once_the_provider_has_taken_another(
    small: FakedUseCases,
) -> None:
    for _ in range(4):
        assert submitted(small, PLAN).refusals == 1
        taken = submitted(small, ACCEPTED)
        assert taken.status == "processing"
        small.admission.size += 1

    assert small.admission.hold_until is None


def test_a_lost_answer_is_no_refusal(small: FakedUseCases) -> None:
    submitted(small, PLAN)
    assert submitted(small, Answer(502, b"")).status == "submitting"

    assert submitted(small, PLAN).refusals == 1
    assert small.admission.hold_until is None


def test_until_one_is_taken_one_at_a_time_is_tried(small: FakedUseCases) -> None:
    first = submitted(small, RATE)
    others = [submitted(small, RATE) for _ in range(5)]
    small.clock.forward(600)

    submitted(small, ACCEPTED, first)

    assert [job.job_id for job in others if job.job_id in small.admission.handed] == [
        others[0].job_id
    ]
    assert submitted(small, ACCEPTED, others[0]).status == "processing"
    assert len(small.admission.leases) == small.admission.size
    assert small.asked("specific") == 2


def test_holds_grow_while_all_is_refused_and_one_job_tries_for_all(small: FakedUseCases) -> None:
    jobs = [submitted(small, RATE) for _ in range(4)]
    tried = []
    for _ in range(24 * 60):
        small.clock.forward(60)
        tried.append(small.look_at_queue())

    # Up to an hour each; one request each time.
    assert set(tried) == {0, 1}
    assert 24 <= sum(tried) <= 28
    assert small.executions.woken == []
    assert {small.read(job).wakeup_count for job in jobs} == {0}


def test_a_bad_job_costs_the_others_little_with_one_slot(small: FakedUseCases) -> None:
    small.admission.size = 1
    bad, done = small.job(owner="bad"), 0
    began = small.clock.now
    good = [small.job(owner=f"owner-{n}") for n in range(3)]
    while (small.clock.now - began).total_seconds() < 3 * 3600:
        for job in map(small.read, [bad, *good]):
            is_due = not job.submit_after or job.submit_after <= small.clock.now
            if job.status != "queued" or not is_due:
                continue
            submitted(small, PLAN if job.owner == "bad" else ACCEPTED, job)
        small.clock.forward(57)
        for job in map(small.read, list(good)):
            if job.status == "processing":
                small.script.fetch = success(small.link())
                small.collect(job)
                good.remove(next(each for each in good if each.job_id == job.job_id))
                good.append(small.job(owner=job.owner))
                done += 1

    assert small.read(bad).status == "failed"
    assert done >= 0.9 * 3 * 60


def test_a_rate_limit_holds_up_all_at_once(small: FakedUseCases) -> None:
    refused = submitted(small, RATE)

    assert refused.refusals == 0
    assert submitted(small, ACCEPTED).status == "queued"


def test_a_job_that_is_refused_while_others_are_taken_fails_in_the_end(
    small: FakedUseCases,
) -> None:
    job = submitted(small, PLAN)
    for _ in range(2):
        submitted(small, ACCEPTED)
        small.clock.forward(700)
        job = submitted(small, PLAN, job)

    assert job.error is not None
    assert (job.status, job.error.type) == ("failed", "provider-rejected")
    assert "plan" in (job.error.upstream or "")
    assert job.job_id not in small.admission.leases


def test_an_account_that_is_refused_for_days_fails_no_job(small: FakedUseCases) -> None:
    job = small.job(deadline_at=small.clock.now + timedelta(days=7))
    for _ in range(20):
        small.clock.forward(700)
        submitted(small, PLAN, job)

    assert (small.read(job).status, small.read(job).refusals) == ("queued", 1)


def test_whoever_waits_has_the_slot_of_a_job_that_is_refused_alone(small: FakedUseCases) -> None:
    small.admission.size = 1
    first = submitted(small, ACCEPTED)
    bad, waiting = submitted(small, ACCEPTED), submitted(small, ACCEPTED)
    small.release_slot.run(first)
    assert set(small.admission.handed) == {bad.job_id}

    submitted(small, PLAN, bad)

    assert set(small.admission.handed) == {waiting.job_id}


def test_whoever_waits_has_the_slot_of_the_job_that_was_tried_and_taken_at_its_end(
    small: FakedUseCases,
) -> None:
    submitted(small, RATE)
    waits = [submitted(small, ACCEPTED) for _ in range(2)]
    assert small.admission.hold_until is not None
    small.clock.now = small.admission.hold_until
    small.dispatch_slots.run()
    [probe] = small.admission.handed
    # Whoever sent it died before the others were sent on.
    small.admission.accept = lambda: None  # type: ignore[method-assign]
    small.submit(small.jobs.now[probe])
    assert small.jobs.now[probe].status == "processing"
    assert set(small.admission.leases) == {probe}

    ended = small.end_job.run(
        small.jobs.now[probe], "failed", failure=Failure(type="provider-failed", detail="No.")
    )

    assert ended is not None
    assert len(waits) == 2
    assert set(small.admission.handed) - {probe}


def tried_for_all(use_cases: FakedUseCases) -> tuple[Job, list[Job]]:
    """The job that is tried once a hold is over, and those that wait for what becomes of it."""
    first, *others = [submitted(use_cases, RATE) for _ in range(4)]
    use_cases.clock.forward(600)
    submitted(use_cases, ACCEPTED, first)
    assert list(use_cases.admission.handed) == [others[0].job_id]
    return others[0], [*others[1:], first]


def test_who_is_tried_for_all_and_is_cancelled_instead_leaves_that_to_the_next(
    small: FakedUseCases,
) -> None:
    tried, others = tried_for_all(small)

    small.cancel_job.run(tried.job_id, "me")
    small.collect(tried)

    assert list(small.admission.handed) == [others[0].job_id]
    assert small.read(others[0]).wakeup_count == 1


def test_who_is_tried_for_all_and_dies_over_it_keeps_the_others_for_ten_minutes(
    small: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, others = tried_for_all(small)
    monkeypatch.setattr(small.provider, "submit", dies)
    with pytest.raises(SystemExit):
        small.submit(tried)
    monkeypatch.undo()

    small.clock.forward(598)
    small.dispatch_slots.run()
    assert not small.admission.handed
    small.clock.forward(2)
    small.dispatch_slots.run()

    assert list(small.admission.handed) == [others[0].job_id]


def test_who_is_cancelled_while_he_is_refused_leaves_it_to_the_next(
    small: FakedUseCases,
) -> None:
    tried, others = tried_for_all(small)
    small.script.submit = RATE
    meanwhile(small.provider, "submit", partial(small.cancel_job.run, tried.job_id, "me"))
    small.submit(tried)
    assert small.admission.hold_until is not None
    small.clock.now = small.admission.hold_until
    small.script.submit = ACCEPTED

    small.look_at_queue()

    assert "processing" in {small.read(job).status for job in others}


def test_whoever_leaves_sees_who_was_refused_and_waits(small: FakedUseCases) -> None:
    leaving, refused = submitted(small, ACCEPTED), small.job()
    small.queue.unseen.add(refused.job_id)
    submitted(small, RATE, refused)
    small.admission.accept()
    small.queue.unseen.clear()

    small.release_slot.run(leaving)

    assert set(small.admission.handed) == {refused.job_id}


def dies(*_: object) -> None:
    raise SystemExit


def test_who_has_polled_for_himself_and_is_refused_again_is_not_woken_for_a_slot(
    small: FakedUseCases,
) -> None:
    short = Answer(429, b'{"status":"error","message":"wait","retry_after":5}')
    job = submitted(small, short)
    assert job.poll_at == small.admission.hold_until
    small.clock.forward(5)

    again = submitted(small, short, job)

    assert small.asked("specific") == 2
    assert (again.poll_at, again.may_be_woken) == (job.poll_at, False)
