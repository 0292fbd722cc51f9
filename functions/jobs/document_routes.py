"""Routes of the published contract and of a page on it, added to the app when the first of them is asked for."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

import key_routes  # noqa: F401 - routes that belong to the document
from faceswap.container.jobs import jobs_container
from faceswap.plain_http import SECURITY_HEADERS, check_size, problem
from faceswap.rules.errors import NotFoundError, TooLargeError
from faceswap.rules.routing import base_path, routed
from openapi_document import configure, openapi
from usage_routes import app

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_KEPT = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}

configure(app)
app.enable_swagger(path="/v1/docs", compress=True)


@app.get("/v1/openapi.json", include_in_schema=False, compress=True)
def get_openapi() -> Response[Any]:
    """The contract."""
    document = openapi(app) | {"servers": [{"url": base_path(app.current_event.raw_event) or "/"}]}
    return Response(HTTPStatus.OK, "application/json", json.dumps(document))


def get_document(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one of these routes: 404 where the deployment closes them, else what anybody may keep for an hour."""
    if not jobs_container().settings.public_docs:
        return problem(NotFoundError("There is no such route."), event)
    try:
        check_size(event)
    except TooLargeError as error:
        return problem(error, event)
    event = routed(event)
    packed = app.resolve(event, context)  # type: ignore[arg-type]
    headers = {**packed["headers"], **SECURITY_HEADERS, **_KEPT}
    if headers["Content-Type"].startswith("text/html"):
        plain = {name: v for name, v in event["headers"].items() if name != "accept-encoding"}
        headers |= _page_policy(app.resolve({**event, "headers": plain}, context)["body"])  # type: ignore[arg-type]
    return {**packed, "headers": headers}


def _page_policy(page: str) -> dict[str, str]:
    """What the page may do: run its own scripts, ask this API, and stand in no frame."""
    digests = (b64encode(sha256(script.encode()).digest()) for script in _SCRIPT.findall(page))
    scripts = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
