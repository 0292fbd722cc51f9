"""An API gateway that maps a base path: it matches routes behind it, and calls the functions with the whole path.

The emulator knows no domain names, so this stands in for a custom domain's mapping, or for a named stage.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.world import World

ROUTES = (
    "POST /v1/uploads",
    "GET /v1/uploads/{upload_id}",
    "POST /v1/jobs",
    "GET /v1/jobs/{job_id}",
    "GET /v1/jobs",
    "POST /v1/jobs/{job_id}/cancel",
    "DELETE /v1/jobs/{job_id}",
    "GET /v1/jobs/{job_id}/result",
    "GET /v1/inputs/{job_id}/{token}/{file}",
    "HEAD /v1/inputs/{job_id}/{token}/{file}",
    "GET /v1/openapi.json",
    "GET /v1/docs",
    "POST /v1/webhooks/modelslab/{job_id}/{token}",
)


_NOT_FOUND: dict[str, Any] = {"statusCode": 404}
# As long as the provider waits for an answer to its webhook.
_LONGEST = 30.0


@contextmanager
def mapped_gateway(prefix: str, worlds: list[World], webhooks: threading.Event) -> Iterator[str]:
    """Serve below a prefix, for the stack that is the first in `worlds` by then; every caller is `demo`.

    A webhook is let through once `webhooks` is set.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_HEAD(self) -> None:
            self._serve()

        def do_DELETE(self) -> None:
            self._serve()

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path = unquote(urlsplit(self.path).path)
            if "/webhooks/" in path:
                webhooks.wait(_LONGEST)
            event = _event(prefix, self.command, path, dict(self.headers), body)
            answer = _NOT_FOUND if event is None else _call(worlds[0], event)
            content = answer.get("body", "").encode()
            if answer.get("isBase64Encoded"):
                content = base64.b64decode(content)
            self.send_response(answer["statusCode"])
            for name, value in answer.get("headers", {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{prefix}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _call(world: World, event: dict[str, Any]) -> dict[str, Any]:
    function = "results" if "/webhooks/" in event["routeKey"] else "jobs"
    answer = world.aws("lambda").invoke(
        FunctionName=world.stack.functions[function], Payload=json.dumps(event).encode()
    )
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def _event(
    prefix: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> dict[str, Any] | None:
    """What API Gateway would send (payload 2.0); None if no route fits."""
    for route in ROUTES:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"{prefix}{route.partition(' ')[2]}")
        found = re.fullmatch(pattern, path)
        if found and route.startswith(f"{method} "):
            return {
                "version": "2.0",
                "routeKey": route,
                "rawPath": path,
                "rawQueryString": "",
                "headers": {name.lower(): value for name, value in headers.items()},
                "pathParameters": found.groupdict(),
                "requestContext": {
                    "http": {"method": method, "path": path, "protocol": "HTTP/1.1"},
                    "domainName": "api.example.com",
                    "requestId": "mapped",
                    "routeKey": route,
                    "stage": "live",
                    "authorizer": {"jwt": {"claims": {"sub": "demo"}, "scopes": []}},
                },
                "body": base64.b64encode(body).decode(),
                "isBase64Encoded": True,
            }
    return None
