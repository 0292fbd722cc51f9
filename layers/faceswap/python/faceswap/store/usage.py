"""Counters of what owners do: an item for each owner and UTC day, and one for his jobs that are not over."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from faceswap.rules.counting import Counts
from faceswap.rules.job import Job
from faceswap.rules.quotas import OwnerDay, PolicyName, Quotas, Usage
from faceswap.rules.uploads import Upload
from faceswap.store.dynamodb_items import items_of
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_KEPT = timedelta(days=400)
"""How long a day's counters are kept: what a customer has cost can be asked for a year later."""


class UsageStore:
    """What has been counted."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def of(self, counted: OwnerDay, currency: str | None = None) -> Usage:
        """What has been counted of an owner (consistent read); `spent` is of this currency."""
        items = items_of(self._dynamodb, self._table, usage_keys(counted))
        return usage_in(items, counted, currency)


def usage_keys(counted: OwnerDay) -> list[str]:
    """Where it stands what has been counted of an owner."""
    return [_day_pk(counted.owner, counted.day), _open_pk(counted.owner)]


def usage_in(
    items: Mapping[str, Mapping[str, Any]], counted: OwnerDay, currency: str | None = None
) -> Usage:
    """What has been counted of an owner, by items that were read."""
    day, now = (items.get(key, {}) for key in usage_keys(counted))
    return usage_in_day(day, currency)._replace(open_jobs=_number(now, "open_jobs"))


def usage_in_day(item: Mapping[str, Any], currency: str | None = None) -> Usage:
    """What has been counted of an owner on a day, by its item."""
    spent = item.get(_spent_in(currency), {}) if currency else {}
    return Usage(
        jobs=_number(item, "jobs"),
        uploads=_number(item, "uploads"),
        upload_bytes=_number(item, "upload_bytes"),
        spent=Decimal(spent.get("N", 0)),
    )


def count_job(
    table: str,
    job: Job,
    counts: Counts,
    quotas: Quotas | None = None,
    *,
    daily_budget: Decimal | None = None,
) -> "list[tuple[PolicyName, TransactWriteItemTypeDef]]":
    """The writes by which a job counts, each with the limit that it keeps."""
    limits = quotas or Quotas()
    writes: list[tuple[PolicyName, TransactWriteItemTypeDef]] = []
    if counts.jobs and job.counted_on:
        counted = Update(_at_most("jobs", limits.jobs_a_day, counts.jobs)).add("jobs", counts.jobs)
        counted.set("ttl", expiry_of(job.counted_on))
        writes.append(("day", _write(counted, table, _day_pk(job.owner, job.counted_on))))
    if counts.spent and counts.spent_on and job.currency:
        spent = Update().add(_spent_in(job.currency), counts.spent)
        spent.set("ttl", expiry_of(counts.spent_on))
        writes.append(("budget", _write(spent, table, _day_pk(job.owner, counts.spent_on))))
        within = _at_most("counted", daily_budget, counts.spent)
        reserved = Update(within).add("reserved", counts.spent).add("counted", counts.spent)
        reserved.set("ttl", expiry_of(counts.spent_on))
        writes.append(("budget", _write(reserved, table, budget_pk(counts.spent_on, job.currency))))
    if counts.open_jobs:
        within = _at_most("open_jobs", limits.open_jobs, counts.open_jobs)
        counted = Update(within).add("open_jobs", counts.open_jobs)
        writes.append(("open", _write(counted, table, _open_pk(job.owner))))
    return writes


def count_upload(table: str, upload: Upload, quotas: Quotas) -> "TransactWriteItemTypeDef":
    """The write by which an upload counts, within these limits."""
    day = upload.created_at.date()
    conditions = [
        _at_most("uploads", quotas.uploads_a_day, 1),
        _at_most("upload_bytes", quotas.upload_bytes_a_day, upload.size),
    ]
    within = [condition for condition in conditions if condition]
    condition = within[0] if len(within) == 1 else within[0] & within[1] if within else None
    counted = Update(condition).add("uploads", 1).add("upload_bytes", upload.size)
    return _write(counted.set("ttl", expiry_of(day)), table, _day_pk(upload.owner, day))


def _at_most(name: str, limit: Decimal | int | None, more: Decimal | int) -> ConditionBase | None:
    """That there is room for so much more; what is given back needs none."""
    if limit is None or more < 0:
        return None
    counted = Attr(name)
    # The budget of a day may be raised: then what counts is below nothing.
    return (
        counted.lte(limit - more) | counted.not_exists()
        if more <= limit
        else counted.lte(limit - more)
    )


def _write(update: Update, table: str, pk: str) -> "TransactWriteItemTypeDef":
    return {
        "Update": {**update.request(table, pk), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    }


def _number(item: Mapping[str, Any], name: str) -> int:
    return max(0, int(item.get(name, {}).get("N", 0)))


def expiry_of(day: date) -> int:
    """When the table forgets what was counted on a day: seconds of the epoch."""
    return int((datetime.combine(day, time(), UTC) + _KEPT).timestamp())


def _day_pk(owner: str, day: date) -> str:
    return f"usage#{owner}#{day.isoformat()}"


def _spent_in(currency: str) -> str:
    """What an owner has spent: a number for each currency, since two are never added."""
    return f"spent_{currency}"


def budget_pk(day: date, currency: str) -> str:
    """Where it stands what the stack has spent on a day in a currency."""
    return f"budget#{day.isoformat()}#{currency}"


def _open_pk(owner: str) -> str:
    return f"open_jobs#{owner}"
