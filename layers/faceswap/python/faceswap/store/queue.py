"""The queue before the provider: an index of the jobs that wait, by tag, and each owner's last number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError

from faceswap.rules.queue import OwnerNumbers, Waiting, in_order, next_number, numbers_without
from faceswap.store.dynamodb_items import attributes, model_of
from faceswap.store.expressions import Update, item_of_refusal

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

INDEX, PARTITION, TAG = "queued_jobs", "queue", "queue_tag"
_PARTITIONS = 4
_REMEMBERED = timedelta(days=200)
"""Longer than anybody waits, after the owner's last job began to."""
_MOST_COUNTED = 50
_MOST_LOST = 10


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
        ttl = int((now + _REMEMBERED).timestamp())
        lost = 0
        while True:
            # Many jobs of one owner may begin to wait at once: usually the next number is one more, whatever it is.
            # Who has lost the race for the numbers that got free again and again takes that one, too.
            is_usual: ConditionBase = Attr("last").gte(virtual_time)
            if lost < _MOST_LOST:
                is_usual = is_usual & Attr("gaps").not_exists()
            item, is_counted = self._try(Update(is_usual).add("last", 1).set("ttl", ttl), owner)
            if is_counted:
                return model_of(OwnerNumbers, item).last
            known = model_of(OwnerNumbers, item) if item else None
            number, then = next_number(virtual_time, known)
            if self._try(_change(known, then).set("ttl", ttl), owner)[1]:
                return number
            lost += 1

    def take_back(self, owner: str, number: int) -> None:
        """The owner's job with this number left the queue without a slot."""
        newest = OwnerNumbers(last=number)  # most have one job that waits, or leave as they came
        item, is_done = self._try(_change(newest, numbers_without(newest, number)), owner)
        while item and not is_done:
            known = model_of(OwnerNumbers, item)
            then = numbers_without(known, number)
            if then == known:
                break
            item, is_done = self._try(_change(known, then), owner)

    def _try(self, update: Update, owner: str) -> tuple[Mapping[str, Any], bool]:
        """The item after the write, or as it stood in the way, empty if there is none; and whether it was done."""
        try:
            answer = self._dynamodb.update_item(
                **update.request(self._table, _owner_pk(owner)),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return item_of_refusal(error), False
        return answer["Attributes"], True

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


def _change(known: OwnerNumbers | None, then: OwnerNumbers) -> Update:
    """From what is known of an owner's numbers to what is known then."""
    last, gaps = Attr("last"), Attr("gaps")
    if known is None:
        return Update(last.not_exists()).set("last", then.last)
    as_known = gaps.eq(known.gaps) if known.gaps else gaps.not_exists()
    changed = Update(last.eq(known.last) & as_known).set("last", then.last)
    return changed.set("gaps", then.gaps) if then.gaps else changed.remove("gaps")


def _owner_pk(owner: str) -> str:
    return f"queue_owner#{owner}"
