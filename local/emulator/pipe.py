"""The template's pipes (DynamoDB stream to event bus), run beside the emulator by its public API (pollers.py)."""

import json
import time
from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator.aws import Client
from local.emulator.patterns import look_up, matches, render
from local.emulator.references import Json

_SHORTEST_SECONDS, _GROWTH, _LONGEST_SECONDS = 0.2, 1.5, 0.8
_AGAIN_SECONDS = 1.0
_BATCH = 10


class Pipe:
    """One pipe. At least once: after an error it reads the failed batch again."""

    def __init__(self, name: str, properties: Json, streams: Client, events: Client) -> None:
        source = properties.get("SourceParameters", {})
        self.name = name
        self._stream: str = properties["Source"]
        self._bus: str = properties["Target"]
        self._reading: Json = source.get("DynamoDBStreamParameters", {})
        filters = source.get("FilterCriteria", {}).get("Filters", [])
        self._patterns: list[Json] = [json.loads(each["Pattern"]) for each in filters]
        target = properties.get("TargetParameters", {})
        self._template: str | None = target.get("InputTemplate")
        self._event: Json = target.get("EventBridgeEventBusParameters", {})
        self._streams, self._events = streams, events
        self._positions: dict[str, str] = {}

    def forward(self) -> int:
        """Send what is new in the stream; how many records were read."""
        if not self._positions:
            self.open()
        return sum(self._forward_shard(shard) for shard in list(self._positions))

    def entry(self, record: Json) -> Json | None:
        """The event that a stream record becomes; None if no filter lets it pass."""
        if self._patterns and not any(matches(pattern, record) for pattern in self._patterns):
            return None
        detail = render(self._template, record) if self._template else json.dumps(record)
        return {
            "EventBusName": self._bus,
            "Source": self._value("Source", f"Pipe {self.name}", record),
            "DetailType": self._value("DetailType", "Event from aws:dynamodb", record),
            "Detail": detail,
        }

    def _value(self, key: str, otherwise: str, record: Json) -> str:
        given = str(self._event.get(key, otherwise))
        return str(look_up(given, record)) if given.startswith("$") else given

    def open(self) -> None:
        """Find where reading begins."""
        described = self._streams.describe_stream(StreamArn=self._stream)["StreamDescription"]
        for shard in described["Shards"]:
            self._positions[shard["ShardId"]] = self._streams.get_shard_iterator(
                StreamArn=self._stream,
                ShardId=shard["ShardId"],
                ShardIteratorType=self._reading.get("StartingPosition", "LATEST"),
            )["ShardIterator"]

    def _forward_shard(self, shard: str) -> int:
        position = self._positions[shard]
        try:
            answer = self._streams.get_records(
                ShardIterator=position, Limit=int(self._reading.get("BatchSize", 100))
            )
        except ClientError:
            # The position has become invalid: begin again.
            self._positions.clear()
            raise
        records = [
            _as_json(record) | {"eventSourceARN": self._stream} for record in answer["Records"]
        ]
        entries = [entry for record in records if (entry := self.entry(record))]
        for start in range(0, len(entries), _BATCH):
            self._send(entries[start : start + _BATCH])
        self._positions[shard] = answer.get("NextShardIterator") or position
        return len(records)

    def _send(self, entries: list[Json]) -> None:
        tries = int(self._reading.get("MaximumRetryAttempts", -1))
        while entries:
            answer = self._events.put_events(Entries=entries)["Entries"]
            refused = [
                pair for pair in zip(entries, answer, strict=True) if pair[1].get("ErrorCode")
            ]
            if refused and tries == 0:
                print(f"pipe {self.name} dropped {len(refused)}: {refused[0][1]}", flush=True)
                return
            tries -= 1
            entries = [entry for entry, _ in refused]
            if entries:
                time.sleep(_SHORTEST_SECONDS)


def _as_json(record: Json) -> Json:
    def plain(value: object) -> object:
        return value.decode() if isinstance(value, bytes) else int(value.timestamp())  # type: ignore[attr-defined]

    result: Json = json.loads(json.dumps(record, default=plain))
    return result


def forward_for_ever(pipes: Sequence[Pipe], sleep: Callable[[float], None] = time.sleep) -> None:
    """Forward what comes through the pipes, one after the other.

    While nothing comes it looks ever more rarely, up to `_LONGEST_SECONDS`: each look costs the emulator as much as
    any other request.
    """
    pause = _SHORTEST_SECONDS
    while True:
        read = 0
        for pipe in pipes:
            try:
                read += pipe.forward()
            except (BotoCoreError, ClientError) as error:
                print(f"pipe {pipe.name}: {error}", flush=True)
                sleep(_AGAIN_SECONDS)
        if read:
            pause = _SHORTEST_SECONDS
        else:
            sleep(pause)
            pause = min(_LONGEST_SECONDS, _GROWTH * pause)
