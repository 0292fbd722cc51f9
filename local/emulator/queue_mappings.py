"""The template's mappings from a queue to a function, run beside the emulator by its public API (pollers.py).

The emulator itself serves all mappings one after the other, so that a function that waits for a slow receiver would
hold up every stream and every other message.
"""

import json
import threading
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator.aws import Client
from local.emulator.references import Json

_WAIT_SECONDS = 2
"""The emulator answers who waits before it ends, so not the 20 of Lambda."""
_AGAIN_SECONDS = 1.0
_MOST_AT_ONCE = 5
"""What Lambda begins with, where the template sets no bound."""


class QueueMapping:
    """One mapping, used by as many threads as may run the function at once; one of them waits for messages."""

    def __init__(self, name: str, properties: Json, make_client: Callable[[str], Client]) -> None:
        self.name = name
        self._arn: str = properties["EventSourceArn"]
        self._function: str = properties["FunctionName"]
        self._batch = min(10, int(properties.get("BatchSize", 10)))
        self._reports = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])
        bound = properties.get("ScalingConfig", {}).get("MaximumConcurrency", _MOST_AT_ONCE)
        self.at_once = int(bound)
        # The emulator looks into a queue ten times a second for each who waits.
        self._waits = threading.Lock()
        self._sqs, self._lambda = make_client("sqs"), make_client("lambda")
        name_of_queue = self._arn.rpartition(":")[2]
        self._url: str = self._sqs.get_queue_url(QueueName=name_of_queue)["QueueUrl"]

    def poll(self) -> int:
        """Give the function a batch, if there is one; how many messages were received."""
        with self._waits:
            messages = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=self._batch,
                WaitTimeSeconds=_WAIT_SECONDS,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
        if messages:
            failed = self._failed(messages)
            for message in messages:
                if message["MessageId"] not in failed:
                    handle = message["ReceiptHandle"]
                    self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=handle)
        return len(messages)

    def _failed(self, messages: list[Json]) -> set[str]:
        """Ids of the messages that have to come again."""
        event = {"Records": [self._record(message) for message in messages]}
        answer = self._lambda.invoke(FunctionName=self._function, Payload=json.dumps(event))
        everything = {message["MessageId"] for message in messages}
        if answer.get("FunctionError"):
            return everything
        if not self._reports:
            return set()
        told = json.loads(answer["Payload"].read() or b"null") or {}
        failed = {each["itemIdentifier"] for each in told.get("batchItemFailures", [])}
        is_well_formed = failed.issubset(everything)
        return failed if is_well_formed else everything

    def _record(self, message: Json) -> Json:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message.get("MD5OfBody", ""),
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._arn.split(":")[3],
        }

    def poll_for_ever(self) -> None:
        """Poll; what fails is printed, and tried again a second later."""
        while True:
            try:
                self.poll()
            except (BotoCoreError, ClientError) as error:
                print(f"mapping {self.name}: {error}", flush=True)
                time.sleep(_AGAIN_SECONDS)
