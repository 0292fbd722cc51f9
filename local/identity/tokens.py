"""Signs access tokens as the issuer does."""

import time
from pathlib import Path

import jwt

from local.identity.keys import KEY_ID, private_key


def mint(
    work: Path,
    issuer: str,
    *,
    sub: str | None,
    scope: str,
    audience: str,
    lifetime_seconds: int = 86400,
    **claims: object,
) -> str:
    """Sign a token with the key kept in `work`; a negative lifetime makes an expired one.

    `claims` are added and may replace those made here; without `sub` the token is a machine's.
    """
    now = int(time.time())
    payload: dict[str, object] = {
        "iss": issuer,
        "aud": audience,
        "scope": scope,
        "iat": now,
        "exp": now + lifetime_seconds,
    }
    if sub is not None:
        payload["sub"] = sub
    return jwt.encode(
        {**payload, **claims}, private_key(work), algorithm="RS256", headers={"kid": KEY_ID}
    )
