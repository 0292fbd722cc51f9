"""Serves the discovery document and the JWKS of the issuer on 127.0.0.1."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local.identity.keys import public_keys


class Issuer(ThreadingHTTPServer):
    """The server; its address is the issuer's name."""

    daemon_threads = True

    def __init__(self, port: int, work: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        discovery = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/.well-known/jwks.json",
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        self.documents = {
            "/.well-known/openid-configuration": json.dumps(discovery).encode(),
            "/.well-known/jwks.json": json.dumps(public_keys(work)).encode(),
        }


class _Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        body = self.server.documents.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body or b"{}")))
        self.end_headers()
        self.wfile.write(body or b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: a request to two fixed documents tells nothing."""
