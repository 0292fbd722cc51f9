"""The budget of the day: what is over it waits for midnight and says so, or until somebody raises it. In memory."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from faceswap.contract.jobs import view_of
from faceswap.rules.budget import Budget
from faceswap.rules.job import Deadlines, Job
from tests.support.faked_use_cases import FakedUseCases, faked_use_cases
from tests.support.meanwhile import meanwhile
from tests.support.samples import START
from tests.support.servers import Answer

PRICE = Decimal("0.16")
MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)
REFUSED = Answer(429, b'{"status":"error","message":"wait","retry_after":60}')


@pytest.fixture
def cases() -> FakedUseCases:
    """The use cases with a budget for two jobs a day."""
    cases = faked_use_cases()
    cases.daily_budget = Decimal("0.40")
    cases.deadlines = Deadlines(upload=100, queue=7 * 86_400, job=300)
    cases.admission.size = 5
    return cases


def priced(cases: FakedUseCases, **changes: object) -> Job:
    queue = cases.clock.now + timedelta(days=7)
    return cases.job(price=PRICE, currency="USD", deadline_at=queue, **changes)


def submitted(cases: FakedUseCases, count: int = 1) -> list[Job]:
    jobs = [priced(cases) for _ in range(count)]
    for job in jobs:
        cases.submit(job)
    return [cases.read(job) for job in jobs]


def statuses(cases: FakedUseCases, jobs: list[Job]) -> list[str]:
    return [cases.read(job).status for job in jobs]


def test_once_the_budget_is_spent_nothing_is_sent_and_the_slot_is_free(
    cases: FakedUseCases,
) -> None:
    jobs = submitted(cases, 4)

    assert statuses(cases, jobs) == ["processing", "processing", "queued", "queued"]
    assert cases.asked("specific") == 2
    assert set(cases.admission.leases) == {job.job_id for job in jobs[:2]}
    assert cases.jobs.counted.on(START.date(), "USD") == Budget(Decimal("0.32"))
    assert cases.admission.state().is_held_for_budget(START)
    assert cases.budget_used == [40, 100, 100]


def test_who_waits_for_the_budget_says_so_and_sleeps(cases: FakedUseCases) -> None:
    cases.admission.durations = {"x": 10}
    *_, third = submitted(cases, 3)

    outlook = cases.estimate_queue.run(third)

    assert outlook.waits_for_budget
    assert outlook.eta is not None
    assert outlook.eta >= MIDNIGHT
    view = view_of(third, lambda _: "", outlook.eta, waits_for_budget=True).root
    assert view.notice is not None
    assert "midnight" in view.notice
    assert cases.submit(third).poll_after == cases.deadlines.queue


def test_who_comes_after_midnight_passes_nobody_who_waits_for_it(cases: FakedUseCases) -> None:
    *_, third = submitted(cases, 3)
    assert cases.admission.waiting_at == START
    cases.clock.now = MIDNIGHT
    newcomer = priced(cases)

    cases.submit(newcomer)

    assert third.job_id in cases.admission.handed


def test_one_that_waited_already_keeps_its_place(cases: FakedUseCases) -> None:
    cases.admission.size = 2
    jobs = submitted(cases, 4)
    tags = [job.queue_tag for job in jobs[2:]]
    assert tags[0] is not None
    cases.admission.give_back(jobs[0].job_id, though_awaited=True)

    cases.submit(jobs[2])

    assert cases.admission.state().is_held_for_budget(START)
    assert [cases.read(job).queue_tag for job in jobs[2:]] == tags


def test_at_midnight_who_waits_is_sent_in_order(cases: FakedUseCases) -> None:
    jobs = submitted(cases, 4)
    cases.clock.now = MIDNIGHT

    for job in jobs[2:]:
        cases.submit(job)

    assert statuses(cases, jobs) == ["processing"] * 4
    assert cases.jobs.counted.on(MIDNIGHT.date(), "USD") == Budget(Decimal("0.32"))
    assert not cases.estimate_queue.run(cases.read(jobs[3])).waits_for_budget


def test_a_budget_that_is_raised_sends_on_with_the_next_sweep(cases: FakedUseCases) -> None:
    jobs = submitted(cases, 3)
    cases.jobs.counted.raise_by(START.date(), "USD", Decimal("0.08"))

    cases.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    assert not cases.admission.state().is_held(START)
    assert jobs[2].job_id in cases.admission.handed
    cases.submit(jobs[2])
    assert statuses(cases, jobs) == ["processing"] * 3


def test_a_hold_that_comes_after_the_budget_was_raised_is_lifted_at_once(
    cases: FakedUseCases,
) -> None:
    submitted(cases, 2)
    third = priced(cases)
    hold = cases.admission.hold

    def raised_just_before(*args: object, **options: object) -> object:
        cases.jobs.counted.raised[START.date(), "USD"] = Decimal(1)
        return hold(*args, **options)  # type: ignore[arg-type]

    cases.admission.hold = raised_just_before  # type: ignore[method-assign, assignment]
    cases.submit(third)

    assert not cases.admission.state().is_held(START)
    assert third.job_id in cases.admission.handed


def test_a_job_of_an_older_and_higher_price_waits_although_one_of_today_s_would_fit(
    cases: FakedUseCases,
) -> None:
    submitted(cases, 2)
    cases.price = Decimal("0.08")
    dear = priced(cases)

    cases.submit(dear)

    assert cases.admission.state().is_held_for_budget(START)
    assert dear.job_id not in cases.admission.handed
    assert cases.admission.hold_until == MIDNIGHT


def test_what_is_spent_in_another_currency_is_not_added(cases: FakedUseCases) -> None:
    submitted(cases, 2)
    euros = cases.job(price=PRICE, currency="EUR", deadline_at=START + timedelta(days=7))

    cases.submit(euros)

    assert statuses(cases, [euros]) == ["processing"]
    for currency, spent in {"USD": "0.32", "EUR": "0.16"}.items():
        assert cases.jobs.counted.on(START.date(), currency) == Budget(Decimal(spent))


def test_a_job_of_the_former_currency_waits_for_its_own_budget_alone(
    cases: FakedUseCases,
) -> None:
    for sent in submitted(cases, 2):
        cases.admission.give_back(sent.job_id, though_awaited=True)
    cases.admission.size = 1
    cases.currency = "EUR"
    dollars = priced(cases)
    euros = cases.job(price=PRICE, currency="EUR", deadline_at=START + timedelta(days=7))

    cases.submit(dollars)
    cases.submit(euros)

    assert statuses(cases, [dollars, euros]) == ["queued", "processing"]
    assert not cases.admission.state().is_held(START)
    cases.clock.now = MIDNIGHT - timedelta(seconds=1)
    assert cases.estimate_queue.run(cases.read(dollars)).waits_for_budget
    cases.admission.give_back(euros.job_id, though_awaited=True)
    cases.look_at_queue()
    assert statuses(cases, [dollars]) == ["queued"]

    cases.clock.now = MIDNIGHT
    assert not cases.estimate_queue.run(cases.read(dollars)).waits_for_budget
    cases.look_at_queue()
    assert statuses(cases, [dollars]) == ["processing"]


def test_jobs_of_the_former_currency_that_wait_in_front_hold_up_nobody(
    cases: FakedUseCases,
) -> None:
    cases.admission.size = 2
    for sent in submitted(cases, 2):
        cases.admission.give_back(sent.job_id, though_awaited=True)
    dollars = submitted(cases, 4)
    assert cases.admission.state().is_held_for_budget(START)
    cases.currency = "EUR"
    euros = [
        cases.job(price=PRICE, currency="EUR", deadline_at=START + timedelta(days=7))
        for _ in range(2)
    ]
    for job in euros:
        cases.submit(job)
    places = [cases.read(job).queue_tag for job in dollars]

    cases.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)
    while cases.admission.handed:
        for job_id in list(cases.admission.handed):
            cases.submit(cases.jobs.now[job_id])

    assert statuses(cases, [*dollars, *euros]) == ["queued"] * 4 + ["processing"] * 2
    assert [cases.read(job).queue_tag for job in dollars] == places


def test_a_budget_that_is_lifted_altogether_sends_on_with_the_next_sweep(
    cases: FakedUseCases,
) -> None:
    jobs = submitted(cases, 3)
    cases.daily_budget = None

    cases.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    assert not cases.admission.state().is_held(START)
    assert jobs[2].job_id in cases.admission.handed
    assert cases.budget_used == [40, 100, 100]
    cases.submit(jobs[2])
    assert statuses(cases, jobs) == ["processing"] * 3


def test_a_sweep_lifts_no_hold_of_the_provider(cases: FakedUseCases) -> None:
    cases.script.submit = REFUSED
    submitted(cases)

    cases.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)

    assert cases.admission.state().is_held(START)


def test_what_is_given_back_after_a_cancellation_lets_the_next_be_sent(
    cases: FakedUseCases,
) -> None:
    submitted(cases, 1)
    cancelled, waits = priced(cases), priced(cases)
    cases.script.submit = Answer(body=b'{"status":"error","message":"no face"}')

    def meanwhile_the_next() -> None:
        cases.cancel_job.run(cancelled.job_id, "me")
        cases.submit(waits)
        assert cases.admission.state().is_held_for_budget(START)

    meanwhile(cases.provider, "submit", meanwhile_the_next)
    cases.submit(cancelled)

    assert not cases.admission.state().is_held(START)
    assert waits.job_id in cases.admission.handed


def test_where_the_budget_cannot_be_read_others_are_sent_on_after_a_refusal_all_the_same(
    cases: FakedUseCases,
) -> None:
    cases.daily_budget = Decimal(9)
    cases.script.submit = REFUSED
    refused, second, third = priced(cases), priced(cases), priced(cases)
    cases.submit(refused)
    cases.script.submit = Answer(body=b'{"status":"processing","id":298}')
    for job in (second, third):
        cases.submit(job)
    held = cases.admission.state().hold_until
    assert held is not None
    cases.clock.now = held
    cases.sweep_jobs.run(has_time=lambda: True, failed=lambda _: None)
    [probe] = cases.admission.handed

    def broken(day: date, currency: str) -> Budget:  # noqa: ARG001
        raise OSError

    cases.jobs.counted.on = broken  # type: ignore[method-assign]
    with pytest.raises(OSError):  # noqa: PT011
        cases.submit(cases.jobs.now[probe])

    waiting = {refused.job_id, second.job_id, third.job_id} - {probe}
    assert waiting <= set(cases.admission.leases)


def test_what_the_provider_refuses_leaves_room_in_the_budget(cases: FakedUseCases) -> None:
    cases.script.submit = REFUSED
    (refused,) = submitted(cases)
    assert cases.jobs.counted.on(START.date(), "USD") == Budget()
    assert cases.admission.state().held_for is None
    assert refused.status == "queued"


def test_a_refusal_does_not_shorten_the_hold_of_the_budget(cases: FakedUseCases) -> None:
    first = cases.job(deadline_at=START + timedelta(days=7))  # made before there were prices
    cases.admission.take(first.job_id, START, START + timedelta(days=9))
    submitted(cases, 3)
    cases.script.submit = REFUSED

    cases.submit(first)

    state = cases.admission.state()
    assert (state.hold_until, state.held_for) == (MIDNIGHT, "budget")


def test_a_job_whose_deadline_comes_first_ends_in_the_queue(cases: FakedUseCases) -> None:
    submitted(cases, 2)
    job = cases.job(price=PRICE, currency="USD", deadline_at=START + timedelta(seconds=100))

    assert cases.submit(job).poll_after == 100


@pytest.mark.parametrize(
    ("reserved", "raised", "used"),
    [("0", "0", 0), ("0.79", "0", 79), ("0.835", "0", 83), ("0.85", "0", 100), ("0.85", "1", 42)],
)
def test_it_is_told_how_much_of_the_budget_is_used(reserved: str, raised: str, used: int) -> None:
    budget = Budget(Decimal(reserved), Decimal(raised))

    assert budget.used(Decimal(1), PRICE) == used


@pytest.mark.parametrize(
    ("answer", "is_spent"),
    [
        (REFUSED, False),
        (Answer(body=b'{"status":"error","message":"no face"}'), False),
        (Answer(body=b'{"status":"processing","id":298}'), True),
        (Answer(502, b""), True),
    ],
    ids=["refused", "failed", "accepted", "lost"],
)
def test_of_a_job_that_is_cancelled_while_it_is_sent_the_price_counts_if_it_may_have_been_taken(
    cases: FakedUseCases, answer: Answer, is_spent: bool
) -> None:
    cases.script.submit = answer
    job = priced(cases)
    meanwhile(cases.provider, "submit", partial(cases.cancel_job.run, job.job_id, "me"))

    cases.submit(job)

    assert (cases.read(job).spent_on is not None) is is_spent
