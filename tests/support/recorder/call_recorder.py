"""Runs inside the functions: notes each invocation, each call to AWS with the code that made it, and each presigning.

One line of JSON each is added to the file that CALLS_FILE names. Secrets and task tokens are not noted.
"""

import json
import os
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.signers import RequestSigner

_FILE = Path(os.environ["CALLS_FILE"])
_FUNCTION = os.environ["POWERTOOLS_SERVICE_NAME"]
_NAMES = {
    "Bucket",
    "ConsistentRead",
    "IndexName",
    "Key",
    "Prefix",
    "RequestItems",
    "SecretId",
    "TableName",
    "QueueUrl",
}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_TOLD = ("Attributes", "Item", "Items", "Responses")
_OURS = {"/layers/faceswap/python/": "", "/functions/": "functions/"}

_now: dict[str, Any] = {}


def _note(**said: Any) -> None:
    line = json.dumps({"function": _FUNCTION} | said, default=str) + "\n"
    with _FILE.open("ab", buffering=0) as file:
        file.write(line.encode())


def _kind(event: dict[str, Any]) -> str:
    if "task" in event:
        return str(event["task"])
    if "Records" in event:
        of_queue = event["Records"][0].get("eventSource") == "aws:sqs"
        return "callback" if of_queue else "starter"
    if event.get("source") == "aws.s3":
        return "landed"
    if "detail-type" in event:
        return "requested"
    return str(event.get("routeKey", "other"))


def _site() -> str:
    """The innermost function of ours on the stack."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        for mark, folder in _OURS.items():
            _, found, path = code.co_filename.rpartition(mark)
            if found:
                return f"{folder}{path} {getattr(code, 'co_qualname', code.co_name)}"
        frame = frame.f_back
    return "nobody"


def _call(service: str, operation: str, parameters: Any, outcome: str, told: Any) -> None:
    """Note one call."""
    _note(
        kind=_now.get("kind", "start"),
        invocation=_now.get("id", ""),
        service=service,
        operation=operation,
        names={name: value for name, value in parameters.items() if name in _NAMES},
        written=_written(operation, parameters) if service == "dynamodb" else [],
        outcome=outcome,
        told={name: told[name] for name in _TOLD if name in told},
        site=_site(),
    )


def _written(operation: str, parameters: Any) -> list[str]:
    """The keys of the items that a call writes."""
    if operation == "TransactWriteItems":
        writes = [write for each in parameters["TransactItems"] for write in each.values()]
    else:
        writes = [parameters] if operation in _WRITES else []
    return [write.get("Key", write.get("Item"))["pk"]["S"] for write in writes]


def install(client_class: Any) -> None:
    """Put the recorder around each invocation, each call to AWS and each presigning."""
    wait, answer = client_class.wait_next_invocation, client_class.post_invocation_result

    def wait_next_invocation(self: Any) -> Any:
        request = wait(self)
        _now.update(kind=_kind(json.loads(request.event_body)), id=request.invoke_id)
        _now["began"] = time.monotonic()
        return request

    def post_invocation_result(self: Any, *args: Any, **options: Any) -> None:
        took = 1000 * (time.monotonic() - _now["began"])
        _note(kind=_now["kind"], invocation=_now["id"], milliseconds=round(took, 1))
        answer(self, *args, **options)

    client_class.wait_next_invocation = wait_next_invocation
    client_class.post_invocation_result = post_invocation_result
    _record_calls()
    _record_presigning()


def _record_calls() -> None:
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make_api_call(self: Any, operation: str, parameters: Any) -> Any:
        service = self.meta.service_model.service_name
        try:
            told = make(self, operation, parameters)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            _call(service, operation, parameters, code, error.response)
            raise
        _call(service, operation, parameters, "ok", told)
        return told

    BaseClient._make_api_call = make_api_call  # type: ignore[attr-defined]


def _record_presigning() -> None:
    sign_url = RequestSigner.generate_presigned_url

    def generate_presigned_url(self: Any, **options: Any) -> Any:
        key = str(options["request_dict"]["url"]).partition("?")[0]
        _call("s3", options["operation_name"], {"Key": key}, "presigned", {})
        return sign_url(self, **options)

    RequestSigner.generate_presigned_url = generate_presigned_url  # type: ignore[method-assign,assignment]
