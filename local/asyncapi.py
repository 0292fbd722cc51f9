"""`python -m local.asyncapi FILE`: writes the contract of events, made from the code.

It shares its schemas and examples with the OpenAPI document.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from faceswap import VERSION
from faceswap.contract.events import (
    JOB_REFUSED,
    JOB_REQUESTED,
    JOB_STATUS_CHANGED,
    SOURCE,
    JobRefused,
    JobRequested,
    JobStatusChanged,
)
from faceswap.contract.problems import problem_of
from faceswap.rules.errors import Fault, InvalidError
from openapi_examples import REQUESTS

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
        **_ASKED,
    },
    JobRequested: {**_ASKED, **_REQUEST},
    JobRefused: {
        **_ASKED,
        "event_id": _EVENT,
        "problem": _REFUSAL.model_dump(exclude_none=True),
    },
}
"""One detail of each kind."""
_TYPES: dict[type[BaseModel], tuple[str, str]] = {
    JobStatusChanged: (JOB_STATUS_CHANGED, "send"),
    JobRequested: (JOB_REQUESTED, "receive"),
    JobRefused: (JOB_REFUSED, "send"),
}
_SUMMARIES: dict[type[BaseModel], str] = {
    JobStatusChanged: "A job has changed its status.",
    JobRequested: "Somebody asks for a job.",
    JobRefused: "The answer to a request that makes no job.",
}


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    _, schemas = models_json_schema(
        [(model, "validation") for model in _TYPES], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Face-swap adapter: events",
            "version": VERSION,
            "description": "What is said on the stack's EventBridge bus. Each message is the `detail` of an event; "
            "its `detail-type` stands in the message's title, its `source` in the headers.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "jobs": {
                "address": "{stack}-jobs",
                "description": "The bus `<stack>-jobs` (output `EventBusName`). Who may put events on it speaks for "
                "any owner.",
                "parameters": {"stack": {"description": "The stack's name."}},
                "messages": {
                    model.__name__: {"$ref": f"#/components/messages/{model.__name__}"}
                    for model in _TYPES
                },
            }
        },
        "operations": {
            f"{action}{model.__name__}": {
                "action": action,
                "channel": {"$ref": "#/channels/jobs"},
                "summary": _SUMMARIES[model],
                "messages": [{"$ref": f"#/channels/jobs/messages/{model.__name__}"}],
            }
            for model, (_, action) in _TYPES.items()
        },
        "components": {
            "messages": {
                model.__name__: _message(model, title, action)
                for model, (title, action) in _TYPES.items()
            },
            "schemas": schemas["$defs"],
        },
    }


def _message(model: type[BaseModel], title: str, action: str) -> dict[str, Any]:
    ours = {"const": SOURCE}
    theirs = {"not": {"const": SOURCE}, "description": "Whatever your system is called."}
    return {
        "name": model.__name__,
        "title": title,
        "summary": _SUMMARIES[model],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": {
                "detail-type": {"const": title},
                "source": ours if action == "send" else theirs,
            },
        },
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": [{"name": "one", "payload": EXAMPLES[model]}],
    }


def text() -> str:
    """The document as YAML, without anchors."""
    plain = json.loads(json.dumps(asyncapi()))
    dumped: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)
    return dumped


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text())
