"""Who asks too fast: what he is told, and what that costs the table."""

from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

import rate_limits
from faceswap.container.jobs import JobsContainer
from faceswap.ports.jobs import BusyError
from faceswap.rules.errors import QuotaError
from faceswap.rules.rates import Rate
from faceswap.settings import JobsSettings
from faceswap.usecases.keep_rate import KeepRate
from tests.fakes import FakeRates
from tests.support.environment import ENVIRONMENT
from tests.support.samples import START
from tests.support.structured import parse_list
from tests.support.wired_use_cases import Clock


def test_who_asks_too_fast_is_told_when_to_come_again() -> None:
    clock, told = Clock(START), []
    keep = KeepRate(rates=FakeRates(Rate(2)), refused=lambda: told.append(True), clock=clock)
    for _ in range(2):
        keep.run("me")
    with pytest.raises(QuotaError) as refused:
        keep.run("me")
    keep.run("other")

    assert (refused.value.policies, refused.value.retry_after, told) == (["minute"], 30, [True])
    clock.forward(30)
    keep.run("me")
    assert len(told) == 1


@pytest.mark.parametrize(
    ("a_minute", "interval"), [(1, 60_000), (2, 30_000), (7, 8572), (600, 100)]
)
def test_evenly_asked_so_many_requests_take_a_minute_and_no_less(
    a_minute: int, interval: int
) -> None:
    assert Rate(a_minute).interval == interval


def test_who_was_refused_is_refused_from_memory_until_his_time_has_come() -> None:
    clock, rates = Clock(START), FakeRates(Rate(60))
    here, elsewhere = (KeepRate(rates=rates, refused=list, clock=clock) for _ in range(2))
    for _ in range(60):
        here.run("me")
    waits = []
    for _ in range(1000):
        with pytest.raises(QuotaError) as refused:
            here.run("me")
        waits.append(refused.value.retry_after)

    assert (rates.asked, set(waits)) == (61, {1})
    here.run("other")
    with pytest.raises(QuotaError):
        elsewhere.run("me")
    assert rates.asked == 63
    clock.forward(1)
    elsewhere.run("me")
    with pytest.raises(QuotaError):
        here.run("me")
    assert rates.asked == 65


def test_memory_keeps_nobody_out_longer_than_the_table_would() -> None:
    clock, rates = Clock(START), FakeRates(Rate(600))
    keep = KeepRate(rates=rates, refused=list, clock=clock)
    for _ in range(600):
        keep.run("me")
    with pytest.raises(QuotaError):
        keep.run("me")

    clock.forward(0.1)

    keep.run("me")


def test_memory_holds_so_many_owners_and_forgets_the_oldest() -> None:
    rates = FakeRates(Rate(1))
    keep = KeepRate(rates=rates, refused=list, clock=Clock(START))
    owners = [str(number) for number in range(1001)]
    for owner in owners:
        keep.run(owner)
    for owner in [*owners, *owners[1:]]:
        with pytest.raises(QuotaError):
            keep.run(owner)

    assert rates.asked == 2002
    with pytest.raises(QuotaError):
        keep.run("0")
    assert rates.asked == 2003


def test_who_cannot_be_counted_for_now_is_refused_for_a_second_without_being_accused() -> None:
    class Throttled(FakeRates):
        def take(self, owner: str, now: datetime) -> datetime | None:
            super().take(owner, now)
            raise BusyError

    clock, rates = Clock(START), Throttled(Rate(60))
    keep = KeepRate(rates=rates, refused=list, clock=clock)
    for _ in range(20):
        with pytest.raises(QuotaError, match="Try again") as refused:
            keep.run("me")

    assert (refused.value.policies, refused.value.retry_after, rates.asked) == ([], 1, 1)
    clock.forward(1)
    with pytest.raises(QuotaError):
        keep.run("me")
    assert rates.asked == 2


@pytest.mark.parametrize("route", ["POST /v1/jobs", "POST /v1/uploads", "POST /v1/keys"])
def test_the_door_reads_nothing_of_whom_it_refuses(
    route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"OWNER_REQUESTS_PER_MINUTE": "1", "OWNER_JOBS_PER_DAY": "5"}
    container = JobsContainer(JobsSettings.read(ENVIRONMENT | limits))
    keep = KeepRate(rates=FakeRates(Rate(1)), refused=list, clock=Clock(START))
    for name, part in {"keep_rate": keep, "usages": None, "_dynamodb": None}.items():
        monkeypatch.setitem(vars(container), name, part)
    monkeypatch.setattr(rate_limits, "jobs_container", lambda: container)
    event = called(route)

    assert rate_limits.too_fast(event) is None
    refused = rate_limits.too_fast(event)

    assert refused is not None
    assert (refused["statusCode"], refused["headers"]["Retry-After"]) == (429, "60")
    told = parse_list(refused["headers"].get("RateLimit-Policy", ""))
    assert list(told) == ([] if route == "POST /v1/keys" else ["day", "uploads", "minute"])
    assert "RateLimit" not in refused["headers"]


@pytest.mark.parametrize(
    "broken",
    [
        ClientError({"Error": {"Code": "InternalServerError"}}, "UpdateItem"),
        EndpointConnectionError(endpoint_url="https://dynamodb.example"),
    ],
    ids=["answered", "unreachable"],
)
def test_where_the_table_cannot_be_asked_the_caller_is_told_so_in_our_words(
    broken: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(FakeRates):
        def take(self, owner: str, now: datetime) -> datetime | None:
            super().take(owner, now)
            raise broken

    container = JobsContainer(JobsSettings.read(ENVIRONMENT | {"OWNER_REQUESTS_PER_MINUTE": "9"}))
    keep = KeepRate(rates=Broken(Rate(9)), refused=list, clock=Clock(START))
    monkeypatch.setitem(vars(container), "keep_rate", keep)
    monkeypatch.setattr(rate_limits, "jobs_container", lambda: container)

    answer = rate_limits.too_fast(called("POST /v1/jobs"))

    assert answer is not None
    assert answer["statusCode"] == 500
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert "Try again" in answer["body"]
    assert "dynamodb" not in answer["body"]


def called(route: str) -> dict[str, Any]:
    """The gateway's event of a caller whose token it has verified."""
    claims = {"iss": "https://issuer.example", "sub": "me"}
    asked = {"requestId": "r-1", "authorizer": {"jwt": {"claims": claims}}}
    return {"routeKey": route, "requestContext": asked}
