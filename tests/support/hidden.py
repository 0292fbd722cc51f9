"""What must not stay anywhere, and all that a stack has kept."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from faceswap.rules.callbacks import owner_secret
from faceswap.rules.links import input_token, result_token, webhook_token
from faceswap.rules.media import PURPOSES
from tests.support.logs import logged
from tests.support.world import World

_KEY = re.compile(r"fsk_[A-Za-z0-9_-]{43}")


def everywhere(world: World) -> dict[str, str]:
    """All that the stack has kept so far, by place: logs, items, histories, queues, the provider's ledger."""
    table = world.aws("dynamodb").get_paginator("scan").paginate(TableName=world.stack.jobs_table)
    executions = world.aws("stepfunctions")
    pages = executions.get_paginator("list_executions").paginate(
        stateMachineArn=world.stack.state_machine_arn
    )
    arns = [each["executionArn"] for page in pages for each in page["executions"]]
    histories = [
        str(executions.get_execution_history(executionArn=arn, maxResults=1000)["events"])
        for arn in arns
    ]
    return {
        "logs": logged(world),
        "items": "\n".join(str(_without_urls(item)) for page in table for item in page["Items"]),
        "histories": "\n".join(histories),
        "queues": "\n".join(_messages(world)),
        "outbox": "\n".join(_answers(world)),
        "ledger": str(world.ledger()),
    }


def _without_urls(item: dict[str, Any]) -> dict[str, Any]:
    """An item without the addresses of inputs, which are the client's own: he may have signed them, even by us."""
    media = item.get("media", {}).get("M", {})
    shorter = {
        purpose: {"M": {name: value for name, value in each["M"].items() if name != "url"}}
        for purpose, each in media.items()
    }
    return item | ({"media": {"M": shorter}} if media else {})


def _answers(world: World) -> Iterator[str]:
    """What lies in the outbox, without the links to results, which are meant to be there."""
    s3, bucket = world.aws("s3"), world.stack.media_bucket
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="outbox/")
    for key in [entry["Key"] for page in listed for entry in page.get("Contents", [])]:
        if key.endswith(".json"):
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
            yield re.sub(r'"link":"[^"]+"', "", body)


def _messages(world: World) -> Iterator[str]:
    """What lies in the stack's queues; it stays there."""
    sqs = world.aws("sqs")
    for name in ("DeadLettersUrl", "CallbackQueueUrl", "CallbackDeadLettersUrl"):
        seen: set[str] = set()
        while True:
            answer = sqs.receive_message(
                QueueUrl=world.stack.outputs[name], MaxNumberOfMessages=10, VisibilityTimeout=30
            )
            fresh = {each["MessageId"]: each["Body"] for each in answer.get("Messages", [])}
            if fresh.keys() <= seen:
                break
            seen |= fresh.keys()
            yield from fresh.values()


def secrets_of(world: World, work: Path, items: str) -> dict[str, str]:
    """What is secret, by name: keys, the callers' tokens, and the tokens of each job in `items`."""
    secret, receipts, callbacks = (
        str(world.aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
        for arn in (
            world.stack.outputs[f"{name}SecretArn"] for name in ("Webhook", "Receipt", "Callback")
        )
    )
    owners = set(re.findall(r"'owner': {'S': '([^']+)'}", items))
    jobs = set(re.findall(r"job_[a-z2-7]{26}", items))
    return {
        "provider key": (work / "provider.key").read_text().strip(),
        "webhook secret": secret,
        "receipt secret": receipts,
        "callback secret": callbacks,
        **{
            f"callback secret {number} of {owner}": owner_secret(callbacks, owner, number)
            for owner in owners
            for number in range(2)
        },
        "signature": "X-Amz-Signature",
        "token of a caller": world.stack.token.rpartition(".")[2],
        "token of another": world.stack.other_token.rpartition(".")[2],
        **{f"webhook token of {job_id}": webhook_token(secret, job_id) for job_id in jobs},
        **{f"token of the result of {job_id}": result_token(receipts, job_id) for job_id in jobs},
        **{
            f"token of {purpose} of {job_id}": input_token(secret, job_id, purpose)
            for job_id in jobs
            for purpose in PURPOSES
        },
    }


def leaks(places: dict[str, str], secrets: dict[str, str]) -> list[tuple[str, str]]:
    """Which secret lies in which place, and any key for the vendor's contract: nobody keeps a list of those."""
    found = [
        (place, name)
        for place, text in places.items()
        for name, value in secrets.items()
        if value in text
    ]
    return found + [(place, "a key") for place, text in places.items() if _KEY.search(text)]


def all_leaks(world: World, work: Path, heard: str = "") -> list[tuple[str, str]]:
    """Which secret lies where, of whatever was done with the stack so far; `heard` was said on the bus."""
    places = everywhere(world) | {"bus": heard}
    return leaks(places, secrets_of(world, work, places["items"]))
