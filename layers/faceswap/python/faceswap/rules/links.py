"""Addresses of our own that need no login: each holds a token that only we can make, an HMAC of what it is for."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256

from faceswap.rules.media import Purpose


def webhook_token(secret: str, job_id: str) -> str:
    """The token of one job's webhook URL, 43 characters."""
    return _token(secret, job_id)


def webhook_url(public_base_url: str, job_id: str, token: str) -> str:
    """The webhook URL of a job, at most 191 characters on a default endpoint (provider contract §3)."""
    return f"{public_base_url.rstrip('/')}/v1/webhooks/modelslab/{job_id}/{token}"


def input_token(secret: str, job_id: str, purpose: Purpose) -> str:
    """The token of the link to one input of a job, 43 characters."""
    return _token(secret, f"input\n{job_id}\n{purpose}")


def input_url(
    public_base_url: str, job_id: str, token: str, purpose: Purpose, extension: str
) -> str:
    """The link that the provider gets to one input of a job; it ends like a file's name and names no owner."""
    return f"{public_base_url.rstrip('/')}/v1/inputs/{job_id}/{token}/{purpose}.{extension}"


def result_token(secret: str, job_id: str) -> str:
    """The token of the lasting link to a job's result, 43 characters."""
    return _token(secret, f"result\n{job_id}")


def result_url(public_base_url: str, job_id: str, token: str) -> str:
    """The lasting link to a job's result."""
    return f"{public_base_url.rstrip('/')}/v1/results/{job_id}/{token}"


def fetch_url(public_base_url: str, family: str, number: int) -> str:
    """Where the vendor's contract tells what has become of the job with this number."""
    return f"{public_base_url.rstrip('/')}/api/v6/{family}/fetch/{number}"


def is_one_of(token: str, expected: Iterable[str]) -> bool:
    """Whether a token is one of those, compared in constant time; later ones are only made if earlier do not fit."""
    given = token.encode()
    return any(hmac.compare_digest(each.encode(), given) for each in expected)


def _token(secret: str, message: str) -> str:
    digest = hmac.new(secret.encode(), message.encode(), sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
