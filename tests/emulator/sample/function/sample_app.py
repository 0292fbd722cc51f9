"""The sample's one handler: routes, events, and probes that tests invoke directly."""

import importlib.util
import json
import os
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from sample_shared import GREETING_FROM_LAYER  # type: ignore[import-not-found]

Json = dict[str, Any]

_table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
_s3 = boto3.client("s3", config=Config(signature_version="s3v4"))


class BusyError(Exception):
    """The state machine names this error and tries again."""


def handler(event: Json, _context: object) -> object:
    if "routeKey" in event:
        return _ROUTES[event["routeKey"]](event)
    if "Records" in event:
        for record in event["Records"]:
            _see("stream", record["dynamodb"]["Keys"]["pk"]["S"])
        return None
    if event.get("detail-type") == "Object Created":
        _see("landed", event["detail"]["object"]["key"])
        return None
    if event.get("detail-type") == "Item Announced":
        _see("announced", event["detail"]["text"])
        return None
    return _PROBES[event["probe"]](event)


def _see(kind: str, name: str) -> None:
    _table.put_item(Item={"pk": f"seen#{kind}#{name}", "kind": "seen"})


def _post(event: Json) -> Json:
    item = json.loads(event["body"])
    _table.put_item(Item=item)
    return {"statusCode": 201, "body": json.dumps(item)}


def _get(event: Json) -> Json:
    found = _table.get_item(Key={"pk": event["pathParameters"]["id"]}).get("Item")
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    return {"statusCode": 200, "body": json.dumps({"found": bool(found), "sub": claims["sub"]})}


def _ready(event: Json) -> Json:
    answer = {"greeting": os.environ["GREETING"], "cookies": event.get("cookies")}
    return {"statusCode": 200, "body": json.dumps(answer)}


def _world(_event: Json) -> Json:
    return {
        "environment": dict(os.environ),
        "directory": str(Path.cwd()),
        "parent": os.getppid(),
        "layer": GREETING_FROM_LAYER,
        "server_packages": [
            name for name in ("ministack", "hypercorn") if importlib.util.find_spec(name)
        ],
    }


def _busy(event: Json) -> str:
    if event["tries"] < event["busy"]:
        raise BusyError("not yet")
    return "done"


def _hold(event: Json) -> None:
    """Say that it is here, and stay until an item of the gate's name is there."""
    if not event["gate"]:
        return
    _see("held", event["gate"])
    while "Item" not in _table.get_item(Key={"pk": event["gate"]}, ConsistentRead=True):
        time.sleep(0.05)


def _forbidden(_event: Json) -> str:
    try:
        _s3.list_objects_v2(Bucket=os.environ["BUCKET"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"


def _presign(event: Json) -> Json:
    signed = {
        "Bucket": os.environ["BUCKET"],
        "Key": f"uploads/{event['name']}.jpg",
        "ContentType": "image/jpeg",
        "ContentLength": 5,
        "IfNoneMatch": "*",
        "ChecksumSHA256": event["sha256"],
    }
    return {"url": _s3.generate_presigned_url("put_object", Params=signed, ExpiresIn=60)}


def _wake(event: Json) -> None:
    boto3.client("stepfunctions").send_task_success(taskToken=event["token"], output="{}")


_ROUTES = {"POST /items": _post, "GET /items/{id}": _get, "GET /ready": _ready}
_PROBES = {
    "world": _world,
    "busy": _busy,
    "hold": _hold,
    "forbidden": _forbidden,
    "presign": _presign,
    "wake": _wake,
}
