"""The OpenAPI document: what Powertools makes of the routes, what the gateway answers by itself, and examples."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, SecurityScheme, Tag

from faceswap import VERSION
from faceswap.contract.problems import PROBLEM_JSON, GatewayError
from openapi_examples import ANSWERS, GATEWAY, OWN_PARAMETERS, PARAMETERS, REQUESTS, problems
from openapi_vendor import TAG, add_vendor

_TITLE = "Face-swap adapter"
_DESCRIPTION = (
    "Swap a face in a video: upload the media, create a job, read it until it is final, read the result."
    " Errors are RFC 9457 problem documents; what the gateway itself refuses is a `GatewayError`."
)
_TAGS: list[Tag | str] = [
    Tag(name="uploads", description="Files that jobs are made of."),
    Tag(name="jobs", description="Swaps, from the request to the result."),
    Tag(name="callbacks", description="Posts to an address of the client's when a job has ended."),
    Tag(name="usage", description="What the caller has used, and may use."),
    Tag(name="keys", description="For programs that speak the vendor's contract."),
    Tag(
        name=TAG,
        description="The vendor's own contract: a program written for it changes its base URL and its key. The key"
        " stands in the body, errors have the vendor's shape. docs/vendor-contract.md tells what differs.",
    ),
]
_SCHEMES: dict[str, SecurityScheme] = {
    "jwt": HTTPBearer(
        bearerFormat="JWT",
        description="A token of the deployment's issuer. Its scope: `jobs.read` for GET, `jobs.write` for all else"
        " and for `GET /v1/callback-secrets`.",
    )
}
_JSON = "application/json"
_LEFT_OVER = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
_GATEWAY = {
    "401": "No valid token.",
    "403": "The token lacks the scope, or names nobody.",
    "413": "The body is too large.",
    "429": "Too many requests.",
    "500": "Something went wrong here.",
}
_ALSO_OURS = {"403", "413", "500"}
_WITHOUT_BODY = {"204", "304"}


def configure(app: APIGatewayHttpResolver) -> None:
    """Tell the app what its document says of itself."""
    app.configure_openapi(
        title=_TITLE,
        version=VERSION,
        description=_DESCRIPTION,
        tags=_TAGS,
        security_schemes=_SCHEMES,
        security=[{"jwt": []}],
    )


def openapi(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the app's routes."""
    document: dict[str, Any] = json.loads(app.get_openapi_json_schema())
    schemas = document["components"]["schemas"]
    for name in _LEFT_OVER & set(schemas):
        del schemas[name]
    schemas["GatewayError"] = GatewayError.model_json_schema()
    for path in document["paths"].values():
        for operation in path.values():
            for status in _WITHOUT_BODY & set(operation["responses"]):
                operation["responses"][status].pop("content", None)
            _add_gateway(operation)
            _add_examples(operation)
    add_vendor(document)
    return document


def _add_gateway(operation: dict[str, Any]) -> None:
    for status, description in _GATEWAY.items():
        content = {_JSON: {"schema": {"$ref": "#/components/schemas/GatewayError"}}}
        is_ours = PROBLEM_JSON in operation["responses"].get(status, {}).get("content", {})
        if status in _ALSO_OURS or is_ours:
            content[PROBLEM_JSON] = {"schema": {"$ref": "#/components/schemas/Problem"}}
        operation["responses"][status] = {"description": description, "content": content}


def _add_examples(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if "requestBody" in operation:
        operation["requestBody"]["content"][_JSON]["examples"] = _named(REQUESTS[name])
    for parameter in operation.get("parameters", ()):
        plain = PARAMETERS[parameter["name"]]
        parameter["example"] = OWN_PARAMETERS.get((name, parameter["name"]), plain)
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            content["examples"] = _named(_answers(name, status, media_type))
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _answers(operation: str, status: str, media_type: str) -> dict[str, Any]:
    if media_type == PROBLEM_JSON:
        return problems(operation, int(status))
    return GATEWAY[status] if status in GATEWAY else ANSWERS[operation]


def _named(examples: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in examples.items()}
