"""Counts what one life of a job took, in the units that AWS bills."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
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
from tests.support.bus import Listener
from tests.support.cost.lives import (
    DROPPED,
    LIMITS,
    PARAMETERS,
    ByKey,
    Live,
    dropped,
    live,
    requested,
    told,
)
from tests.support.recorded import Call, Recorded, recorded_stack

_STATES = set(json.loads((PROJECT / "statemachine/job_lifecycle.asl.json").read_text())["States"])
_REFUSED = "ConditionalCheckFailedException"
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
_OF_A_TRANSACTION = 2
"""How many times as much a write costs that is one of several done together."""
_CLASS_A = {
    "PutObject",
    "CopyObject",
    "ListObjectsV2",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
}
_LANDS = {"PutObject", "CopyObject"}
_CLASS_B = {"GetObject", "HeadObject"}
_REQUESTS_OF_A_MESSAGE = 3
"""One that sends it, one that receives it, one that deletes it."""
_HAPPY, _LOST, _TOLD, _REQUESTED, _DROPPED, _BY_KEY = 190.0, 265.0, 200.0, 155.0, 210.0, 165.0
_LIMITED = 215.0
_WARM = 3


def all_lives(work: Path) -> list[Life]:
    """All lives: on a stack as it comes, and on one with limits, one after the other."""
    (work / "plain").mkdir()
    with recorded_stack(work / "plain", **PARAMETERS) as recorded:
        lives = _counted(recorded)
    (work / "limited").mkdir()
    with recorded_stack(work / "limited", **PARAMETERS, **LIMITS) as recorded:
        return [*lives, _counted_with_limits(recorded)]


def _counted(recorded: Recorded) -> list[Life]:
    """Lives without limits, after some that warm everything up."""
    listener = Listener(recorded.world)
    lives: list[tuple[str, Live, float]] = [
        ("happy path", partial(live, webhook=True), _HAPPY),
        ("webhook lost", partial(live, webhook=False), _LOST),
        ("told by a callback", told, _TOLD),
        ("asked for by an event", requested, _REQUESTED),
        ("dropped in the inbox", dropped, _DROPPED),
        ("by the vendor's contract", ByKey(), _BY_KEY),
    ]
    for _, once, _ in lives:
        once(recorded)
    return [Life(title, count(recorded, once, listener), most) for title, once, most in lives]


def _counted_with_limits(recorded: Recorded) -> Life:
    """The happy path on a stack with limits, a price and a budget, after some that warm everything up."""
    once = partial(live, webhook=True)
    listener = Listener(recorded.world)
    for _ in range(_WARM):
        once(recorded)
    return Life("happy path, with limits", count(recorded, once, listener), _LIMITED)


def count(recorded: Recorded, once: Live, listener: Listener) -> dict[str, float]:
    """Live once; the units it took, by the price's name."""
    before = _stream(recorded)
    mark, written, said = recorded.mark(), len(before), len(listener.listen())
    job_id = once(recorded)
    calls, invocations = recorded.calls(mark), recorded.invocations(mark)
    units: Counter[str] = Counter()
    units["invocations"] = len(invocations)
    units["http"] = sum("/" in each.kind for each in invocations)
    entered = [
        s["stateEnteredEventDetails"]["name"]
        for s in recorded.world.steps(job_id)
        if "stateEnteredEventDetails" in s
    ]
    units["transitions"] = sum(name in _STATES for name in entered)
    records = _stream(recorded)[written:]
    wrote = [call for call in calls if call.operation in _WRITES and call.outcome == "ok"]
    units["writes"] = sum(_write_units(before, records, wrote))
    # Nothing is written without a record: what wrote nothing new would be missed here.
    assert len(records) == sum(len(call.written) for call in wrote) + entered.count("Wait")
    for call in calls:
        units.update(_units(call))
    heard = [event["detail-type"] for event in listener.listen()[said:]]
    units["bus_events"] = len(heard)
    units["pipe_requests"] = heard.count("Job Status Changed")
    callbacks = sum(each.kind == "callback" for each in invocations)
    units["queue_requests"] = _REQUESTS_OF_A_MESSAGE * callbacks
    landed = sum(c.service == "s3" and c.operation in _LANDS for c in calls)
    units["bucket_events"] = landed + DROPPED * (once is dropped)
    units["s3_puts"] += DROPPED * (once is dropped)
    return dict(units)


def _write_units(
    before: Iterable[Mapping[str, Any]],
    records: Iterable[Mapping[str, Any]],
    wrote: Iterable[Call],
) -> Iterator[int]:
    """The units of each write; the stream tells what an item became, so what it was is what the one before told.

    The writes of one item come in the order of the calls that made them; the state machine's are not among those.
    """
    times: dict[str, list[int]] = defaultdict(list)
    for call in wrote:
        together = call.operation == "TransactWriteItems"
        for pk in call.written:
            times[pk].append(_OF_A_TRANSACTION if together else 1)
    items: dict[str, Mapping[str, Any]] = {}
    for record in before:
        items[record["Keys"]["pk"]["S"]] = record.get("NewImage", {})
    for record in records:
        pk, new = record["Keys"]["pk"]["S"], record.get("NewImage", {})
        waits = new.get("change") == {"S": "wait"}
        yield (1 if waits else times[pk].pop(0)) * write_units(items.get(pk, {}), new)
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
            [asked] = call.names["RequestItems"].values()
            sizes = [item_size(item) for items in tables.values() for item in items]
            sizes += [0] * (len(asked["Keys"]) - len(sizes))
            return {"reads": read_units(sizes, consistent=bool(asked.get("ConsistentRead")))}
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
