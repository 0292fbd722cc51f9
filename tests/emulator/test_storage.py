"""What the emulator's CloudFormation drops is set all the same; presigned posts keep their policy."""

import pytest

from tests.support.sampled import Sampled


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


@pytest.mark.parametrize(
    ("changed", "data", "status"),
    [
        ({}, b"small", 204),
        ({}, b"x" * 101, 400),
        ({"key": "uploads/b.jpg"}, b"small", 403),
        ({"Content-Type": "image/png"}, b"small", 403),
        ({"x-amz-signature": "0" * 64}, b"small", 403),
    ],
    ids=["as signed", "too big", "other key", "other type", "other signature"],
)
def test_a_presigned_post_keeps_its_policy(
    sampled: Sampled, changed: dict[str, str], data: bytes, status: int
) -> None:
    _, presigned = sampled.invoke(probe="presign")

    answer = sampled.http.post(
        presigned["url"], data={**presigned["fields"], **changed}, files={"file": ("f", data)}
    )

    assert presigned["url"].startswith(sampled.stack.aws_endpoint_url)
    assert answer.status_code == status
