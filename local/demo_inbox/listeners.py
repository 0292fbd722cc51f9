"""Who listens: a server that takes callbacks and verifies them, and a queue behind a rule on the bus."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from local.stack import Stack

Tell = Callable[[dict[str, Any]], object]
_NAME = "demo-inbox"


@contextmanager
def callbacks(secret: str, tell: Tell) -> Iterator[str]:
    """Serve an address for callbacks; `tell` gets the body of each one that is signed with the secret."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            try:
                told = Webhook(secret).verify(body, dict(self.headers.items()))
            except WebhookVerificationError:
                self.send_response(401)
            else:
                tell(told)
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/hook"
        finally:
            server.shutdown()
            thread.join()


class BusQueue:
    """A queue that gets every event of jobs on the stack's bus."""

    def __init__(self, stack: Stack) -> None:
        self._sqs = stack.client("sqs")
        self._url: str = self._sqs.create_queue(QueueName=_NAME)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        events, bus = stack.client("events"), stack.bus_name
        events.put_rule(
            Name=_NAME, EventBusName=bus, EventPattern=json.dumps({"source": ["faceswap"]})
        )
        target = {"Id": _NAME, "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule=_NAME, EventBusName=bus, Targets=[target])

    def take(self) -> list[dict[str, Any]]:
        """The details of the events that have come since the last call."""
        answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        details = []
        for message in answer.get("Messages", []):
            details.append(json.loads(message["Body"])["detail"])
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return details
