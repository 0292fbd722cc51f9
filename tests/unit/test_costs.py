"""What a job costs: an estimate, settled when it is known whether the provider took it. On stores in memory."""

from decimal import Decimal
from typing import Any

import pytest

from faceswap.contract.jobs import view_of
from faceswap.rules.cost import Cost, cost_of, text_of
from faceswap.rules.job import Job
from tests.support.faked_use_cases import FakedUseCases, faked_use_cases
from tests.support.samples import a_job
from tests.support.servers import Answer

PRICE: dict[str, Any] = {"price": Decimal("0.16"), "currency": "USD"}


@pytest.fixture
def cases() -> FakedUseCases:
    return faked_use_cases()


def cost(job: Job) -> tuple[str, bool]:
    known = cost_of(job)
    assert known is not None
    assert known.currency == "USD"
    return text_of(known.amount), known.settled


def spent(cases: FakedUseCases) -> Decimal:
    return sum(cases.jobs.counted.reserved.values(), Decimal(0))


def test_a_job_without_a_price_has_no_cost() -> None:
    assert cost_of(a_job()) is None
    assert view_of(a_job(), lambda _: "").root.cost is None


def test_a_job_that_was_accepted_costs_its_own_price(cases: FakedUseCases) -> None:
    job = cases.job(**PRICE)
    assert cost(job) == ("0.16", False)

    cases.submit(job)

    after = cases.read(job)
    assert (after.status, cost(after)) == ("processing", ("0.16", True))
    assert spent(cases) == Decimal("0.16")
    view = view_of(after, lambda _: "").model_dump(mode="json")
    assert view["cost"] == {"amount": "0.16", "currency": "USD", "settled": True}


def test_a_job_that_was_never_sent_costs_nothing(cases: FakedUseCases) -> None:
    job = cases.job(**PRICE)

    cases.cancel_job.run(job.job_id, "me")

    assert cost(cases.read(job)) == ("0", True)
    assert spent(cases) == 0


@pytest.mark.parametrize(
    ("status", "body", "left"),
    [
        (429, '{"status":"error","message":"Rate limit exceeded"}', "queued"),
        (400, '{"status":"error","message":"The init_video field is required."}', "failed"),
    ],
)
def test_what_the_provider_refused_is_not_spent(
    cases: FakedUseCases, status: int, body: str, left: str
) -> None:
    job = cases.job(**PRICE)
    cases.script.submit = Answer(status, body.encode())

    cases.submit(job)

    after = cases.read(job)
    assert after.status == left
    assert cost(after) == (("0.16", False) if left == "queued" else ("0", True))
    assert spent(cases) == 0


def test_an_amount_is_written_without_an_exponent() -> None:
    assert text_of(Decimal("0.0000001")) == "0.0000001"
    assert text_of(Decimal("1E+3")) == "1000"
    assert Cost(Decimal(0), "USD", settled=True).amount == 0
