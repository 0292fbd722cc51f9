"""What the emulator's CloudFormation drops is set all the same; presigned requests keep what was signed."""

from base64 import b64encode
from hashlib import sha256
from uuid import uuid4

import pytest

from tests.support.sampled import Sampled

SHA256 = b64encode(sha256(b"small").digest()).decode()


def test_the_table_expires_items_and_can_be_recovered(sampled: Sampled) -> None:
    dynamodb, table = sampled.stack.client("dynamodb"), sampled.stack.jobs_table

    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)

    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires")
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_bucket_has_its_lifecycle_with_the_parameters_value(sampled: Sampled) -> None:
    rules = sampled.stack.client("s3").get_bucket_lifecycle_configuration(
        Bucket=sampled.stack.media_bucket
    )["Rules"]

    assert [(rule["ID"], rule["Expiration"]["Days"]) for rule in rules] == [("old", 3)]


def test_the_function_has_its_reserved_concurrency(sampled: Sampled) -> None:
    answer = sampled.stack.client("lambda").get_function_concurrency(
        FunctionName=sampled.stack.functions["results"]
    )

    assert answer["ReservedConcurrentExecutions"] == 1


_SENT = {"content-type": "image/jpeg", "if-none-match": "*", "x-amz-checksum-sha256": SHA256}


@pytest.mark.parametrize(
    ("changed", "data", "status"),
    [
        ({}, b"small", 200),
        ({}, b"larger", 403),
        ({}, b"tiny", 403),
        ({}, b"other", 400),
        ({"content-type": "image/png"}, b"small", 403),
        ({"if-none-match": None}, b"small", 403),
        ({"x-amz-checksum-sha256": None}, b"small", 403),
    ],
    ids=[
        "as signed", "too large", "too small", "other content", "other type",
        "may replace", "no checksum",
    ],
)  # fmt: skip
def test_a_presigned_put_keeps_what_was_signed(
    sampled: Sampled, changed: dict[str, str | None], data: bytes, status: int
) -> None:
    _, presigned = sampled.invoke(probe="presign", name=uuid4().hex, sha256=SHA256)

    headers = {name: value for name, value in (_SENT | changed).items() if value}
    answer = sampled.http.put(presigned["url"], headers=headers, content=data)

    assert presigned["url"].startswith(sampled.stack.aws_endpoint_url)
    assert answer.status_code == status


def test_what_lies_there_is_not_replaced(sampled: Sampled) -> None:
    name = uuid4().hex
    _, presigned = sampled.invoke(probe="presign", name=name, sha256=SHA256)
    other = presigned["url"].replace(name, uuid4().hex)

    first, again, elsewhere = (
        sampled.http.put(url, headers=_SENT, content=b"small").status_code
        for url in (presigned["url"], presigned["url"], other)
    )

    assert (first, again, elsewhere) == (200, 412, 403)
