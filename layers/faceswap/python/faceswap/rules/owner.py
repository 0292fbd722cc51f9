"""Who a token speaks for."""

import base64
import hashlib
import re
from collections.abc import Mapping

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DERIVED_PREFIX = "h-"


class NoSubjectError(ValueError):
    """A token that names nobody."""


def owner_of(claims: Mapping[str, str]) -> str:
    """The owner of all that the bearer of these claims makes.

    `sub`, or `client_id` for machine clients without one. Used as it is if it can stand in a key, else
    as `h-` and the base32 of SHA-256(issuer, subject). A subject that itself begins with `h-` or
    consists of dots is derived too, so that nobody can name himself another owner or a folder.

    Raises:
        NoSubjectError: neither claim is there.
    """
    subject = claims.get("sub") or claims.get("client_id")
    if not subject:
        raise NoSubjectError("the token has neither sub nor client_id")
    plain = _PLAIN.fullmatch(subject) and not subject.startswith(_DERIVED_PREFIX)
    if plain and subject.strip("."):
        return subject
    digest = hashlib.sha256(f"{claims.get('iss', '')}\n{subject}".encode()).digest()
    return _DERIVED_PREFIX + base64.b32encode(digest).decode().rstrip("=").lower()
