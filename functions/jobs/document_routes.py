"""Routes of the published contract and of a page on it, added to the app when the first of them is asked for."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response

from faceswap.rules.routing import base_path
from jobs_http import app
from openapi_document import configure, openapi

__all__ = ["app"]

configure(app)
app.enable_swagger(path="/v1/docs", compress=True)


@app.get("/v1/openapi.json", include_in_schema=False)
def get_openapi() -> Response[Any]:
    """The contract."""
    document = openapi(app) | {"servers": [{"url": base_path(app.current_event.raw_event) or "/"}]}
    return Response(200, "application/json", json.dumps(document))
