"""Identifiers: how they are made, derived and recognised. All are opaque to clients."""

import base64
import hashlib
import re

UPLOAD_PATTERN = r"^upl_[a-z2-7]{26}$"
JOB_PATTERN = r"^job_[a-z2-7]{26}$"

_JOB = re.compile(JOB_PATTERN)
_UPLOAD = re.compile(UPLOAD_PATTERN)
_LARGEST_TRACK_ID = 2**53 - 1
LARGEST_NUMBER = 2**53 - 1
"""Of a job in the vendor's contract: every language's JSON reads it exactly."""


def _text(sixteen_bytes: bytes) -> str:
    return base64.b32encode(sixteen_bytes).decode().rstrip("=").lower()


def upload_id(random: bytes) -> str:
    """An upload's id out of 16 random bytes."""
    return "upl_" + _text(random)


def job_id(random: bytes) -> str:
    """A job's id out of 16 random bytes."""
    return "job_" + _text(random)


def job_id_for_key(owner: str, idempotency_key: str) -> str:
    """The one job id that belongs to this owner and idempotency key.

    Deriving it makes the conditional put of the job the whole idempotency record.
    """
    seed = f"{owner}\n{idempotency_key}".encode()
    return job_id(hashlib.sha256(seed).digest()[:16])


def number_for_key(owner: str, idempotency_key: str) -> int:
    """The one number, 1 to 2^53 - 1, that this owner's job with this key has in the vendor's contract."""
    seed = f"number for key\n{owner}\n{idempotency_key}".encode()
    return int.from_bytes(hashlib.sha256(seed).digest()[:8], "big") % LARGEST_NUMBER + 1


def job_id_for_number(owner: str, number: int) -> str:
    """The one job id that belongs to this owner and number: so a job is found by its number without an index.

    No owner has a blank in his name, so that no idempotency key leads to such an id.
    """
    seed = f"job of number\n{owner}\n{number}".encode()
    return job_id(hashlib.sha256(seed).digest()[:16])


def is_job_id(text: str) -> bool:
    """Whether the text has the shape of a job id."""
    return _JOB.fullmatch(text) is not None


def is_upload_id(text: str) -> bool:
    """Whether the text has the shape of an upload id."""
    return _UPLOAD.fullmatch(text) is not None


def track_id(job: str) -> int:
    """The integer, 1 to 2^53 - 1, that the provider echoes for this job (provider contract §8.12).

    It is derived, so that it is known even when the process that sent it died.
    """
    digest = hashlib.sha256(b"track_id\n" + job.encode()).digest()
    return int.from_bytes(digest[:8], "big") % _LARGEST_TRACK_ID + 1
