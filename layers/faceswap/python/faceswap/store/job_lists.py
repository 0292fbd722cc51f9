"""Indexes of the jobs table: an owner's jobs, and those that are due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from typing import TYPE_CHECKING, Any
from zlib import crc32

from faceswap.ports.jobs import Page, Position
from faceswap.rules.job import Job
from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import attributes, model_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef, QueryInputTypeDef

_OPEN, _DUE_AT, _DUE_INDEX = "open", "due_at", "due_jobs"
_OPEN_PARTITIONS = 16
_PARTITION_OF_1_0 = "open"
"""Where jobs are that version 1.0 made."""
_LISTED, _OWNER_INDEX = "listed", "owner_jobs"
_PREFIX = "job#"
_PAGE = 100
_NOT_SHOWN = {"evidence_", "collect_", "archive_", "fetch_", "deletion_", "heard", "task_token"}
_SHOWN = ("pk", *(name for name in Job.model_fields if not name.startswith(tuple(_NOT_SHOWN))))
"""What a list reads of a job: not what it is worked on by."""


def open_partition(job_id: str) -> str:
    """Where the index of open jobs keeps one: spread, so that no key takes all writes."""
    return str(crc32(job_id.encode()) % _OPEN_PARTITIONS)


class JobListStore:
    """Lists of jobs. The indexes may lag behind."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def page(self, owner: str, limit: int, after: Position | None) -> Page:
        """An owner's jobs, newest first, at most `limit`, from behind a position on."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": _OWNER_INDEX,
            "KeyConditionExpression": "#listed = :owner",
            "ExpressionAttributeNames": {"#listed": _LISTED},
            "ExpressionAttributeValues": {":owner": {"S": owner}},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after:
            request["ExclusiveStartKey"] = attributes(
                {"pk": _PREFIX + after.job_id, _LISTED: owner, "created_at": after.created_at}
            )
        answer = self._dynamodb.query(**request)
        jobs = self._shown([item["pk"]["S"] for item in answer["Items"]])
        last = answer.get("LastEvaluatedKey")
        following = (
            Position(last["created_at"]["S"], last["pk"]["S"].removeprefix(_PREFIX))
            if last
            else None
        )
        return Page([job for job in jobs if job.erased_at is None], following)

    def due(self, now: datetime) -> Iterator[str]:
        """The ids of jobs that are not closed, and that nobody has looked after when it was due; may lag behind.

        The most overdue comes first.
        """
        partitions = [*map(str, range(_OPEN_PARTITIONS)), _PARTITION_OF_1_0]
        parts = [self._due_in(partition, now) for partition in partitions]
        for _, job_id in merge(*parts):
            yield job_id

    def _due_in(self, partition: str, now: datetime) -> Iterator[tuple[str, str]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_DUE_INDEX,
            KeyConditionExpression="#open = :open AND due_at <= :now",
            ExpressionAttributeNames={"#open": _OPEN},
            ExpressionAttributeValues=attributes({":open": partition, ":now": to_text(now)}),
            PaginationConfig={"PageSize": _PAGE},
        )
        for page in pages:
            for item in page["Items"]:
                yield item[_DUE_AT]["S"], item["pk"]["S"].removeprefix(_PREFIX)

    def _shown(self, keys: Sequence[str]) -> list[Job]:
        """Those of the jobs that are there, in the same order, with what a list shows (they may lag behind)."""
        names = {f"#{name}": name for name in _SHOWN}
        shown: KeysAndAttributesTypeDef = {
            "Keys": [{"pk": {"S": key}} for key in keys],
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
        wanted: Mapping[str, Any] = {self._table: shown} if keys else {}
        found: dict[str, Job] = {}
        while wanted:
            answer = self._dynamodb.batch_get_item(RequestItems=wanted)
            for item in answer["Responses"].get(self._table, []):
                found[item["pk"]["S"]] = model_of(Job, item)
            wanted = answer["UnprocessedKeys"]
        return [found[key] for key in keys if key in found]
