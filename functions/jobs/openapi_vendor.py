"""The vendor's own contract in the OpenAPI document; its routes have no resolver that would tell of them."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from faceswap.contract.vendor import (
    INVALID_KEY,
    REQUEST_NOT_FOUND,
    FailedVideoFaceSwapResponse,
    FetchRequest,
    ProcessingVideoFaceSwapResponse,
    SpecificVideoSwapRequest,
    SuccessVideoFaceSwapResponse,
    VendorError,
)
from faceswap.rules.ids import LARGEST_NUMBER
from faceswap.rules.keys import new_secret

TAG = "vendor"
_JSON = "application/json"
_REFERENCES = "#/components/schemas/{model}"
_ANSWERS: list[type[BaseModel]] = [
    SuccessVideoFaceSwapResponse,
    ProcessingVideoFaceSwapResponse,
    FailedVideoFaceSwapResponse,
    VendorError,
]
_NUMBER, _JOB = 4503599627370497, "job_wtrv2hlsqd5ebgc4nk7oyfz3pa"
_KEY = {"key": new_secret(bytes(32))}
_API = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
_LINK = f"{_API}/v1/results/{_JOB}/6vQ0b8mM0q3Tn3JXb1qJ0m6q7bK2c5h1yq8m1YdQz0E"
_URLS = {
    "init_image": "https://media.example.com/face.png",
    "init_video": "https://media.example.com/clip.mp4",
    "reference_image": "https://media.example.com/person.png",
}
_SWAPS = {
    "what is required": _KEY | _URLS,
    "everything": {
        **_KEY,
        **_URLS,
        "output_format": "mp4",
        "watermark": False,
        "webhook": "https://app.example.com/hooks/vendor",
        "track_id": 900001,
    },
}
_META = {
    "file_prefix": _JOB,
    "outdir": "results/",
    "output_format": "mp4",
    "reference_image": _URLS["reference_image"],
    "seed": 0,
    "source_image": _URLS["init_image"],
    "target_video_url": _URLS["init_video"],
    "watermark": "no",
    "watermark_image": None,
    "webhook": "https://app.example.com/hooks/vendor",
    "track_id": "900001",
    "output": [_LINK],
}
_SUCCESS = {
    "status": "success",
    "generationTime": 10.1,
    "id": _NUMBER,
    "output": [_LINK],
    "proxy_links": [_LINK],
    "meta": _META,
}
_FAILED = {
    "status": "failed",
    "id": _NUMBER,
    "message": "The provider cannot use the input. No face detected in init_image",
    "output": [],
}
SUCCESS_WEBHOOK = _SUCCESS | {"track_id": 900001}
FAILED_WEBHOOK = {
    "status": "failed",
    "id": _NUMBER,
    "message": _FAILED["message"],
    "track_id": 900001,
}
_UNKNOWN = {"status": "error", "message": REQUEST_NOT_FOUND}
_REFUSALS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": (
        "Something is wrong in the request; `message` names the field.",
        {"a field": {"status": "error", "message": "init_image: must begin with https://."}},
    ),
    "401": (
        "No key of ours, or one that was revoked.",
        {"wrong key": {"status": "error", "message": INVALID_KEY}},
    ),
    "413": (
        "The body is larger than allowed.",
        {"too large": {"status": "error", "message": "A body has at most 65536 bytes."}},
    ),
    "429": (
        "Too many requests, or a limit of the key's owner is reached: then `retry_after` says when to ask again.",
        {
            "too many at the gateway": {"message": "Too Many Requests"},
            "a limit is reached": {
                "status": "error",
                "message": "A limit is reached: no more than 100 jobs may be made a day (UTC).",
                "retry_after": 43200,
            },
        },
    ),
    "500": (
        "Something went wrong here.",
        {
            "not served": {
                "status": "error",
                "message": "The request could not be served. Try again.",
            }
        },
    ),
}
_ALSO_GATEWAY = {"413", "429", "500"}


def add_vendor(document: dict[str, Any]) -> None:
    """Add the routes and their schemas to the document."""
    models = [(model, "serialization") for model in _ANSWERS]
    models += [(SpecificVideoSwapRequest, "validation"), (FetchRequest, "validation")]
    _, schemas = models_json_schema(models, ref_template=_REFERENCES)  # type: ignore[arg-type]
    document["components"]["schemas"] |= schemas["$defs"]
    for family, suffix in (("faceswap", ""), ("deepfake", "Older")):
        fetch = f"{_API}/api/v6/{family}/fetch/{_NUMBER}"
        document["paths"] |= {
            f"/api/v6/{family}/specific_video_swap": {"post": _swap(suffix, fetch)},
            f"/api/v6/{family}/fetch/{{id}}": {"post": _fetch(suffix, fetch)},
        }


def _processing(fetch: str) -> dict[str, Any]:
    said = ProcessingVideoFaceSwapResponse.model_construct(
        eta=40, fetch_result=fetch, id=_NUMBER, meta=None, future_links=[_LINK]
    )
    return said.model_dump(exclude={"meta"}) | {"meta": _META}


def _swap(suffix: str, fetch: str) -> dict[str, Any]:
    header = {
        "name": "idempotency-key",
        "in": "header",
        "required": False,
        "description": "Repeating a request with the same key makes no second job.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "order-4711",
    }
    answers = {"accepted": _processing(fetch), "made before, and over": _SUCCESS}
    return _operation(
        f"vendorSwap{suffix}",
        "Swap a face as the vendor's contract has it",
        "The job is an ordinary one: the JSON API shows it to the key's owner. Who repeats a request with its"
        " `Idempotency-Key` is told what has become of the job.",
        SpecificVideoSwapRequest,
        _SWAPS,
        header,
        answers,
    )


def _fetch(suffix: str, fetch: str) -> dict[str, Any]:
    number = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The job's number.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER},
        "example": _NUMBER,
    }
    answers = {
        "processing": _processing(fetch),
        "success": _SUCCESS,
        "failed": _FAILED,
        "unknown": _UNKNOWN,
    }
    return _operation(
        f"vendorFetch{suffix}",
        "Ask what has become of a job as the vendor's contract has it",
        "Another owner's id answers as an unknown one does.",
        FetchRequest,
        {"a key": _KEY},
        number,
        answers,
    )


def _operation(
    name: str,
    summary: str,
    description: str,
    request: type[BaseModel],
    requests: dict[str, Any],
    parameter: dict[str, Any],
    answers: dict[str, Any],
) -> dict[str, Any]:
    body = {"schema": _reference(request), "examples": _named(requests)}
    told = {"schema": {"oneOf": [_reference(m) for m in _ANSWERS]}, "examples": _named(answers)}
    responses = {"200": {"description": "What has become of it.", "content": {_JSON: told}}}
    for status, (meaning, examples) in _REFUSALS.items():
        schemas = [_reference(VendorError)]
        if status in _ALSO_GATEWAY:
            schemas.append({"$ref": "#/components/schemas/GatewayError"})
        schema = {"anyOf": schemas} if len(schemas) > 1 else schemas[0]
        content = {_JSON: {"schema": schema, "examples": _named(examples)}}
        responses[status] = {"description": meaning, "content": content}
    return {
        "tags": [TAG],
        "summary": summary,
        "description": description,
        "operationId": name,
        "security": [],
        "parameters": [parameter],
        "requestBody": {"required": True, "content": {_JSON: body}},
        "responses": responses,
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCES.format(model=model.__name__)}


def _named(examples: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in examples.items()}
