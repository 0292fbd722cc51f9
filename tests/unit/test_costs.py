"""What a job costs: an estimate, settled when it is known whether the provider took it. On stores in memory."""

from decimal import Decimal
from typing import Any

import pytest

from faceswap.contract.jobs import JobRequest, view_of
from faceswap.rules.cost import Cost, cost_of, is_refused_unstarted, text_of
from faceswap.rules.job import Evidence, Job
from faceswap.rules.media import PURPOSES
from faceswap.rules.status import ErrorType
from faceswap.usecases.create_job import Caller
from tests.fakes import FakeInbox, FakeJobs, FakeMedia, FakeUploads
from tests.support.creating import create_job_on
from tests.support.faked_use_cases import FakedUseCases, faked_use_cases
from tests.support.samples import START, a_job
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
    assert cost_of(a_job(currency="USD")) is None
    assert view_of(a_job(), lambda _: "").root.cost is None


TOLD = Evidence(at=START, by="webhook", request_id="298")


@pytest.mark.parametrize(
    "known",
    [
        {"accepted_at": START},
        {"request_id": "298"},
        {"evidence_pending": TOLD},
        {"late_request_id": "298"},
        {"late_successes": 1},
    ],
)
@pytest.mark.parametrize("status", ["submitting", "processing", "failed", "cancelled"])
def test_whatever_the_provider_is_known_to_have_taken_costs_its_price(
    status: str, known: dict[str, Any]
) -> None:
    assert cost(a_job(status=status, **PRICE, **known)) == ("0.16", True)


@pytest.mark.parametrize(
    ("status", "known", "error", "is_unstarted"),
    [
        ("submitting", {}, "input-invalid", True),
        ("submitting", {}, "provider-rejected", True),
        ("submitting", {}, "submission-unknown", False),
        ("submitting", {}, None, False),
        ("submitting", {"request_id": "298"}, "provider-rejected", False),
        ("submitting", {"evidence_failed": TOLD}, "input-invalid", False),
        ("processing", {}, "input-invalid", False),
        ("queued", {}, "internal", False),
    ],
)
def test_an_answer_that_refuses_what_nobody_knows_there_tells_that_nothing_was_begun(
    status: str, known: dict[str, Any], error: ErrorType | None, is_unstarted: bool
) -> None:
    assert is_refused_unstarted(a_job(status=status, **known), error) is is_unstarted


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


@pytest.mark.parametrize(
    ("answer", "spends"),
    [
        (Answer(body=b'{"status":"processing","id":298}'), True),
        (Answer(502, b""), True),
        (Answer(429, b'{"status":"error","message":"Rate limit exceeded"}'), False),
        (Answer(body=b'{"status":"error","message":"no face"}'), False),
    ],
    ids=["accepted", "lost", "refused", "failed"],
)
def test_the_stack_tells_of_each_price_that_may_have_to_be_paid(
    cases: FakedUseCases, answer: Answer, spends: bool
) -> None:
    cases.script.submit = answer

    cases.submit(cases.job(**PRICE))
    cases.submit(cases.job())

    assert cases.spent == ([PRICE["price"]] if spends else [])


def test_a_new_job_has_the_price_of_today_and_keeps_it() -> None:
    jobs, uploads = FakeJobs(), FakeUploads()
    request = JobRequest.model_validate(
        dict.fromkeys(PURPOSES, "https://a.example/x")
        | {"consent": {"attested": True, "statement": "All agreed."}}
    )

    def made(key: str, price: tuple[Decimal, str] | None) -> Job:
        create_job = create_job_on(
            jobs, uploads, FakeMedia(), FakeInbox(), clock=lambda: START, price=price
        )
        return create_job.run(request, Caller("me", "me"), key).job

    first, free = made("a", (Decimal("0.16"), "EUR")), made("b", None)
    again = made("a", (Decimal("0.20"), "USD"))

    assert (first.price, first.currency) == (Decimal("0.16"), "EUR")
    assert (again.price, again.currency) == (Decimal("0.16"), "EUR")
    assert (free.price, free.currency) == (None, None)
