"""What recorded calls needed of the roles, and what AWS itself does with them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.permissions import Grant
from tests.support.permissions.lives import all_lives
from tests.support.recorded import Call, Recorded

_PROJECT = Path(__file__).parents[3]
_ROLES = {"jobs": "JobsFunction", "results": "ResultsFunction"}
_S3_ACTIONS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CopyObject": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "UploadPart": "PutObject",
}
_READS_STREAM = "Lambda itself, reading new jobs from the table's stream"
_PIPE = "the pipe, reading changes from the table's stream"
_TAKES_CALLBACKS = "Lambda itself, taking callbacks from their queue"
_DELIVERS = "Firehose, writing lines of the audit"
_DEAD_LETTERS = "Lambda itself, for an event that failed for good"
BY_AWS: dict[Grant, str] = {
    **{(role, "sqs:SendMessage", "DeadLetters"): _DEAD_LETTERS for role in _ROLES.values()},
    **{
        ("JobsFunction", f"dynamodb:{action}", "JobsTable's stream"): _READS_STREAM
        for action in ("DescribeStream", "GetRecords", "GetShardIterator")
    },
    **{
        ("ResultsFunction", f"sqs:{action}", "Callbacks"): _TAKES_CALLBACKS
        for action in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
    },
    ("JobsFunction", "dynamodb:ListStreams", "JobsTable/stream/*"): _READS_STREAM,
    **{
        ("EventsOut", f"dynamodb:{action}", "JobsTable's stream"): _PIPE
        for action in ("DescribeStream", "GetRecords", "GetShardIterator")
    },
    ("EventsOut", "dynamodb:ListStreams", "JobsTable/stream/*"): _PIPE,
    ("EventsOut", "events:PutEvents", "JobsBus"): "the pipe, telling a change",
    (
        "EventsOut",
        "sqs:SendMessage",
        "DeadLetters",
    ): "the pipe, for a change that it could not tell",
    (
        "AuditRule",
        "firehose:PutRecord",
        "AuditDelivery",
    ): "the rule, handing on a line of the audit",
    **{
        ("AuditDelivery", f"s3:{action}", "AuditBucket/*"): _DELIVERS
        for action in ("AbortMultipartUpload", "PutObject")
    },
    **{
        ("AuditDelivery", f"s3:{action}", "AuditBucket"): _DELIVERS
        for action in ("GetBucketLocation", "ListBucketMultipartUploads")
    },
}
"""Grants that no code of ours uses, but AWS on behalf of the role."""

BY_RACE: dict[Grant, str] = {
    ("ResultsFunction", "s3:DeleteObject", "MediaBucket/outbox/*"): (
        "usecases/answer_manifest.py, for a job that is erased while it is answered"
    )
}
"""Grants that code of ours uses only where two things happen at the same moment."""

MANAGED = {
    **{(role, "AWSLambdaBasicExecutionRole"): "logs" for role in _ROLES.values()},
    **{(role, "AWSXrayWriteOnlyAccess"): "traces" for role in (*_ROLES.values(), "JobLifecycle")},
}
"""Policies of AWS's own, and what for."""


def by_calls(calls: Iterable[Call], secrets: Mapping[str, str]) -> dict[Grant, set[str]]:
    """The grants that calls needed, with the code that made them; `secrets` names each by its ARN."""
    needed: dict[Grant, set[str]] = defaultdict(set)
    for call in calls:
        for action, resource in _needs(call, secrets):
            needed[_ROLES[call.function], action, resource].add(call.site)
    return needed


def by_states() -> dict[Grant, set[str]]:
    """The grants that the state machine's tasks need."""
    source = "statemachine/job_lifecycle.asl.json"
    needed: dict[Grant, set[str]] = defaultdict(set)
    for name, state in json.loads((_PROJECT / source).read_text())["States"].items():
        site = f"{source} {name}"
        match state.get("Resource", "").rpartition(":::")[2]:
            case "lambda:invoke":
                function = state["Arguments"]["FunctionName"].strip("${}").removesuffix("Arn")
                needed["JobLifecycle", "lambda:InvokeFunction", function].add(site)
            case "aws-sdk:dynamodb:updateItem.waitForTaskToken":
                needed["JobLifecycle", "dynamodb:UpdateItem", "JobsTable"].add(site)
            case "":
                pass
            case other:
                raise ValueError(f"{name}: what does {other} need?")
    return needed


def _needs(call: Call, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    names: Mapping[str, Any] = call.names
    match call.service:
        case "dynamodb":
            index = names.get("IndexName")
            return [
                (f"dynamodb:{call.operation}", f"JobsTable/index/{index}" if index else "JobsTable")
            ]
        case "s3":
            return _of_bucket(call)
        case "secretsmanager":
            return [(f"secretsmanager:{call.operation}", secrets[names["SecretId"]])]
        case "events":
            return [(f"events:{call.operation}", "JobsBus")]
        case "sqs":
            # Sending many is the same action as sending one.
            action = call.operation.removesuffix("Batch")
            dead = "CallbackDeadLetters" in str(names["QueueUrl"])
            return [(f"sqs:{action}", "CallbackDeadLetters" if dead else "Callbacks")]
        case "stepfunctions":
            described = call.operation == "DescribeExecution"
            resource = "JobLifecycle's executions" if described else "JobLifecycle"
            return [(f"states:{call.operation}", resource)]
        case other:
            raise ValueError(f"what does {other} need?")


def _of_bucket(call: Call) -> list[tuple[str, str]]:
    action = f"s3:{_S3_ACTIONS[call.operation]}"
    if action in {"s3:ListBucket", "s3:ListBucketMultipartUploads"}:
        return [(action, "MediaBucket")]
    # A link that was signed is noted by its whole address.
    folder = next(
        each
        for each in ("uploads", "results", "inbox", "outbox")
        if f"{each}/" in str(call.names["Key"])
    )
    needs = [(action, f"MediaBucket/{folder}/*")]
    if call.operation == "CopyObject":
        needs.append(("s3:GetObject", "MediaBucket/results/*"))
    # Who may not list is told 403 where nothing lies.
    return [*needs, ("s3:ListBucket", "MediaBucket")] if call.outcome == "404" else needs


def needed_grants(recorded: Recorded) -> dict[Grant, frozenset[str]]:
    """All that is needed, after all lives: by our code, by the state machine, by AWS itself."""
    all_lives(recorded)
    outputs = recorded.world.stack.outputs
    secrets = {
        outputs[f"{name}Arn"]: name
        for name in ("CallbackSecret", "ProviderKeySecret", "ReceiptSecret", "WebhookSecret")
    }
    found = by_calls(recorded.calls(), secrets) | by_states()
    found |= {grant: {why} for grant, why in (BY_AWS | BY_RACE).items()}
    return {grant: frozenset(sites) for grant, sites in found.items()}
