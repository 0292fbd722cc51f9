"""Many of one owner at once, against the same counters of the emulator; and calls that meet a transaction."""

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.config import Config

from faceswap.container.common import AWS
from faceswap.ports.jobs import BusyError
from faceswap.ports.quotas import OverBudgetError, OverQuotaError
from faceswap.rules import ids
from faceswap.rules.job import Job
from faceswap.rules.quotas import OwnerDay, Quotas, Usage
from faceswap.rules.rates import Rate
from faceswap.store.aws import retry_conflicts
from faceswap.store.budget import BudgetStore
from faceswap.store.jobs import JobStore
from faceswap.store.rates import RATES_CONFIG, RateStore
from faceswap.store.transactions import write_together
from faceswap.store.uploads import UploadStore
from faceswap.store.usage import UsageStore
from tests.support.samples import START, a_job, an_upload
from tests.support.servers import Answer, http_server
from tests.support.tables_of_jobs import new_table
from tests.support.world import World

TODAY = START.date()
ME = OwnerDay("me", TODAY)


def test_of_fifty_at_once_as_many_get_through_as_may(world: World) -> None:
    table = new_table(world, f"quota-{secrets.token_hex(4)}")
    dynamodb = world.aws("dynamodb")
    jobs, usages = JobStore(dynamodb, table), UsageStore(dynamodb, table)
    limits = Quotas(jobs_a_day=10, open_jobs=30)

    def create(number: int) -> bool:
        # Each is asked for twice under one id, as by an idempotency key.
        job_id = ids.job_id(bytes([number // 2]) * 16)
        job = a_job(job_id=job_id, counted_on=TODAY, counted_open=True)
        try:
            return jobs.create(job, limits) is None
        except OverQuotaError:
            return False

    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(create, range(50)))

    assert sum(made) == 10
    assert usages.of(ME) == Usage(jobs=10, open_jobs=10)

    held = [job for n in range(25) if (job := jobs.get(ids.job_id(bytes([n]) * 16)))]
    assert len(held) == 10
    with ThreadPoolExecutor(16) as threads:
        ended = list(threads.map(lambda job: jobs.move(job, "cancelled", START), [*held, *held]))

    assert sum(each is not None for each in ended) == 10
    assert usages.of(ME) == Usage()


def test_of_fifty_uploads_at_once_as_many_bytes_are_reserved_as_may_be(world: World) -> None:
    table = new_table(world, f"quota-{secrets.token_hex(4)}")
    dynamodb = world.aws("dynamodb")
    uploads = UploadStore(dynamodb, table)

    def reserve(number: int) -> bool:
        upload = an_upload(upload_id=ids.upload_id(bytes([number]) * 16), size=100)
        try:
            uploads.create(
                upload, forget_at=START + timedelta(days=9), quotas=Quotas(upload_bytes_a_day=1050)
            )
        except OverQuotaError:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(reserve, range(50))) == 10

    assert UsageStore(dynamodb, table).of(ME) == Usage(uploads=10, upload_bytes=1000)


def test_of_many_submits_at_once_no_more_begin_than_the_budget_allows(world: World) -> None:
    table = new_table(world, f"budget-{secrets.token_hex(4)}")
    dynamodb = world.aws("dynamodb")
    jobs, price = JobStore(dynamodb, table), Decimal("0.16")
    made = [
        a_job(job_id=ids.job_id(bytes([n]) * 16), price=price, currency="USD") for n in range(50)
    ]
    for job in made:
        assert jobs.create(job) is None

    def begin(job: Job) -> bool:
        try:
            begun = jobs.begin(job, START, Decimal("1.70"), submitted_at=START, spent_on=TODAY)
        except OverBudgetError:
            return False
        return begun is not None

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(begin, [*made, *made])) == 10

    assert BudgetStore(dynamodb, table).on(TODAY, "USD").reserved == 10 * price
    assert UsageStore(dynamodb, table).of(ME, "USD").spent == 10 * price


def test_of_many_requests_at_once_a_minutes_worth_is_admitted(world: World) -> None:
    table = new_table(world, f"rate-{secrets.token_hex(4)}")
    rates = RateStore(world.aws("dynamodb"), table, Rate(10))

    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: rates.take("me", START), range(50)))

    assert waits.count(None) == 10
    assert {wait for wait in waits if wait} == {START + timedelta(seconds=6)}


def test_who_writes_more_than_the_table_takes_is_told_to_come_again() -> None:
    kind = "com.amazonaws.dynamodb.v20120810#ThrottlingException"
    body = json.dumps({"__type": kind, "message": "x"}).encode()
    with http_server(lambda _path: Answer(400, body)) as server:
        dynamodb = dynamodb_at(server.url, AWS.merge(RATES_CONFIG))
        with pytest.raises(BusyError):
            RateStore(dynamodb, "t", Rate(10)).take("me", START)

    assert len(server.requests) == 2


def test_who_asks_all_the_time_is_not_forgotten_meanwhile() -> None:
    """What stands on the table is kept for an hour after the last request that was admitted."""
    due = int((START + timedelta(seconds=6)).timestamp() * 1000)
    refusal = {
        "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        "Item": {"due_ms": {"N": str(due)}},
    }
    answers = iter([Answer(400, json.dumps(refusal).encode()), Answer(200, b"{}")])
    with http_server(lambda _path: next(answers)) as server:
        assert RateStore(dynamodb_at(server.url), "t", Rate(10)).take("me", START) is None

    expiry = {"N": str(int((START + timedelta(hours=1)).timestamp()))}
    for *_, body in server.requests:
        assert json.loads(body)["ExpressionAttributeValues"][":ttl"] == expiry


def test_a_single_write_that_meets_a_transaction_all_the_time_is_busy_too() -> None:
    kind = "com.amazonaws.dynamodb.v20120810#TransactionConflictException"
    body = json.dumps({"__type": kind, "message": "x"}).encode()
    with http_server(lambda _path: Answer(400, body)) as server:
        dynamodb = dynamodb_at(server.url)
        retry_conflicts(dynamodb)
        with pytest.raises(BusyError):
            JobStore(dynamodb, "t").erase(a_job(status="cancelled"), START, None)

    assert len(server.requests) == 8


def met_a_transaction(times: int) -> Callable[[str], Answer]:
    """A DynamoDB where somebody's transaction is under way so often."""
    asked = count(1)
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "x"}]
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    body = json.dumps({"__type": kind, "CancellationReasons": reasons, "message": "x"}).encode()
    return lambda _path: Answer(400, body) if next(asked) <= times else Answer(200, b"{}")


def dynamodb_at(url: str, config: Config = AWS) -> Any:
    return boto3.client(
        "dynamodb", endpoint_url=url, region_name="eu-west-1",
        aws_access_key_id="a", aws_secret_access_key="b", config=config,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "written"),
    [({"price": Decimal(1), "currency": "USD"}, "Item"), ({"counted_open": True}, "TransactItems")],
)
def test_a_job_is_put_together_with_counters_only_where_something_counts_from_the_start(
    changes: dict[str, Any], written: str
) -> None:
    with http_server(lambda _path: Answer(200, b"{}")) as server:
        assert JobStore(dynamodb_at(server.url), "t").create(a_job(**changes), Quotas()) is None

    [body] = [json.loads(body) for *_, body in server.requests]
    assert written in body


@pytest.mark.parametrize(("times", "asked"), [(3, 4), (99, 8)])
def test_what_meets_a_transaction_is_tried_again_for_a_while(times: int, asked: int) -> None:
    with http_server(met_a_transaction(times)) as server:
        dynamodb = dynamodb_at(server.url)
        retry_conflicts(dynamodb)
        put: Any = {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}}}}
        if times < asked:
            assert write_together(dynamodb, [put, put]) is None
        else:
            with pytest.raises(BusyError):
                write_together(dynamodb, [put, put])

    bodies = [json.loads(body) for *_, body in server.requests]
    assert len(bodies) == asked
    # The same request, so that one whose answer was lost is not done twice.
    assert len({body["ClientRequestToken"] for body in bodies}) == 1
