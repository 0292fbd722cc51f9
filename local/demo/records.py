"""Where it is recorded what happened to a job: the table's stream, the execution's history."""

from collections.abc import Callable
from typing import Any

from local.stack import Stack

Clients = Callable[[str], Any]
"""Gives a boto3 client by the service's name."""


def writes(stack: Stack, clients: Clients, job_id: str) -> list[dict[str, Any]]:
    """The stream's records of one job's item, in order."""
    return [r for r in all_writes(stack, clients) if r["Keys"]["pk"]["S"] == f"job#{job_id}"]


def all_writes(stack: Stack, clients: Clients) -> list[dict[str, Any]]:
    """Every record of the table's stream, in order."""
    table = clients("dynamodb").describe_table(TableName=stack.outputs["JobsTableName"])["Table"]
    streams, arn = clients("dynamodbstreams"), table["LatestStreamArn"]
    found = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            answer = streams.get_records(ShardIterator=iterator)
            found += answer["Records"]
            iterator = answer.get("NextShardIterator") if answer["Records"] else None
    return [record["dynamodb"] for record in found]


def steps(stack: Stack, clients: Clients, job_id: str) -> list[dict[str, Any]]:
    """The events of a job's execution, in order."""
    arn = stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:") + f":{job_id}"
    pages = clients("stepfunctions").get_paginator("get_execution_history")
    return [event for page in pages.paginate(executionArn=arn) for event in page["events"]]
