"""The policies that docs/integrations.md gives to integrators: a role with one can do that, and no more."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.assumed_role import assumed
from tests.support.inbox import Inbox
from tests.support.until import until
from tests.support.world import World

DOCUMENT = Path(__file__).parents[2] / "docs/integrations.md"
ASKS = '{"Effect": "Allow", "Action": "events:PutEvents"'
"""What marks the policy of who asks by events."""
Clients = Callable[[str], Any]
REQUEST = {
    "Source": "shop.orders",
    "DetailType": "Job Requested",
    "Detail": json.dumps({"owner": "ana"}),
}


def policy(mark: str, world: World) -> str:
    """The documented policy in which a word stands, for this stack."""
    [text] = [
        each
        for each in re.findall(
            r"^```\w*\n(.*?)^```$", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE
        )
        if '"Version"' in each and mark in each
    ]
    account = {"REGION": world.stack.region, "ACCOUNT": "000000000000"}
    for name, value in {"BUCKET": world.stack.media_bucket, **account}.items():
        text = text.replace(name, str(value))
    assert json.loads(text)["Version"] == "2012-10-17"
    for kind in ("event-bus", "rule"):
        text = text.replace(f"{kind}/faceswap-jobs", f"{kind}/{world.stack.bus_name}")
    return str(text)


def as_integrator(world: World, document: str) -> Clients:
    """Clients of AWS with the credentials of a new role that has this policy."""
    iam, name = world.aws("iam"), f"integrator-{uuid4().hex[:8]}"
    trust = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="documented", PolicyDocument=document)
    return assumed(world, role["Arn"])


def refused(call: Callable[[], object]) -> bool:
    """Whether a call is denied."""
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def test_who_may_drop_files_for_an_owner_finds_the_answer_and_nothing_else(world: World) -> None:
    bucket, inbox = world.stack.media_bucket, Inbox(world, owner="ana")
    s3 = as_integrator(world, policy("inbox/ana", world))("s3")

    s3.put_object(Bucket=bucket, Key=inbox.key("a.job.json"), Body=b"{")

    until(lambda: inbox.object(f"outbox/ana/{inbox.folder}/a.result.json"))
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"outbox/ana/{inbox.folder}/")["Contents"]
    [key] = [entry["Key"] for entry in found]
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    denied = [
        lambda: s3.put_object(Bucket=bucket, Key="inbox/bob/a.job.json", Body=b"{"),
        lambda: s3.put_object(Bucket=bucket, Key="uploads/x.mp4", Body=b""),
        lambda: s3.put_object(Bucket=bucket, Key="outbox/ana/x.mp4", Body=b""),
        lambda: s3.get_object(Bucket=bucket, Key="outbox/bob/x.mp4"),
        lambda: s3.get_object(Bucket=bucket, Key="results/x/1.mp4"),
        lambda: s3.list_objects_v2(Bucket=bucket, Prefix="outbox/bob/"),
        lambda: s3.list_objects_v2(Bucket=bucket, Prefix="results/"),
        lambda: s3.delete_object(Bucket=bucket, Key=key),
    ]
    assert [refused(call) for call in denied] == [True] * len(denied)


def test_who_may_ask_by_events_can_put_them_on_this_bus_and_nothing_else(world: World) -> None:
    # The emulator knows no condition on an event's fields, and denies what has one.
    document = json.loads(policy(ASKS, world))
    del document["Statement"][0]["Condition"]
    clients = as_integrator(world, json.dumps(document))
    events, bus = clients("events"), world.stack.bus_name

    [told] = events.put_events(Entries=[REQUEST | {"EventBusName": bus}])["Entries"]

    assert "EventId" in told
    denied = [
        lambda: events.put_events(Entries=[REQUEST | {"EventBusName": "default"}]),
        lambda: events.put_rule(Name="x", EventBusName=bus, EventPattern='{"source": ["x"]}'),
        lambda: clients("s3").list_objects_v2(Bucket=world.stack.media_bucket),
        lambda: clients("dynamodb").scan(TableName=world.stack.jobs_table),
    ]
    assert [refused(call) for call in denied] == [True] * len(denied)


def test_the_policy_for_events_names_source_and_type(world: World) -> None:
    """On AWS these keep a program from speaking as another source; here only that they are said can be shown."""
    [statement] = json.loads(policy(ASKS, world))["Statement"]

    assert statement["Condition"] == {
        "StringEquals": {
            "events:source": REQUEST["Source"],
            "events:detail-type": REQUEST["DetailType"],
        }
    }


def test_who_may_listen_can_make_rules_on_this_bus_and_nothing_else(world: World) -> None:
    clients, bus = as_integrator(world, policy("events:PutRule", world)), world.stack.bus_name
    events, name = clients("events"), f"listens-{uuid4().hex[:8]}"
    pattern = '{"source": ["nobody"]}'

    events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
    # The emulator judges PutTargets by another resource than AWS does.
    [statement] = json.loads(policy("events:PutRule", world))["Statement"]
    assert statement["Action"] == ["events:PutRule", "events:PutTargets"]
    denied = [
        lambda: events.put_rule(Name=name, EventPattern=pattern),
        lambda: events.put_events(Entries=[REQUEST | {"EventBusName": bus}]),
        lambda: events.put_permission(EventBusName=bus, Policy="{}"),
        lambda: clients("sqs").send_message(
            QueueUrl=world.stack.outputs["CallbackQueueUrl"], MessageBody="x"
        ),
    ]
    assert [refused(call) for call in denied] == [True] * len(denied)


def test_the_policy_for_another_account_says_what_that_of_an_own_role_says(world: World) -> None:
    """The emulator keeps no policy of a bus: that another account can do this and no more was never shown."""
    text = policy('"Sid": "shop"', world).replace("PARTNER", "111122223333")

    [statement] = json.loads(text)["Statement"]

    [own] = json.loads(policy(ASKS, world))["Statement"]
    assert statement.pop("Principal") == {"AWS": "arn:aws:iam::111122223333:root"}
    assert statement.pop("Sid") == "shop"
    assert statement == own
