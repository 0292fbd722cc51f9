"""Moments that pass when the test says so; how far away they are is decided, and tested, elsewhere."""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from faceswap.rules.times import to_text
from tests.support.world import World


def pass_deadline(world: World, job_id: str) -> None:
    """Let the job's deadline be now."""
    set_moment(world, job_id, "deadline_at", datetime.now(UTC))


def set_moment(world: World, job_id: str, name: str, moment: datetime) -> None:
    """Change a moment of a job that has it; one that has lost it stays as it is."""
    table = world.aws("dynamodb")
    try:
        table.update_item(
            TableName=world.stack.jobs_table,
            Key={"pk": {"S": f"job#{job_id}"}},
            UpdateExpression="SET #name = :moment",
            ConditionExpression="attribute_exists(#name)",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":moment": {"S": to_text(moment)}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
