"""The issuer on 127.0.0.1: its documents, the sign-in, and tokens for codes. Each path leads to one method.

Whoever is signed in stays so in that browser until the issuer ends or he signs out; so a page that was loaded
anew gets its next code without a question.
"""

import json
import secrets
from collections.abc import Mapping
from http import cookies
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from local.identity import form
from local.identity.exchange import Exchange, TokenError
from local.identity.grants import CODE_SECONDS, Grant, Grants
from local.identity.keys import public_keys
from local.identity.requests import (
    RefusedError,
    RequestError,
    SignInRequest,
    answer_at,
    on_this_machine,
    read,
)

OWNERS = ("demo", "other")
_LARGEST_FORM = 65536


class Issuer(ThreadingHTTPServer):
    """The server; its address is the issuer's name."""

    daemon_threads = True

    def __init__(self, port: int, work: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.codes = Grants(CODE_SECONDS)
        self.exchange = Exchange(work, self.url, self.codes)
        self.signed_in: dict[str, str] = {}
        # Browsers keep cookies by host, not by port: two issuers of one machine must not share one.
        self.cookie = f"signed_in_{self.server_port}"
        discovery = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/.well-known/jwks.json",
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": ["openid", "jobs.read", "jobs.write"],
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
        path, query = self._asked()
        if body := self.server.documents.get(path):
            self._send(200, body, "application/json", {"access-control-allow-origin": "*"})
        elif path == "/form.css":
            self._send(200, form.STYLE.encode(), "text/css")
        elif path == "/authorize":
            self._authorize(query, owner=self._signed_in_owner())
        elif path == "/logout":
            self._sign_out(query)
        else:
            self._send(404, b"{}", "application/json")

    def do_POST(self) -> None:
        path, _ = self._asked()
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _LARGEST_FORM:
            self._send(413, b"{}", "application/json")
            return
        sent = dict(parse_qsl(self.rfile.read(int(length)).decode("utf-8", "replace")))
        if path == "/token":
            self._give_tokens(sent)
        elif path == "/authorize":
            self._authorize(sent, owner=sent.get("owner"))
        else:
            self._send(404, b"{}", "application/json")

    def do_OPTIONS(self) -> None:
        allowed = {
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "content-type",
        }
        self._send(204, b"", "text/plain", allowed)

    def _authorize(self, sent: Mapping[str, str], owner: str | None) -> None:
        try:
            request = read(sent)
        except RequestError as error:
            self._send(400, f"{error}\n".encode(), "text/plain; charset=utf-8")
            return
        except RefusedError as error:
            to = answer_at(sent["redirect_uri"], sent.get("state", ""), error=str(error))
            self._redirect(to)
            return
        if owner in OWNERS and request.prompt != "login":
            self._give_code(request, owner)
        elif request.prompt == "none":
            self._redirect(answer_at(request.redirect_uri, request.state, error="login_required"))
        else:
            body = form.page(request.fields(), OWNERS).encode()
            self._send(200, body, "text/html; charset=utf-8", form.headers(request.redirect_uri))

    def _give_code(self, request: SignInRequest, owner: str) -> None:
        grant = Grant(
            owner,
            request.client_id,
            request.scope,
            request.nonce,
            request.redirect_uri,
            request.challenge,
        )
        code = self.server.codes.give(grant)
        session = self._session() or secrets.token_urlsafe(32)
        self.server.signed_in[session] = owner
        to = answer_at(request.redirect_uri, request.state, code=code)
        self._redirect(to, f"{session}; HttpOnly; SameSite=Lax; Path=/")

    def _give_tokens(self, sent: Mapping[str, str]) -> None:
        headers = {"access-control-allow-origin": "*", "cache-control": "no-store"}
        try:
            status, answer = 200, self.server.exchange.tokens(sent)
        except TokenError as error:
            status, answer = 400, {"error": str(error)}
        self._send(status, json.dumps(answer).encode(), "application/json", headers)

    def _sign_out(self, query: Mapping[str, str]) -> None:
        self.server.signed_in.pop(self._session() or "", None)
        back = query.get("post_logout_redirect_uri", "")
        if on_this_machine(back):
            self._redirect(back)
        else:
            self._send(200, b"You are signed out.\n", "text/plain; charset=utf-8")

    def _signed_in_owner(self) -> str | None:
        return self.server.signed_in.get(self._session() or "")

    def _session(self) -> str | None:
        try:
            kept = cookies.SimpleCookie(self.headers.get("cookie", "")).get(self.server.cookie)
        except cookies.CookieError:
            return None
        return kept.value if kept and kept.value in self.server.signed_in else None

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        return parts.path, dict(parse_qsl(parts.query))

    def _redirect(self, address: str, cookie: str | None = None) -> None:
        headers = {"location": address, "cache-control": "no-store"}
        if cookie:
            headers["set-cookie"] = f"{self.server.cookie}={cookie}"
        self._send(303, b"", "text/plain", headers)

    def _send(
        self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "content-type": kind}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the paths hold codes."""
