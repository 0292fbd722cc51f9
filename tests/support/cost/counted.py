"""Counts what one life of a job took, in the units that AWS bills."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.cost.bill import Life
from local.cost.units import (
    item_size,
    query_units,
    read_units,
    refused_write_units,
    write_units,
)
from local.stack.parts import PROJECT
from tests.support.cost.lives import live, warm_up
from tests.support.recorded import Call, Recorded

_STATES = set(json.loads((PROJECT / "statemachine/job_lifecycle.asl.json").read_text())["States"])
_REFUSED = "ConditionalCheckFailedException"
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_CLASS_A = {
    "PutObject",
    "ListObjectsV2",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
}
_CLASS_B = {"GetObject", "HeadObject"}
_HAPPY, _LOST = 190.0, 265.0


def counted(recorded: Recorded) -> list[Life]:
    """Both lives, after one that warms everything up."""
    warm_up(recorded)
    return [
        Life("happy path", count(recorded, webhook=True), _HAPPY),
        Life("webhook lost", count(recorded, webhook=False), _LOST),
    ]


def count(recorded: Recorded, *, webhook: bool) -> dict[str, float]:
    """Live once; the units it took, by the price's name."""
    before = _stream(recorded)
    mark, written = recorded.mark(), len(before)
    job_id = live(recorded, webhook=webhook)
    calls, invocations = recorded.calls(mark), recorded.invocations(mark)
    units: Counter[str] = Counter()
    units["invocations"] = len(invocations)
    units["http"] = sum("/v1/" in each.kind for each in invocations)
    entered = [
        s["stateEnteredEventDetails"]["name"]
        for s in recorded.world.steps(job_id)
        if "stateEnteredEventDetails" in s
    ]
    units["transitions"] = sum(name in _STATES for name in entered)
    records = _stream(recorded)[written:]
    units["writes"] = sum(_write_units(before, records))
    # Nothing is written without a record: what wrote nothing new would be missed here.
    wrote = sum(c.operation in _WRITES and c.outcome == "ok" for c in calls)
    assert len(records) == wrote + entered.count("Wait")
    for call in calls:
        units.update(_units(call))
    units["bucket_events"] = sum(c.service == "s3" and c.operation == "PutObject" for c in calls)
    return dict(units)


def _write_units(
    before: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]]
) -> Iterator[int]:
    """The units of each write; the stream tells what an item became, so what it was is what the one before told."""
    items: dict[str, Mapping[str, Any]] = {}
    for record in before:
        items[record["Keys"]["pk"]["S"]] = record.get("NewImage", {})
    for record in records:
        pk, new = record["Keys"]["pk"]["S"], record.get("NewImage", {})
        yield write_units(items.get(pk, {}), new)
        items[pk] = new


def _units(call: Call) -> dict[str, float]:
    """What one call to AWS takes; a link or form that was signed is used once, by the app or the provider."""
    match call.service, call.operation:
        case "dynamodb", "GetItem":
            item = call.told.get("Item", {})
            consistent = bool(call.names.get("ConsistentRead"))
            return {"reads": read_units([item_size(item)], consistent=consistent)}
        case "dynamodb", "BatchGetItem":
            tables: dict[str, list[Any]] = call.told["Responses"]
            sizes = [item_size(item) for items in tables.values() for item in items]
            return {"reads": read_units(sizes, consistent=False)}
        case "dynamodb", "Query":
            return {"reads": query_units(item_size(item) for item in call.told["Items"])}
        case "dynamodb", operation if operation in _WRITES:
            refused = call.outcome == _REFUSED
            return {"writes": refused_write_units(call.told.get("Item", {}))} if refused else {}
        case "s3", operation if operation in _CLASS_A:
            return {"s3_puts": 1}
        case "s3", operation if operation in _CLASS_B:
            return {"s3_gets": 1}
        case "secretsmanager", "GetSecretValue":
            return {"secret_reads": 1}
        case "stepfunctions", "StartExecution" | "SendTaskSuccess":
            return {}  # transitions are what is paid for
        case unknown:
            raise AssertionError(f"no price for {unknown}")


def _stream(recorded: Recorded) -> list[dict[str, Any]]:
    """Every record of the table's stream."""
    return recorded.world.all_writes()
