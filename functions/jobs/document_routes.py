"""Routes of the published contract and of a page on it, added to the app when the first of them is asked for."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, SecurityScheme, Tag

from faceswap.contract.problems import GatewayError
from jobs_http import app

__all__ = ["app", "openapi"]

_TITLE, _VERSION = "Face-swap adapter", "1.0.0"
_DESCRIPTION = (
    "Swap a face in a video: upload the media, create a job, read it until it is final, read the result."
    " Errors are RFC 9457 problem documents; what the gateway itself refuses is a `GatewayError`."
)
_SCHEMES: dict[str, SecurityScheme] = {"jwt": HTTPBearer(bearerFormat="JWT")}
_LEFT_OVER = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
_GATEWAY = {401: "No valid token.", 403: "The token lacks the scope.", 429: "Too many requests."}

app.configure_openapi(
    title=_TITLE,
    version=_VERSION,
    description=_DESCRIPTION,
    tags=[Tag(name="uploads"), Tag(name="jobs")],
    security_schemes=_SCHEMES,
    security=[{"jwt": []}],
)
app.enable_swagger(path="/v1/docs", compress=True)


@app.get("/v1/openapi.json", include_in_schema=False)
def get_openapi() -> Response[Any]:
    """The contract."""
    return Response(200, "application/json", json.dumps(openapi(app)))


def openapi(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the app's routes, with what the gateway answers by itself."""
    document: dict[str, Any] = json.loads(app.get_openapi_json_schema())
    schemas = document["components"]["schemas"]
    for name in _LEFT_OVER & set(schemas):
        del schemas[name]
    schemas["GatewayError"] = GatewayError.model_json_schema()
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayError"}}}
    for path in document["paths"].values():
        for operation in path.values():
            for status, description in _GATEWAY.items():
                operation["responses"][str(status)] = {
                    "description": description,
                    "content": content,
                }
    return document
