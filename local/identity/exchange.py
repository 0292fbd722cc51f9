"""The token endpoint: a code or a refresh token becomes tokens (RFC 6749 §4.1.3 and §6)."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from local.identity.grants import REFRESH_SECONDS, Grant, Grants
from local.identity.requests import proves
from local.identity.tokens import mint

TOKEN_SECONDS = 3600


class TokenError(Exception):
    """No token is given; the code is one of RFC 6749 §5.2."""


class Exchange:
    """Gives tokens, signed with the key kept in `work`."""

    def __init__(self, work: Path, issuer: str, codes: Grants) -> None:
        self._work = work
        self._issuer = issuer
        self._codes = codes
        self._refreshes = Grants(REFRESH_SECONDS)

    def tokens(self, asked: Mapping[str, str]) -> dict[str, object]:
        """The answer to a request for tokens. Raises TokenError."""
        kind = asked.get("grant_type")
        if kind == "authorization_code":
            grant = self._by_code(asked)
        elif kind == "refresh_token":
            grant = self._refreshes.take(asked.get("refresh_token", ""))
        else:
            raise TokenError("unsupported_grant_type")
        if grant is None or grant.client_id != asked.get("client_id"):
            raise TokenError("invalid_grant")
        return self._answer(grant)

    def _by_code(self, asked: Mapping[str, str]) -> Grant | None:
        grant = self._codes.take(asked.get("code", ""))
        if grant is None or grant.redirect_uri != asked.get("redirect_uri"):
            return None
        return grant if proves(asked.get("code_verifier", ""), grant.challenge) else None

    def _answer(self, grant: Grant) -> dict[str, object]:
        nonce = {"nonce": grant.nonce} if grant.nonce else {}
        return {
            "access_token": self._signed(grant, jti=secrets.token_urlsafe(16)),
            "id_token": self._signed(grant, **nonce),
            "refresh_token": self._refreshes.give(grant),
            "token_type": "Bearer",  # nosec B105: the kind of token, none itself
            "expires_in": TOKEN_SECONDS,
            "scope": grant.scope,
        }

    def _signed(self, grant: Grant, **claims: object) -> str:
        return mint(
            self._work,
            self._issuer,
            sub=grant.owner,
            scope=grant.scope,
            # The page's own name, as with Cognito, whose access tokens name the client and no audience.
            audience=grant.client_id,
            lifetime_seconds=TOKEN_SECONDS,
            client_id=grant.client_id,
            **claims,
        )
