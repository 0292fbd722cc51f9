"""Somebody who hears all that is said on the stack's bus."""

import json
from typing import Any
from uuid import uuid4

from tests.support.until import until
from tests.support.world import World


class Listener:
    """A queue behind a rule for everything."""

    def __init__(self, world: World) -> None:
        name = f"listener-{uuid4().hex[:8]}"
        self._world = world
        self._sqs = world.aws("sqs")
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        bus, events = world.stack.bus_name, world.aws("events")
        pattern = json.dumps({"source": [{"prefix": ""}]})
        events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule=name, EventBusName=bus, Targets=[target])
        self.heard: list[dict[str, Any]] = []

    def request(self, detail: dict[str, Any], source: str = "shop.orders") -> str:
        """Put a `Job Requested` on the bus; the event's id."""
        entry = {
            "EventBusName": self._world.stack.bus_name,
            "Source": source,
            "DetailType": "Job Requested",
            "Detail": json.dumps(detail),
        }
        [answer] = self._world.aws("events").put_events(Entries=[entry])["Entries"]
        event_id: str = answer["EventId"]
        return event_id

    def listen(self) -> list[dict[str, Any]]:
        """All events so far."""
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                self.heard.append(json.loads(message["Body"]))
                self._sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return self.heard

    def details(self, detail_type: str, **fields: str) -> list[dict[str, Any]]:
        """The details of all events of a type so far that have these fields."""
        return [
            event["detail"]
            for event in self.listen()
            if event["detail-type"] == detail_type and fields.items() <= event["detail"].items()
        ]

    def wait(self, detail_type: str, **fields: str) -> dict[str, Any]:
        """The first such event, once it is there."""
        return until(lambda: self.details(detail_type, **fields))[0]
