"""How a change of a job is written: in one conditional write, with what it counts."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError
from pydantic import BaseModel

from faceswap.ports.jobs import RefusedContentError
from faceswap.ports.quotas import OverBudgetError
from faceswap.rules.job import Change, Job, essentials
from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import model_of, plain
from faceswap.store.expressions import Update, item_of_refusal
from faceswap.store.queue import PARTITION, partition_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from faceswap.rules.counting import Counts


def job_pk(job_id: str) -> str:
    """The table key of a job."""
    return f"job#{job_id}"


class JobWrites:
    """Changes of one job's item that is as it was read."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (consistent read), None if there is none."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": job_pk(job_id)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return model_of(Job, item) if item else None

    def update_or_essentials(
        self,
        job: Job,
        change: Change,
        fields: Mapping[str, object],
        *,
        wake: bool = False,
        also: ConditionBase | None = None,
        daily_budget: Decimal | None = None,
    ) -> Job | None:
        """The same as `update`; what the table refuses for its size is left out of it."""
        try:
            return self.update(job, change, fields, wake=wake, also=also, daily_budget=daily_budget)
        except RefusedContentError:
            return self.update(
                job, change, essentials(fields), wake=wake, also=also, daily_budget=daily_budget
            )

    def update(
        self,
        job: Job,
        change: Change,
        fields: Mapping[str, object],
        *,
        wake: bool = False,
        also: ConditionBase | None = None,
        daily_budget: Decimal | None = None,
    ) -> Job | None:
        """Write fields of a job that still has the status and version that were read, and meets a condition.

        `write_id` tells a lost race from our own write that was repeated because its answer was lost.
        Raises RefusedContentError.
        """
        write_id = token_urlsafe(6)
        is_as_read = Attr("status").eq(job.status) & Attr("version").eq(job.version)
        changed = (
            Update(is_as_read & also if also else is_as_read)
            .set("change", change)
            .set("write_id", write_id)
        )
        if "queue_tag" in fields:
            tag = fields["queue_tag"]
            fields = {**fields, PARTITION: partition_of(job.job_id) if tag else None}
        for name, value in fields.items():
            if value is None:
                changed.remove(name)
            else:
                changed.set(name, _encode(value))
        if wake:
            changed.add("wakeup_count", 1)
        if job.is_counted and (counts := _counts(job, fields)):
            return self._update_counted(job, fields, changed, counts, daily_budget, wake=wake)
        try:
            answer = self._dynamodb.update_item(
                **changed.request(self._table, job_pk(job.job_id)),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            item = item_of_refusal(error)
            is_ours = item.get("write_id") == {"S": write_id}
            return model_of(Job, item) if is_ours else None
        return model_of(Job, answer["Attributes"])

    def _update_counted(
        self,
        job: Job,
        fields: Mapping[str, object],
        changed: Update,
        counts: "Counts",
        daily_budget: Decimal | None,
        *,
        wake: bool,
    ) -> Job | None:
        """The same as `_update`, together with what it counts."""
        from faceswap.store.transactions import write_together
        from faceswap.store.usage import count_job

        counted = count_job(self._table, job, counts, daily_budget=daily_budget)
        update: Any = changed.request(self._table, job_pk(job.job_id))
        hindered = write_together(self._dynamodb, [{"Update": update}, *(w for _, w in counted)])
        if hindered is not None:
            if hindered[0] is None:
                raise OverBudgetError
            return None
        after = self.get(job.job_id)
        if after and after.version == fields.get("version", job.version):
            return after
        # Somebody has gone on already: what this write made of it is told, as it would be by a single one.
        return job.changed(fields, woken=wake)


def _counts(job: Job, fields: Mapping[str, object]) -> "Counts | None":
    from faceswap.rules.counting import counts_of_change

    counts = counts_of_change(job, fields)
    return counts if counts.changes_any else None


def _encode(value: object) -> object:
    """A field's value as DynamoDB takes it."""
    if isinstance(value, BaseModel):
        return plain(value)
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {name: _encode(entry) for name, entry in value.items()}
    return value
