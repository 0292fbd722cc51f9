"""What a page asks of the issuer (RFC 6749 §4.1.1, with PKCE by RFC 7636), and whether it may. Pure rules.

A code goes to this machine only, and only to who can show the verifier that its challenge was made of.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class RequestError(Exception):
    """A request that cannot be answered; the words are for whoever wrote the page."""


class RefusedError(Exception):
    """A request that is answered with an error at its own address; the code is one of RFC 6749 §4.1.2.1."""


@dataclass(frozen=True)
class SignInRequest:
    """Who wants a code, for what, and where it goes."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    challenge: str
    prompt: str

    def fields(self) -> dict[str, str]:
        """The request as it was sent, for a form that sends it again."""
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }


def on_this_machine(address: str) -> bool:
    """Whether an address is one of this machine, so that what is sent there stays here."""
    try:
        parts = urlsplit(address)
        # To ask for the port is to check it.
        _ = parts.port
    except ValueError:
        return False
    is_plain = parts.username is None and not parts.fragment and "\\" not in address
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and is_plain


def read(query: Mapping[str, str]) -> SignInRequest:
    """The request of a page.

    Raises:
        RequestError: it names no client, or an address that is not on this machine.
        RefusedError: the page can be told what is wrong at its address.
    """
    if not query.get("client_id"):
        raise RequestError("client_id is missing")
    if not on_this_machine(query.get("redirect_uri", "")):
        raise RequestError("redirect_uri must be an http address of this machine")
    if query.get("response_type") != "code":
        raise RefusedError("unsupported_response_type")
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise RefusedError("invalid_request")
    return SignInRequest(
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        scope=query.get("scope", ""),
        state=query.get("state", ""),
        nonce=query.get("nonce", ""),
        challenge=challenge,
        prompt=query.get("prompt", ""),
    )


def answer_at(redirect_uri: str, state: str, **answer: str) -> str:
    """The page's address with an answer in its query."""
    told = answer | ({"state": state} if state else {})
    mark = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{mark}{urlencode(told)}"


def proves(verifier: str, challenge: str) -> bool:
    """Whether a challenge was made of this verifier, by S256 (RFC 7636 §4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    return secrets.compare_digest(made, challenge)
