"""Who a token speaks for."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping

OWNER_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
_PLAIN = re.compile(OWNER_PATTERN)
_DERIVED_PREFIX = "h-"
_OTHER_CALLERS = ("client ", "event of ", "inbox/", "sub ")
"""How it begins who is not told by a token's `sub`: a machine, who put an event on the bus, who dropped a file."""


class NoSubjectError(ValueError):
    """A token that names nobody."""


def owner_of(claims: Mapping[str, str]) -> str:
    """The owner of all that the bearer of these claims makes.

    `sub`, used as it is if it can stand in a key; else `h-` and the base32 of SHA-256(issuer, kind, subject). A `sub`
    that itself begins with `h-` or consists of dots is derived too, so that nobody can name himself another owner or
    a folder; and so is the `client_id` of a machine without a `sub`, so that it is nobody's who has that `sub`.

    Raises:
        NoSubjectError: neither claim is there.
    """
    kind = "sub" if claims.get("sub") else "client_id"
    subject = claims.get(kind)
    if not subject:
        raise NoSubjectError("the token has neither sub nor client_id")
    plain = _PLAIN.fullmatch(subject) and not subject.startswith(_DERIVED_PREFIX)
    if kind == "sub" and plain and subject.strip("."):
        return subject
    digest = hashlib.sha256(json.dumps([claims.get("iss", ""), kind, subject]).encode()).digest()
    return _DERIVED_PREFIX + base64.b32encode(digest).decode().rstrip("=").lower()


def caller_in(claims: Mapping[str, str]) -> str:
    """Who speaks, for the record of consent: the `sub` as it is, or `client ` and the `client_id`.

    A `sub` that begins as another kind of caller does comes behind `sub `, so that nobody can pass for one.

    Raises:
        NoSubjectError: neither claim is there.
    """
    if subject := claims.get("sub"):
        return f"sub {subject}" if subject.startswith(_OTHER_CALLERS) else subject
    if client := claims.get("client_id"):
        return f"client {client}"
    raise NoSubjectError("the token has neither sub nor client_id")
