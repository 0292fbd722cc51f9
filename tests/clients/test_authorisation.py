"""Who gets what from each route: every route of the API, with every kind of token.

The table must name each route that the template makes; a new one fails until it is told who may use it.
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.identity import mint
from local.identity.keys import KEY_ID, private_key
from local.stack import AUDIENCE
from tests.support.world import World

READ, WRITE = "jobs.read", "jobs.write"
OPEN = "nobody is asked"


@dataclass(frozen=True)
class Route:
    """What a route wants, and what its owner and somebody else get with a token that is right."""

    scope: str
    owner: int
    other: int


# A body is `{}`, which no schema allows: who gets as far as 422 was let in.
TABLE = {
    "POST /v1/uploads": Route(WRITE, 422, 422),
    "GET /v1/uploads/{upload_id}": Route(READ, 200, 404),
    "DELETE /v1/uploads/{upload_id}": Route(WRITE, 204, 404),
    "POST /v1/uploads/{upload_id}/sign": Route(WRITE, 422, 422),
    "POST /v1/uploads/{upload_id}/parts": Route(WRITE, 422, 422),
    "GET /v1/uploads/{upload_id}/parts": Route(READ, 409, 404),
    "POST /v1/uploads/{upload_id}/complete": Route(WRITE, 200, 404),
    "GET /v1/usage": Route(READ, 200, 200),
    "POST /v1/jobs": Route(WRITE, 422, 422),
    "GET /v1/jobs": Route(READ, 200, 200),
    "GET /v1/jobs/{job_id}": Route(READ, 200, 404),
    "GET /v1/jobs/{job_id}/result": Route(READ, 200, 404),
    "POST /v1/jobs/{job_id}/cancel": Route(WRITE, 409, 404),
    "DELETE /v1/jobs/{job_id}": Route(WRITE, 204, 404),
    "GET /v1/jobs/{job_id}/callbacks": Route(READ, 200, 404),
    "POST /v1/jobs/{job_id}/callbacks": Route(WRITE, 409, 404),
    "GET /v1/callbacks": Route(READ, 200, 200),
    "POST /v1/callbacks/recover": Route(WRITE, 400, 400),
    "GET /v1/callback-secrets": Route(WRITE, 200, 200),
    "POST /v1/callback-secrets": Route(WRITE, 409, 409),
    "POST /v1/keys": Route(WRITE, 422, 422),
    "GET /v1/keys": Route(READ, 200, 200),
    "DELETE /v1/keys/{key_id}": Route(WRITE, 204, 404),
    "POST /v1/webhooks/modelslab/{job_id}/{token}": Route(OPEN, 404, 404),
    "POST /api/v6/faceswap/specific_video_swap": Route(OPEN, 401, 401),
    "POST /api/v6/faceswap/fetch/{id}": Route(OPEN, 401, 401),
    "POST /api/v6/deepfake/specific_video_swap": Route(OPEN, 401, 401),
    "POST /api/v6/deepfake/fetch/{id}": Route(OPEN, 401, 401),
    "GET /v1/inputs/{job_id}/{token}/{file}": Route(OPEN, 404, 404),
    "HEAD /v1/inputs/{job_id}/{token}/{file}": Route(OPEN, 404, 404),
    "GET /v1/results/{job_id}/{token}": Route(OPEN, 404, 404),
    "HEAD /v1/results/{job_id}/{token}": Route(OPEN, 404, 404),
    "GET /v1/openapi.json": Route(OPEN, 200, 200),
    "GET /v1/docs": Route(OPEN, 200, 200),
}

LAST = (
    "DELETE /v1/uploads/{upload_id}",
    "DELETE /v1/jobs/{job_id}",
    "DELETE /v1/keys/{key_id}",
)
"""What is tried last, by the owner after everybody else."""


def signed(work: Path, issuer: str, /, **changes: Any) -> str:
    """A token that the issuer signed, right but for the changes."""
    options: dict[str, Any] = {
        "sub": "demo",
        "scope": f"{READ} {WRITE}",
        "audience": AUDIENCE,
    } | changes
    return mint(work, str(options.pop("issuer", issuer)), **options)


def by_another_key(claims: dict[str, Any], _work: Path) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KEY_ID})


def by_the_public_key(claims: dict[str, Any], work: Path) -> str:
    """Signed as with a shared secret, which everybody knows: the published key."""
    public = private_key(work).public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "typ": "JWT", "kid": KEY_ID}, claims]
    text = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bad_tokens(world: World, work: Path) -> dict[str, str]:
    """Tokens that nobody gets in with."""
    issuer = world.stack.identity_url
    good = signed(work, issuer)
    claims = jwt.decode(good, options={"verify_signature": False})
    return {
        "none": "",
        "nonsense": "a.b.c",
        "expired": signed(work, issuer, lifetime_seconds=-60),
        "not yet valid": signed(work, issuer, nbf=int(time.time()) + 3600),
        "another audience": signed(work, issuer, audience="somebody-else"),
        "another issuer": signed(work, issuer, issuer="http://127.0.0.1:1"),
        "another key": by_another_key(claims, work),
        "the public key as a secret": by_the_public_key(claims, work),
        "alg none": jwt.encode(claims, key="", algorithm="none"),
        "without its signature": good.rpartition(".")[0] + ".",
    }


@dataclass(frozen=True)
class Caller:
    """Calls routes about one owner's things."""

    world: World
    names: dict[str, str]

    def status(self, route: str, token: str) -> int:
        """What a route answers about these things; a token that is refused is told nothing else."""
        method, path = route.split()
        answer = self.world.call(
            method,
            path.format(**self.names),
            token=token,
            json={} if _takes_json(method, path) else None,
            content=b"{}" if "webhooks" in path else None,
        )
        if answer.status_code == 401:
            assert answer.json() == (
                {"status": "error", "message": "Invalid API key"}
                if path.startswith("/api/")
                else {"message": "Unauthorized"}
            )
        return answer.status_code


def _takes_json(method: str, path: str) -> bool:
    asks = path.count("/") == 2 or path.startswith("/api/") or path.endswith(("/sign", "/parts"))
    return method == "POST" and asks


@pytest.fixture(scope="module")
def caller(session_world: World) -> Caller:
    """The first owner's job that has succeeded, and its upload."""
    session_world.reset_provider()
    session_world.behave(result="canned", seconds=0.1)
    job = session_world.final(session_world.create()["job_id"])
    assert job["status"] == "succeeded"
    upload_id = job["init_video"].removeprefix("upload:")
    names = {"job_id": job["job_id"], "upload_id": upload_id, "token": "a" * 43}
    names["file"] = "init_video.mp4"
    names["id"] = "298"
    names["key_id"] = session_world.make_key()["key_id"]
    for token in (session_world.stack.token, session_world.stack.other_token):
        # From now on each owner has two secrets, and may not have a third.
        session_world.call("POST", "/v1/callback-secrets", token=token)
    return Caller(session_world, names)


def test_the_table_names_every_route_and_who_is_asked(session_world: World) -> None:
    gateway = session_world.aws("apigatewayv2")
    (api,) = gateway.get_apis()["Items"]
    deployed = {
        route["RouteKey"]: route["AuthorizationType"] != "JWT"
        for route in gateway.get_routes(ApiId=api["ApiId"])["Items"]
    }

    assert deployed == {name: route.scope == OPEN for name, route in TABLE.items()}


def test_no_bad_token_gets_in_and_none_is_wanted_where_nobody_is_asked(
    caller: Caller, work: Path
) -> None:
    tokens = bad_tokens(caller.world, work)

    found = {(r, name): caller.status(r, token) for r in TABLE for name, token in tokens.items()}

    assert found == {
        (name, token): route.owner if route.scope == OPEN else 401
        for name, route in TABLE.items()
        for token in tokens
    }


def test_a_scope_lets_in_where_it_is_wanted_only(caller: Caller, work: Path) -> None:
    issuer = caller.world.stack.identity_url
    scopes = [READ, WRITE, "", "jobs", f"x{READ} {WRITE}x", "openid profile"]
    tokens = {scope: signed(work, issuer, scope=scope) for scope in scopes}
    routes = {name: route for name, route in TABLE.items() if name not in LAST}

    found = {(r, scope): caller.status(r, token) for r in routes for scope, token in tokens.items()}

    assert found == {
        (name, scope): route.owner if route.scope in (scope, OPEN) else 403
        for name, route in routes.items()
        for scope in scopes
    }
    refused = {caller.status(r, tokens[s]) for r in LAST for s in scopes if s != WRITE}
    assert refused == {403}


def test_another_owner_finds_nothing_and_the_owner_finds_his(caller: Caller) -> None:
    stack = caller.world.stack
    tokens = {"other": stack.other_token, "owner": stack.token}

    found = {
        (r, who): caller.status(r, token)
        for r in TABLE
        for who, token in tokens.items()
        if r not in LAST
    }
    listed = caller.world.call("GET", "/v1/jobs?limit=100", token=stack.other_token).json()["items"]
    found |= {(r, who): caller.status(r, tokens[who]) for r in LAST for who in ("other", "owner")}

    assert found == {
        (name, who): getattr(route, who) for name, route in TABLE.items() for who in tokens
    }
    assert {job["owner"] for job in listed} <= {"other"}
