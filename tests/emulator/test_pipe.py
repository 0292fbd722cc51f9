"""Pipes: filters, templates, and what is sent."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.patterns import look_up, matches, render
from local.emulator.pipe import Pipe, forward_for_ever

RECORD = {"eventName": "INSERT", "dynamodb": {"NewImage": {"pk": {"S": 'a"b'}, "n": {"N": "3"}}}}


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ({"a": ["x", "y"]}, {"a": "y"}, True),
        ({"a": ["x"]}, {"a": "z"}, False),
        ({"a": ["x"]}, {}, False),
        ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
        ({"a": {"b": ["x"]}}, {"a": "x"}, False),
        ({"a": ["x"]}, {"a": ["w", "x"]}, True),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"exists": True}]}, {}, False),
        ({"a": {"b": [{"exists": False}]}}, {}, True),
        ({"a": [{"prefix": "job"}]}, {"a": "job_1"}, True),
        ({"a": [{"suffix": ".mp4"}]}, {"a": "x.jpg"}, False),
        ({"a": [{"equals-ignore-case": "X"}]}, {"a": "x"}, True),
        ({"a": [{"anything-but": ["x"]}]}, {"a": "y"}, True),
        ({"a": [{"anything-but": [{"prefix": "x"}]}]}, {"a": "xy"}, False),
        ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 3}, True),
        ({"a": [{"numeric": ["<", 3]}]}, {"a": "2"}, False),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "y"}, True),
        ({"$or": [{"a": ["x"]}]}, {"b": "y"}, False),
    ],
)
def test_a_pattern_matches_as_on_aws(pattern: dict[str, Any], value: object, fits: bool) -> None:
    assert matches(pattern, value) is fits


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match="wildcard"):
        matches({"a": [{"wildcard": "*"}]}, {"a": "x"})


@pytest.mark.parametrize(
    ("path", "found"),
    [("$.a.b", 1), ("$.c[1]", 3), ("$.c[9]", None), ("$.a.x.y", None), ("$.z", None)],
)
def test_a_path_is_looked_up(path: str, found: object) -> None:
    assert look_up(path, {"a": {"b": 1}, "c": [2, 3]}) == found


def test_a_template_is_filled_with_text_and_json() -> None:
    template = '{"id": <$.dynamodb.NewImage.pk.S>, "t": "is <$.dynamodb.NewImage.pk.S> <$.no>", "n": <$.no>}'

    assert json.loads(render(template, RECORD)) == {"id": 'a"b', "t": 'is a"b ', "n": None}


class Streams:
    """A stream of one shard; the first reading may fail."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = records
        self.failures = 0

    def describe_stream(self, **_: object) -> dict[str, Any]:
        return {"StreamDescription": {"Shards": [{"ShardId": "s"}]}}

    def get_shard_iterator(self, **_: object) -> dict[str, Any]:
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str, **_: object) -> dict[str, Any]:  # noqa: N803
        if self.failures:
            self.failures -= 1
            raise ClientError({"Error": {"Code": "ExpiredIteratorException"}}, "GetRecords")
        records = self.records[int(ShardIterator) :]
        return {"Records": records, "NextShardIterator": str(len(self.records))}


class Events:
    """A bus that refuses the first of its entries as often as told."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.sent: list[dict[str, Any]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        answers: list[dict[str, Any]] = [{"EventId": "1"} for _ in Entries]
        if self.refusals:
            self.refusals -= 1
            answers[0] = {"ErrorCode": "ThrottlingException"}
        self.sent += [
            entry for entry, answer in zip(Entries, answers, strict=True) if "EventId" in answer
        ]
        return {"Entries": answers}


def pipe(streams: Streams, events: Events, **reading: object) -> Pipe:
    properties = {
        "Source": "stream",
        "Target": "bus",
        "SourceParameters": {
            "DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON", **reading},
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
        },
        "TargetParameters": {
            "EventBridgeEventBusParameters": {"Source": "faceswap", "DetailType": "$.eventName"}
        },
    }
    return Pipe("Announce", properties, streams, events)


def test_what_passes_the_filter_is_sent_once() -> None:
    events = Events()
    forwarding = pipe(Streams([RECORD, {"eventName": "REMOVE"}]), events)

    assert forwarding.forward() == 2
    assert forwarding.forward() == 0
    (sent,) = events.sent
    assert (sent["EventBusName"], sent["Source"], sent["DetailType"]) == (
        "bus",
        "faceswap",
        "INSERT",
    )
    assert json.loads(sent["Detail"]) == {**RECORD, "eventSourceARN": "stream"}


def test_what_the_bus_refuses_is_sent_again() -> None:
    events = Events(refusals=1)

    pipe(Streams([RECORD]), events).forward()

    assert len(events.sent) == 1


def test_what_is_refused_too_often_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    events = Events(refusals=3)

    pipe(Streams([RECORD]), events, MaximumRetryAttempts=1).forward()

    assert events.sent == []
    assert "dropped 1" in capsys.readouterr().out


def test_after_an_invalid_position_reading_begins_again() -> None:
    streams, events = Streams([RECORD]), Events()
    forwarding = pipe(streams, events)
    streams.failures = 1

    with pytest.raises(ClientError):
        forwarding.forward()

    assert forwarding.forward() == 1
    assert len(events.sent) == 1


class EnoughError(Exception):
    """Ends what runs for ever."""


def test_while_nothing_comes_it_looks_ever_more_rarely() -> None:
    streams, events = Streams([]), Events()
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            streams.records.append(RECORD)
        if len(pauses) == 10:
            raise EnoughError

    with pytest.raises(EnoughError):
        forward_for_ever([pipe(streams, events)], sleep)

    before, after = pauses[:8], pauses[8:]
    assert before == sorted(before)
    assert before[0] < before[-2] == before[-1] <= 1
    assert after == before[:2]
    assert len(events.sent) == 1


def test_a_pipe_that_fails_goes_on_later(capsys: pytest.CaptureFixture[str]) -> None:
    streams, events = Streams([RECORD]), Events()
    streams.failures = 1

    def sleep(_: float) -> None:
        if events.sent:
            raise EnoughError

    with pytest.raises(EnoughError):
        forward_for_ever([pipe(streams, events)], sleep)

    assert len(events.sent) == 1
    assert "pipe Announce: " in capsys.readouterr().out
