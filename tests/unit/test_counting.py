"""What a write of a job adds to its owner's counters: each limit and each price gets back what it gave."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from faceswap.rules.counting import NOTHING, Counts, counts_of_change, counts_of_creation
from tests.support.samples import START, a_job

DAY, PRICE = date(2026, 1, 31), Decimal("0.16")


def test_nothing_is_counted_by_itself() -> None:
    assert Counts(jobs=0, open_jobs=0, spent=Decimal(0), spent_on=None) == NOTHING
    assert not NOTHING.changes_any
    for counted in (Counts(jobs=1), Counts(open_jobs=-1), Counts(spent=PRICE, spent_on=DAY)):
        assert counted.changes_any


@pytest.mark.parametrize(
    ("counted", "counts"),
    [
        ({}, NOTHING),
        ({"counted_on": DAY}, Counts(jobs=1)),
        ({"counted_open": True}, Counts(open_jobs=1)),
        ({"counted_on": DAY, "counted_open": True}, Counts(jobs=1, open_jobs=1)),
        # Its price counts when it is sent.
        ({"price": PRICE, "currency": "USD"}, NOTHING),
    ],
)
def test_a_new_job_counts_where_something_limits_it(
    counted: dict[str, Any], counts: Counts
) -> None:
    assert counts_of_creation(a_job(**counted)) == counts


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
@pytest.mark.parametrize(
    ("job", "counts"),
    [
        ({}, NOTHING),
        ({"counted_open": True}, Counts(open_jobs=-1)),
        ({"counted_on": DAY}, Counts(jobs=-1)),
        ({"counted_on": DAY, "submitted_at": START}, NOTHING),
        (
            {"counted_on": DAY, "counted_open": True, "submitted_at": START},
            Counts(open_jobs=-1),
        ),
    ],
)
def test_a_job_that_ends_is_open_no_more_and_has_its_day_back_if_it_was_never_sent(
    status: str, job: dict[str, Any], counts: Counts
) -> None:
    assert counts_of_change(a_job(**job), {"status": status}) == counts


@pytest.mark.parametrize("fields", [{}, {"status": "queued"}, {"status": "processing"}])
def test_a_job_that_goes_on_changes_nothing(fields: dict[str, object]) -> None:
    job = a_job(counted_on=DAY, counted_open=True, price=PRICE, spent_on=DAY)

    assert counts_of_change(job, fields) == NOTHING


@pytest.mark.parametrize(
    ("job", "fields", "counts"),
    [
        ({"price": PRICE}, {"spent_on": DAY}, Counts(spent=PRICE, spent_on=DAY)),
        ({"price": PRICE, "spent_on": DAY}, {"spent_on": DAY}, NOTHING),
        (
            {"price": PRICE, "spent_on": DAY},
            {"spent_on": None},
            Counts(spent=-PRICE, spent_on=DAY),
        ),
        ({}, {"spent_on": DAY}, NOTHING),
        (
            {"price": PRICE, "spent_on": DAY, "counted_open": True},
            {"status": "failed", "spent_on": None},
            Counts(open_jobs=-1, spent=-PRICE, spent_on=DAY),
        ),
    ],
)
def test_a_price_counts_from_the_day_of_its_request_until_it_is_taken_back(
    job: dict[str, Any], fields: dict[str, object], counts: Counts
) -> None:
    assert counts_of_change(a_job(**job), fields) == counts
