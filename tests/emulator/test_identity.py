"""The issuer: its documents, and tokens that they verify."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from local.identity import mint
from local.identity.keys import private_key
from local.identity.server import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[str]:
    with Issuer(0, tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


def test_a_token_is_verified_by_the_published_key(issuer: str, tmp_path: Path) -> None:
    discovery = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(httpx.get(discovery["jwks_uri"]).json())

    token = mint(tmp_path, issuer, sub="ann", scope="jobs.read", audience="app", client_id="c")

    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, audience="app", issuer=discovery["issuer"])
    assert (claims["sub"], claims["scope"], claims["client_id"]) == ("ann", "jobs.read", "c")
    assert claims["exp"] - claims["iat"] == 86400


def test_the_published_key_holds_nothing_private(issuer: str) -> None:
    (key,) = httpx.get(f"{issuer}/.well-known/jwks.json").json()["keys"]

    assert key.keys() == {"kty", "kid", "use", "alg", "key_ops", "n", "e"}


def test_other_paths_are_not_found(issuer: str) -> None:
    assert httpx.get(f"{issuer}/nothing").status_code == 404


def test_a_machines_token_has_no_subject(tmp_path: Path) -> None:
    token = mint(tmp_path, "http://i", sub=None, scope="", audience="app", lifetime_seconds=-1)

    claims = jwt.decode(token, options={"verify_signature": False})
    assert "sub" not in claims
    assert claims["exp"] < claims["iat"]


def test_the_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    first, second = private_key(tmp_path), private_key(tmp_path)

    (path,) = tmp_path.iterdir()
    assert first.private_numbers() == second.private_numbers()
    assert path.stat().st_mode & 0o777 == 0o600
