"""Mappings from a queue to a function: what the function gets, and which messages are done with."""

import io
import json
from typing import Any

import pytest

from local.emulator.queue_mappings import QueueMapping

ARN = "arn:aws:sqs:eu-central-1:123456789012:callbacks"


class Queue:
    """A queue that gives out what it holds once."""

    def __init__(self, *bodies: str) -> None:
        self.waiting = list(bodies)
        self.asked: list[int] = []
        self.deleted: list[str] = []

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 (boto3's names)
        return {"QueueUrl": f"http://127.0.0.1/{QueueName}"}

    def receive_message(self, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.asked.append(MaxNumberOfMessages)
        bodies, self.waiting = (
            self.waiting[:MaxNumberOfMessages],
            self.waiting[MaxNumberOfMessages:],
        )
        if not bodies:
            return {}
        return {
            "Messages": [
                {
                    "MessageId": f"id-{body}",
                    "ReceiptHandle": f"handle-{body}",
                    "Body": body,
                    "Attributes": {"ApproximateReceiveCount": "3"},
                }
                for body in bodies
            ]
        }

    def delete_message(self, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.deleted.append(ReceiptHandle)


class Function:
    """A function that answers the same to all events."""

    def __init__(self, answer: object, error: str | None = None) -> None:
        self.answer, self.error = answer, error
        self.events: list[dict[str, Any]] = []

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "results:live"
        self.events.append(json.loads(Payload))
        told = {"Payload": io.BytesIO(json.dumps(self.answer).encode())}
        return told | ({"FunctionError": self.error} if self.error else {})


def mapping(queue: Queue, function: Function, **properties: Any) -> QueueMapping:
    clients: dict[str, Any] = {"sqs": queue, "lambda": function}
    given = {"EventSourceArn": ARN, "FunctionName": "results:live"} | properties
    return QueueMapping("Due", given, clients.__getitem__)


REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def failures(*names: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


def test_the_function_gets_what_it_gets_on_aws() -> None:
    queue, function = Queue("a"), Function(None)

    assert mapping(queue, function, BatchSize=1).poll() == 1

    [event] = function.events
    [record] = event["Records"]
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", ARN)
    assert (record["messageId"], record["receiptHandle"]) == ("id-a", "handle-a")
    assert (record["body"], record["awsRegion"]) == ("a", "eu-central-1")
    assert record["attributes"]["ApproximateReceiveCount"] == "3"
    assert queue.deleted == ["handle-a"]


def test_nothing_is_called_for_nothing() -> None:
    queue, function = Queue(), Function(None)

    assert mapping(queue, function).poll() == 0

    assert (function.events, queue.asked) == ([], [10])


@pytest.mark.parametrize(
    ("function", "reports", "deleted"),
    [
        (Function(failures("id-b")), True, ["a", "c"]),
        (Function(failures()), True, ["a", "b", "c"]),
        (Function(None), True, ["a", "b", "c"]),
        (Function(failures("id-other")), True, []),
        (Function(failures("id-b")), False, ["a", "b", "c"]),
        (Function(None, error="Unhandled"), True, []),
        (Function(None, error="Unhandled"), False, []),
    ],
)
def test_what_is_told_to_have_failed_comes_again(
    function: Function, reports: bool, deleted: list[str]
) -> None:
    queue = Queue("a", "b", "c")

    mapping(queue, function, **(REPORTS if reports else {})).poll()

    assert queue.deleted == [f"handle-{name}" for name in deleted]


def test_as_many_at_once_as_the_template_says() -> None:
    bounded = mapping(Queue(), Function(None), ScalingConfig={"MaximumConcurrency": 10})

    assert (bounded.at_once, mapping(Queue(), Function(None)).at_once) == (10, 5)
