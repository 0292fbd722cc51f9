"""Roles: nothing is granted that nothing uses, nothing is used that is not told, and the rest is refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.transform import load, local_sources, transform
from local.permissions import Grant, page, policies
from tests.support.assumed_role import assumed
from tests.support.permissions.needed import MANAGED, needed_grants
from tests.support.recorded import Recorded, recorded_stack
from tests.support.world import World

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs/permissions.md"


def template() -> dict[str, Any]:
    """The template as AWS expands it."""
    told = load(PROJECT / "template.yaml")
    local_sources(told, PROJECT)
    return transform(told, {})


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    with recorded_stack(tmp_path_factory.mktemp("permissions")) as recorded:
        yield recorded


@pytest.fixture(scope="module")
def needed(recorded: Recorded) -> dict[Grant, frozenset[str]]:
    return needed_grants(recorded)


def test_what_is_granted_is_needed_and_what_is_needed_is_granted(
    needed: dict[Grant, frozenset[str]],
) -> None:
    granted = policies(template())

    assert {
        "unused": sorted(granted.grants - set(needed)),
        "missing": sorted(set(needed) - granted.grants),
    } == {"unused": [], "missing": []}
    assert granted.managed == set(MANAGED)


def test_the_page_tells_it(needed: dict[Grant, frozenset[str]]) -> None:
    assert page(needed, MANAGED) == PAGE.read_text(), "run `make permissions`"


def test_a_grant_too_many_and_one_too_few_are_noticed(needed: dict[Grant, frozenset[str]]) -> None:
    changed = template()
    statements = changed["Resources"]["JobsFunctionRole"]["Properties"]["Policies"]
    first = next(
        s for p in statements for s in p["PolicyDocument"]["Statement"] if s.get("Sid") == "Jobs"
    )
    first["Action"] = ["dynamodb:Scan" if a == "dynamodb:PutItem" else a for a in first["Action"]]

    granted = policies(changed).grants

    assert granted - set(needed) == {("JobsFunction", "dynamodb:Scan", "JobsTable")}
    assert set(needed) - granted == {("JobsFunction", "dynamodb:PutItem", "JobsTable")}


Client = Callable[[str], Any]
Probe = Callable[[Client, World], object]
KEY = {"pk": {"S": "job#x"}}


def _put(aws: Client, world: World, key: str) -> object:
    return aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=b"")


def _change_key(aws: Client, world: World) -> object:
    arn = world.stack.outputs["ProviderKeySecretArn"]
    return aws("secretsmanager").put_secret_value(SecretId=arn, SecretString="x")


def _start_other(aws: Client, world: World) -> object:
    arn = world.stack.outputs["StateMachineArn"] + "-other"
    return aws("stepfunctions").start_execution(stateMachineArn=arn)


def _owner_jobs(aws: Client, world: World) -> object:
    return aws("dynamodb").query(
        TableName=world.stack.jobs_table,
        IndexName="owner_jobs",
        KeyConditionExpression="listed = :owner",
        ExpressionAttributeValues={":owner": {"S": "demo"}},
    )


def _secret(aws: Client, name: str) -> object:
    return aws("secretsmanager").get_secret_value(SecretId=name)


def _send(aws: Client, world: World, queue: str) -> object:
    return aws("sqs").send_message(QueueUrl=world.stack.outputs[queue], MessageBody="{}")


def _execution(world: World) -> str:
    return world.stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:") + ":x"


REFUSED: dict[str, list[tuple[str, Probe]]] = {
    "JobsFunction": [
        ("a scan of the table", lambda aws, w: aws("dynamodb").scan(TableName=w.stack.jobs_table)),
        ("another table", lambda aws, _: aws("dynamodb").get_item(TableName="other", Key=KEY)),
        ("dropping the table", lambda aws, w: aws("dynamodb").delete_table(TableName=w.stack.jobs_table)),
        ("writing results", lambda aws, w: _put(aws, w, "results/x.mp4")),
        ("writing elsewhere", lambda aws, w: _put(aws, w, "other/x")),
        ("writing the inbox", lambda aws, w: _put(aws, w, "inbox/ann/x.mp4")),
        ("the bucket's policy", lambda aws, w: aws("s3").delete_bucket_policy(Bucket=w.stack.media_bucket)),
        ("another secret", lambda aws, _: _secret(aws, "other")),
        ("changing the key", _change_key),
        ("describing executions", lambda aws, w: aws("stepfunctions").describe_execution(executionArn=_execution(w))),
        ("stopping executions", lambda aws, w: aws("stepfunctions").stop_execution(executionArn=_execution(w))),
        ("another state machine", _start_other),
        ("calling a function", lambda aws, w: aws("lambda").invoke(FunctionName=w.stack.functions["results"])),
        ("taking callbacks", lambda aws, w: aws("sqs").receive_message(QueueUrl=w.stack.outputs["CallbackQueueUrl"])),
        ("burying callbacks", lambda aws, w: _send(aws, w, "CallbackDeadLettersUrl")),
        ("making roles", lambda aws, _: aws("iam").create_role(RoleName="x", AssumeRolePolicyDocument="{}")),
    ],
    "ResultsFunction": [
        ("a scan of the table", lambda aws, w: aws("dynamodb").scan(TableName=w.stack.jobs_table)),
        ("dropping the table", lambda aws, w: aws("dynamodb").delete_table(TableName=w.stack.jobs_table)),
        ("sending callbacks again", lambda aws, w: _send(aws, w, "CallbackQueueUrl")),
        ("an owner's jobs", _owner_jobs),
        ("reading uploads", lambda aws, w: aws("s3").get_object(Bucket=w.stack.media_bucket, Key="uploads/x.mp4")),
        ("writing uploads", lambda aws, w: _put(aws, w, "uploads/x.mp4")),
        ("reading the inbox", lambda aws, w: aws("s3").get_object(Bucket=w.stack.media_bucket, Key="inbox/x")),
        ("writing the inbox", lambda aws, w: _put(aws, w, "inbox/ann/x.mp4")),
        ("reading the outbox", lambda aws, w: aws("s3").get_object(Bucket=w.stack.media_bucket, Key="outbox/x")),
        ("listing uploads", lambda aws, w: aws("s3").list_objects_v2(Bucket=w.stack.media_bucket, Prefix="uploads/")),
        ("another secret", lambda aws, _: _secret(aws, "other")),
        ("stopping executions", lambda aws, w: aws("stepfunctions").stop_execution(executionArn=_execution(w))),
        ("calling a function", lambda aws, w: aws("lambda").invoke(FunctionName=w.stack.functions["jobs"])),
    ],
    "JobLifecycle": [
        ("reading the table", lambda aws, w: aws("dynamodb").get_item(TableName=w.stack.jobs_table, Key=KEY)),
        ("the media", lambda aws, w: aws("s3").list_objects_v2(Bucket=w.stack.media_bucket)),
        ("a secret", lambda aws, w: _secret(aws, w.stack.outputs["ProviderKeySecretArn"])),
    ],
}  # fmt: skip


def as_role(world: World, role: str) -> Client:
    """Clients of AWS with the credentials of one role of the stack."""
    found = world.aws("cloudformation").describe_stack_resource(
        StackName="faceswap-local", LogicalResourceId=f"{role}Role"
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    arn = world.aws("iam").get_role(RoleName=name)["Role"]["Arn"]
    return assumed(world, arn)


@pytest.mark.parametrize(
    ("role", "what"), [(role, what) for role, probes in REFUSED.items() for what, _ in probes]
)
def test_a_role_is_refused_the_rest(recorded: Recorded, role: str, what: str) -> None:
    probe = dict(REFUSED[role])[what]

    with pytest.raises(ClientError) as refused:
        probe(as_role(recorded.world, role), recorded.world)

    assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def test_a_role_is_let_do_what_it_needs(recorded: Recorded) -> None:
    world = recorded.world

    assert as_role(world, "JobsFunction")("dynamodb").get_item(
        TableName=world.stack.jobs_table, Key=KEY
    )
    assert as_role(world, "ResultsFunction")("s3").put_object(
        Bucket=world.stack.media_bucket, Key="results/probe.mp4", Body=b""
    )
