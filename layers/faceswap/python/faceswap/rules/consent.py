"""Consent: what was attested, and the receipt of it, whose parts are fixed when a job is sent."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from faceswap.rules.media import Purpose
from faceswap.rules.stored import Stored
from faceswap.rules.times import Time

LONGEST_TOKEN_ID = 256
"""Longer ids of tokens are not kept, in characters."""


class Consent(Stored):
    """Who attested what when the job was created: that the people shown agreed.

    `terms` names the text that was shown, `subject` whom the media show, both in the client's own words. `caller` is
    the token's subject, `token_id` its `jti`, `auth_time` when its user signed in, if it says so.
    """

    statement: str
    caller: str
    terms: str | None = None
    subject: str | None = None
    token_id: str | None = None
    auth_time: str | None = None


class UploadRecord(Stored):
    """An upload as it was sent: bytes, and the bucket's SHA-256 (base64) or, if none was announced, its entity tag."""

    kind: Literal["upload"] = "upload"
    size: int
    sha256: str | None = None
    etag: str | None = None


class UrlRecord(Stored):
    """A client's own address: what lay there is not known here, only the address is."""

    kind: Literal["url"] = "url"
    url_sha256: str


InputRecord = UploadRecord | UrlRecord


class ConsentHmacs(Stored):
    """The names in a consent as keyed hashes (base64), since a plain hash of an email address can be guessed.

    Fixed when the job is sent. `session` is of the token's `jti` and `auth_time`, as far as it had them.
    """

    caller: str
    subject: str | None = None
    session: str | None = None


class ConsentReceipt(Stored):
    """What a consent was about, in hashes (base64): it can be checked by who knows the texts, and read by nobody."""

    statement_sha256: str
    terms_sha256: str | None = None
    subject_hmac: str | None = None
    caller_hmac: str
    session_hmac: str | None = None
    attested_at: Time
    inputs: dict[Purpose, InputRecord]
    result_sha256: str | None = None


def hmacs_of(consent: Consent, secret: str) -> ConsentHmacs:
    """The names in a consent, keyed with `secret`."""
    told = {"jti": consent.token_id, "auth_time": consent.auth_time}
    session = "\n".join(f"{name}={text}" for name, text in told.items() if text)
    return ConsentHmacs(
        caller=keyed(secret, "caller", consent.caller),
        subject=keyed(secret, "subject", consent.subject) if consent.subject else None,
        session=keyed(secret, "session", session) if session else None,
    )


def receipt_of(
    consent: Consent,
    at: datetime,
    hmacs: ConsentHmacs,
    inputs: Mapping[Purpose, InputRecord],
    result_sha256: str | None = None,
) -> ConsentReceipt:
    """The receipt of a consent that was given at this moment for these inputs, and for what came out."""
    return ConsentReceipt(
        statement_sha256=sha256(consent.statement),
        terms_sha256=sha256(consent.terms) if consent.terms else None,
        subject_hmac=hmacs.subject,
        caller_hmac=hmacs.caller,
        session_hmac=hmacs.session,
        attested_at=at,
        inputs=dict(inputs),
        result_sha256=result_sha256,
    )


def sha256(text: str) -> str:
    """Base64 of a text's SHA-256, in UTF-8."""
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def keyed(secret: str, kind: str, text: str) -> str:
    """Base64 of the HMAC-SHA-256 of `kind`, a line feed and the text, in UTF-8."""
    message = f"{kind}\n{text}".encode()
    return b64encode(hmac.digest(secret.encode(), message, "sha256")).decode()
