"""What use cases rely on of what is spent: a sent job's price counts, until it is known that nothing began."""

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from faceswap.ports.quotas import OverBudgetError
from faceswap.rules import ids
from faceswap.rules.budget import Budget
from faceswap.rules.job import Failure, Job
from faceswap.rules.quotas import OwnerDay, Quotas, Usage
from tests.support.samples import a_job
from tests.support.stores import Stores

NOW = datetime(2026, 2, 1, 0, 0, 1, tzinfo=UTC)
YESTERDAY, TODAY = date(2026, 1, 31), date(2026, 2, 1)
PRICE = Decimal("0.16")


def priced(stores: Stores, **changes: object) -> Job:
    fields = {"job_id": ids.job_id(secrets.token_bytes(16)), "price": PRICE, "currency": "USD"}
    job = a_job(**(fields | changes))
    assert stores.jobs.create(job, Quotas(jobs_a_day=9, open_jobs=9)) is None
    return job


def sent(stores: Stores, job: Job) -> Job:
    moved = stores.jobs.move(job, "submitting", NOW, submitted_at=NOW, spent_on=TODAY)
    assert moved is not None
    return moved


def usage(stores: Stores, day: date = TODAY) -> Usage:
    return stores.usages.of(OwnerDay("me", day), "USD")


def test_a_price_is_kept_to_the_digit_and_counts_once_the_job_is_sent(stores: Stores) -> None:
    job = priced(stores, price=Decimal("0.160"))
    assert usage(stores).spent == 0
    read = stores.jobs.get(job.job_id)
    assert read is not None
    assert (str(read.price), read.currency) == ("0.160", "USD")

    moved = sent(stores, job)

    assert (moved.status, moved.spent_on) == ("submitting", TODAY)
    assert moved == stores.jobs.get(job.job_id)
    assert usage(stores).spent == PRICE
    sent(stores, priced(stores))
    assert usage(stores).spent == Decimal("0.32")


def test_what_was_not_started_is_given_back_and_may_be_spent_again(stores: Stores) -> None:
    moved = sent(stores, priced(stores))

    back = stores.jobs.move(moved, "queued", NOW, submitted_at=None, spent_on=None)

    assert back is not None
    assert back.spent_on is None
    assert usage(stores).spent == 0
    sent(stores, back)
    assert usage(stores).spent == PRICE


def test_a_final_write_gives_back_what_it_says_on_the_day_on_which_it_was_spent(
    stores: Stores,
) -> None:
    job = priced(stores, counted_on=YESTERDAY, counted_open=True)
    moved = sent(stores, job)
    assert usage(stores, YESTERDAY) == Usage(jobs=1, open_jobs=1)
    error = Failure(type="provider-rejected", detail="No.")

    ended = stores.jobs.move(moved, "failed", NOW, error=error, spent_on=None)

    assert ended is not None
    assert usage(stores) == Usage()
    assert usage(stores, YESTERDAY) == Usage(jobs=1)


def test_a_price_is_given_back_once_after_the_job_has_ended(stores: Stores) -> None:
    moved = sent(stores, priced(stores))
    ended = stores.jobs.move(moved, "cancelled", NOW, wake=True)
    assert ended is not None

    for _ in range(2):
        stores.jobs.give_back_price(moved)

    assert usage(stores).spent == 0
    after = stores.jobs.get(moved.job_id)
    assert after is not None
    assert (after.spent_on, after.status) == (None, "cancelled")


def test_what_the_provider_has_spoken_of_is_not_given_back(stores: Stores) -> None:
    moved = sent(stores, priced(stores))
    assert stores.jobs.move(moved, "cancelled", NOW, request_id="298") is not None

    stores.jobs.give_back_price(moved)

    assert usage(stores).spent == PRICE


def test_an_erased_job_keeps_what_it_cost(stores: Stores) -> None:
    moved = sent(stores, priced(stores))
    ended = stores.jobs.move(moved, "cancelled", NOW, request_id="298", closed_at=NOW)
    assert ended is not None

    erased = stores.jobs.erase(ended, NOW, "done")

    assert erased is not None
    assert (erased.price, erased.currency, erased.spent_on) == (PRICE, "USD", TODAY)


def begun(stores: Stores, job: Job, budget: str) -> Job | None:
    return stores.jobs.begin(job, NOW, Decimal(budget), submitted_at=NOW, spent_on=TODAY)


def test_no_job_is_begun_beyond_the_budget_of_the_day(stores: Stores) -> None:
    first, second = priced(stores), priced(stores)
    begun_first = begun(stores, first, "0.31")
    assert begun_first is not None
    assert begun_first.status == "submitting"

    with pytest.raises(OverBudgetError):
        begun(stores, second, "0.31")

    assert stores.jobs.get(second.job_id) == second
    assert usage(stores).spent == PRICE
    assert stores.budgets.on(TODAY, "USD") == Budget(PRICE)
    assert begun(stores, second, "0.32") is not None
    assert stores.budgets.on(TODAY, "USD") == Budget(2 * PRICE)


def test_a_price_beyond_the_whole_budget_is_never_spent(stores: Stores) -> None:
    with pytest.raises(OverBudgetError):
        begun(stores, priced(stores), "0.15")

    assert stores.budgets.on(TODAY, "USD") == Budget()


def test_a_budget_is_raised_for_its_day_and_lowered_again(stores: Stores) -> None:
    job = priced(stores)
    stores.budgets.raise_by(YESTERDAY, "USD", Decimal(9))
    assert stores.budgets.raise_by(TODAY, "USD", Decimal("0.01")) == Budget(raised=Decimal("0.01"))
    stores.budgets.raise_by(TODAY, "USD", Decimal(0))
    with pytest.raises(OverBudgetError):
        begun(stores, job, "0.15")
    stores.budgets.raise_by(TODAY, "USD", Decimal("0.01"))

    assert begun(stores, job, "0.15") is not None

    assert stores.budgets.on(TODAY, "USD") == Budget(PRICE, Decimal("0.01"))


def test_each_currency_has_counters_of_its_own(stores: Stores) -> None:
    euros = priced(stores, currency="EUR", price=Decimal("0.20"))
    assert begun(stores, priced(stores), "0.20") is not None
    stores.budgets.raise_by(TODAY, "USD", Decimal("0.01"))

    sent_in_euros = begun(stores, euros, "0.20")

    assert sent_in_euros is not None
    assert stores.budgets.on(TODAY, "USD") == Budget(PRICE, Decimal("0.01"))
    assert stores.budgets.on(TODAY, "EUR") == Budget(Decimal("0.20"))
    me = OwnerDay("me", TODAY)
    spent = [stores.usages.of(me, currency).spent for currency in ("USD", "EUR", None)]
    assert spent == [PRICE, Decimal("0.20"), 0]
    stores.jobs.move(sent_in_euros, "queued", NOW, submitted_at=None, spent_on=None)
    assert stores.budgets.on(TODAY, "EUR") == Budget()
    assert usage(stores).spent == PRICE


def test_what_is_given_back_may_be_spent_by_another(stores: Stores) -> None:
    moved = begun(stores, priced(stores), "0.16")
    assert moved is not None
    assert stores.jobs.move(moved, "queued", NOW, submitted_at=None, spent_on=None) is not None

    assert begun(stores, priced(stores), "0.16") is not None


def test_who_has_moved_is_not_begun_whatever_the_budget(stores: Stores) -> None:
    job = priced(stores)
    assert stores.jobs.move(job, "cancelled", NOW) is not None

    assert begun(stores, job, "9") is None
    assert begun(stores, job, "0") is None
    assert stores.budgets.on(TODAY, "USD") == Budget()


def test_a_hold_for_the_budget_is_told_apart_and_lifted(stores: Stores) -> None:
    until = NOW + timedelta(hours=5)
    admission = stores.admission
    admission.take("a", NOW, until)
    admission.hold("a", until, "budget")
    state = admission.state()
    assert state.is_held_for_budget(NOW)
    assert not state.is_held_for_budget(until)

    admission.lift_hold(state)

    assert not admission.state().is_held(NOW)
    assert admission.take("a", NOW, until)
    admission.hold("a", until, "budget")
    held = admission.state()
    admission.take("b", until, until)
    admission.refuse("b", 1, until + timedelta(seconds=9))
    assert admission.state().held_for is None
    admission.lift_hold(held)
    assert admission.state().is_held(until)
