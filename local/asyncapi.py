"""`python -m local.asyncapi FILE`: writes the contract of events, made from the code.

It shares its schemas and examples with the OpenAPI document.
"""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from faceswap import VERSION
from faceswap.contract.callbacks import CallbackBody
from faceswap.contract.events import (
    JOB_REFUSED,
    JOB_REQUESTED,
    JOB_STATUS_CHANGED,
    SOURCE,
    JobRefused,
    JobRequested,
    JobStatusChanged,
)
from faceswap.contract.inbox import InboxManifest, ManifestAnswer
from faceswap.contract.problems import problem_of
from faceswap.contract.vendor import FailedWebhook, SuccessWebhook
from faceswap.rules.errors import Fault, InvalidError
from openapi_examples import ANSWERS, REQUESTS
from openapi_vendor import FAILED_WEBHOOK, SUCCESS_WEBHOOK

_JOB = "job_wtrv2hlsqd5ebgc4nk7oyfz3pa"
_REQUEST = REQUESTS["createJob"]["uploads and a URL"]
_ASKED = {"owner": "ana", "idempotency_key": "order-4711"}
_EVENT = "7bf73129-1428-4cd3-a780-95db273d1602"
_REFUSAL = problem_of(
    InvalidError(
        "A media field cannot be used.",
        [Fault(pointer="#/init_video", detail="must begin with https://")],
    ),
    f"/events/{_EVENT}",
)
EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    JobStatusChanged: {
        "event_id": f"{_JOB}.4",
        "schema_version": "1",
        "job_id": _JOB,
        "status": "succeeded",
        "previous_status": "processing",
        "version": "4",
        "occurred_at": "2026-01-31T09:31:10.000Z",
        "error_type": "",
        "client_reference": "order-4711",
        "callback": "event",
        "cost": "0.16",
        "cost_currency": "USD",
        "cost_settled": "true",
        **_ASKED,
    },
    JobRequested: {**_ASKED, **_REQUEST},
    JobRefused: {
        **_ASKED,
        "event_id": _EVENT,
        "problem": _REFUSAL.model_dump(exclude_none=True),
    },
    CallbackBody: {
        "type": "job.succeeded",
        "timestamp": "2026-01-31T09:31:10.000Z",
        "data": ANSWERS["getJob"]["succeeded"],
    },
    SuccessWebhook: SUCCESS_WEBHOOK,
    FailedWebhook: FAILED_WEBHOOK,
    InboxManifest: _REQUEST | {"init_video": "s3:2026/clip.mp4", "idempotency_key": "order-4711"},
    ManifestAnswer: {
        "manifest": {
            "key": "inbox/ana/2026/order-4711.job.json",
            "sequencer": "0055AED6DCD90281E5",
            "etag": "d41d8cd98f00b204e9800998ecf8427e",
        },
        "job": ANSWERS["getJob"]["succeeded"],
    },
}
"""One detail or body of each kind."""


class Kind(NamedTuple):
    """A kind of message: its title, whether we send or receive it, and where."""

    title: str
    action: str
    channel: str = "jobs"


_KINDS: dict[type[BaseModel], Kind] = {
    JobStatusChanged: Kind(JOB_STATUS_CHANGED, "send"),
    JobRequested: Kind(JOB_REQUESTED, "receive"),
    JobRefused: Kind(JOB_REFUSED, "send"),
    CallbackBody: Kind("Callback", "send", "callbacks"),
    SuccessWebhook: Kind("Success", "send", "webhooks"),
    FailedWebhook: Kind("Failure", "send", "webhooks"),
    InboxManifest: Kind("Manifest", "receive", "inbox"),
    ManifestAnswer: Kind("Answer", "send", "outbox"),
}
_MODES: dict[type[BaseModel], JsonSchemaMode] = {
    # Their fields have other names on the wire.
    SuccessWebhook: "serialization",
    FailedWebhook: "serialization",
}
_CHANNELS: dict[str, dict[str, Any]] = {
    "jobs": {
        "address": "{stack}-jobs",
        "description": "The bus `<stack>-jobs` (output `EventBusName`). Who may put events on it speaks for any owner.",
        "parameters": {"stack": {"description": "The stack's name."}},
    },
    "callbacks": {
        "address": None,
        "description": "The address that a job's request names as `callback.url`: a POST, signed by Standard Webhooks.",
    },
    "webhooks": {
        "address": None,
        "description": "The address that a request by the vendor's contract names as `webhook`: a POST of its shape, "
        "signed by Standard Webhooks and tried again like a callback.",
    },
    "inbox": {
        "address": "inbox/{owner}/{path}.job.json",
        "description": "An object of the media bucket (output `MediaBucketName`). Who may write below `inbox/<owner>/` "
        "speaks for that owner.",
        "parameters": {
            "owner": {"description": "Whose job it is."},
            "path": {"description": "Any path; the answer has the same."},
        },
    },
    "outbox": {
        "address": "outbox/{owner}/{path}.result.json",
        "description": "An object of the media bucket; the video lies beside it as `outbox/<owner>/<path>.mp4`.",
        "parameters": {
            "owner": {"description": "Whose job it was."},
            "path": {"description": "The manifest's."},
        },
    },
}
_SUMMARIES: dict[type[BaseModel], str] = {
    JobStatusChanged: "A job has changed its status.",
    JobRequested: "Somebody asks for a job.",
    JobRefused: "The answer to a request that makes no job.",
    CallbackBody: "A job has ended; at least once, the same on every try.",
    SuccessWebhook: "A video is made; at least once, the same on every try.",
    FailedWebhook: "There will be no video; at least once, the same on every try.",
    InboxManifest: "Somebody asks for a job by a file.",
    ManifestAnswer: "The answer to a manifest: its job once that is final, or at once why there is none.",
}


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    _, schemas = models_json_schema(
        [(model, _MODES.get(model, "validation")) for model in _KINDS],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Face-swap adapter: events, callbacks, inbox",
            "version": VERSION,
            "description": "What is said on the stack's EventBridge bus, posted to clients, and left in the bucket. A "
            "message on the bus is the `detail` of an event, whose `detail-type` is the message's title.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            name: channel
            | {
                "messages": {
                    model.__name__: {"$ref": f"#/components/messages/{model.__name__}"}
                    for model, kind in _KINDS.items()
                    if kind.channel == name
                }
            }
            for name, channel in _CHANNELS.items()
        },
        "operations": {
            f"{kind.action}{model.__name__}": {
                "action": kind.action,
                "channel": {"$ref": f"#/channels/{kind.channel}"},
                "summary": _SUMMARIES[model],
                "messages": [{"$ref": f"#/channels/{kind.channel}/messages/{model.__name__}"}],
            }
            for model, kind in _KINDS.items()
        },
        "components": {
            "messages": {model.__name__: _message(model, kind) for model, kind in _KINDS.items()},
            "schemas": _without_discriminators(schemas["$defs"]),
        },
    }


def _message(model: type[BaseModel], kind: Kind) -> dict[str, Any]:
    return {
        "name": model.__name__,
        "title": kind.title,
        "summary": _SUMMARIES[model],
        "contentType": "application/json",
        "headers": {"type": "object", "properties": _headers(kind)},
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": [{"name": "one", "payload": EXAMPLES[model]}],
    }


def _without_discriminators(schema: object) -> Any:  # noqa: ANN401 (a schema, whatever its shape)
    """OpenAPI's discriminators name a mapping, AsyncAPI's only a property; `oneOf` says the same."""
    if isinstance(schema, list):
        return [_without_discriminators(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: value for name, value in schema.items() if not _is_discriminator(name, value)}
    return {name: _without_discriminators(value) for name, value in kept.items()}


def _is_discriminator(name: str, value: object) -> bool:
    return name == "discriminator" and isinstance(value, dict) and "propertyName" in value


def _headers(kind: Kind) -> dict[str, Any]:
    if kind.channel in {"callbacks", "webhooks"}:
        return {
            "webhook-id": {"type": "string", "description": "The same on every try."},
            "webhook-timestamp": {"type": "string", "description": "Of the try, in seconds."},
            "webhook-signature": {
                "type": "string",
                "description": "`v1,` and base64; one for each secret in use, with blanks between them.",
            },
        }
    if kind.channel != "jobs":
        return {}
    theirs = {"not": {"const": SOURCE}, "description": "Whatever your system is called."}
    return {
        "detail-type": {"const": kind.title},
        "source": {"const": SOURCE} if kind.action == "send" else theirs,
    }


def text() -> str:
    """The document as YAML, without anchors."""
    plain = json.loads(json.dumps(asyncapi()))
    dumped: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)
    return dumped


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text())
