"""The queue before the provider: an index of the jobs that wait, by tag, and each owner's last number."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from faceswap.rules.queue import Waiting, in_order, next_number
from faceswap.store.dynamodb_items import attributes
from faceswap.store.expressions import Update, item_of_refusal

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

INDEX, PARTITION, TAG = "queued_jobs", "queue", "queue_tag"
_PARTITIONS = 4
_REMEMBERED = timedelta(days=200)
"""Longer than anybody waits, after the owner's last job began to."""
_MOST_COUNTED = 50


def partition_of(job_id: str) -> str:
    """Where the index keeps a job: spread, so that no key takes all writes."""
    return f"queue#{crc32(job_id.encode()) % _PARTITIONS}"


class QueueStore:
    """The queue, in the jobs table. The index may lag behind."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def number(self, owner: str, virtual_time: int, now: datetime) -> int:
        """The number of the owner's next job, each given once."""
        last: int | None = None
        while True:
            number = next_number(virtual_time, last)
            as_known = Attr("last").not_exists() if last is None else Attr("last").eq(last)
            given = Update(as_known).set("last", number)
            given.set("ttl", int((now + _REMEMBERED).timestamp()))
            try:
                self._dynamodb.update_item(
                    **given.request(self._table, _owner_pk(owner)),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                last = int(item_of_refusal(error)["last"]["N"])
            else:
                return number

    def take_back(self, owner: str) -> None:
        """One of the owner's jobs left the queue without a slot: his next number is one less."""
        taken_back = Update(Attr("last").exists()).add("last", -1)
        try:
            self._dynamodb.update_item(**taken_back.request(self._table, _owner_pk(owner)))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # forgotten by now

    def first(self, limit: int) -> list[Waiting]:
        """Those who are next, at most `limit`: one read a partition."""
        found: list[Waiting] = []
        for partition in range(_PARTITIONS):
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression="#queue = :queue",
                ExpressionAttributeNames={"#queue": PARTITION},
                ExpressionAttributeValues={":queue": {"S": f"queue#{partition}"}},
                Limit=limit,
            )
            found += [
                Waiting(item[TAG]["S"], item["pk"]["S"].removeprefix("job#"))
                for item in answer["Items"]
            ]
        return in_order(found)[:limit]

    def ahead(self, waiting: Waiting) -> int | None:
        """About how many are before one, by the part of the queue that it stands in; None if that is too long."""
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#queue = :queue AND #tag < :tag",
            ExpressionAttributeNames={"#queue": PARTITION, "#tag": TAG},
            ExpressionAttributeValues=attributes(
                {":queue": partition_of(waiting.job_id), ":tag": waiting.tag}
            ),
            Select="COUNT",
            Limit=_MOST_COUNTED,
        )
        return None if "LastEvaluatedKey" in answer else answer["Count"] * _PARTITIONS


def _owner_pk(owner: str) -> str:
    return f"queue_owner#{owner}"
