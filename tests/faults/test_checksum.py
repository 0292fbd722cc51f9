"""An answer of DynamoDB that was cut off is no answer, also where the SDK has no try left."""

from collections.abc import Iterator
from zlib import crc32

import boto3
import pytest
from botocore.config import Config

from faceswap.store.checksum import ChecksumError, verify_checksums
from faceswap.store.jobs import JobStore
from tests.support.servers import Answer, Server, http_server

WHOLE = b'{"Item": {"pk": {"S": "job#job_a"}}}'
EMPTY = b"{}"


@pytest.fixture
def answer() -> Answer:
    return Answer(headers={"x-amz-crc32": str(crc32(WHOLE))})


@pytest.fixture
def table(answer: Answer) -> Iterator[Server]:
    with http_server(lambda _: answer) as server:
        yield server


def store(table: Server) -> JobStore:
    client = boto3.client(
        "dynamodb",
        endpoint_url=table.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}, proxies={}),
    )
    verify_checksums(client)
    return JobStore(client, "jobs")


def test_a_job_does_not_vanish_because_its_item_was_cut_off(table: Server, answer: Answer) -> None:
    answer.body = WHOLE[:20]

    with pytest.raises(ChecksumError, match="GetItem"):
        store(table).get("job_a")

    assert len(table.requests) == 2


def test_a_whole_answer_counts(table: Server, answer: Answer) -> None:
    answer.body, answer.headers["x-amz-crc32"] = EMPTY, str(crc32(EMPTY))
    assert store(table).get("job_a") is None


def test_an_answer_without_a_checksum_is_taken_as_it_is(table: Server, answer: Answer) -> None:
    answer.body = EMPTY
    del answer.headers["x-amz-crc32"]
    assert store(table).get("job_a") is None
