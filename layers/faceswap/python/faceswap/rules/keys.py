"""Keys of programs that speak the vendor's contract: a secret that its owner sees once, of which its hash is kept."""

import base64
import hashlib
import hmac
import re

from faceswap.rules.stored import Stored
from faceswap.rules.times import Time

KEY_PATTERN = r"^fsk_[A-Za-z0-9_-]{43}$"
KEY_ID_PATTERN = r"^key_[a-z2-7]{26}$"
MOST_KEYS = 100
"""How many one owner may have at once."""

_KEY = re.compile(KEY_PATTERN)
_KEY_ID = re.compile(KEY_ID_PATTERN)


class WrongKeyError(Exception):
    """No key of ours, or one that was revoked; it says nothing more."""


class ApiKey(Stored):
    """What is kept of a key: the hash of its secret (SHA-256, hexadecimal), whose it is, and a consent.

    `caller` is the subject of the token that asked for it. The consent's texts stand for each job that the key makes.
    """

    key_id: str
    hash: str
    owner: str
    name: str
    created_at: Time
    caller: str
    statement: str
    terms: str | None = None
    subject: str | None = None


def new_secret(random: bytes) -> str:
    """A key's secret out of 32 random bytes."""
    return "fsk_" + base64.urlsafe_b64encode(random).decode().rstrip("=")


def is_secret(text: str) -> bool:
    """Whether the text has the shape of a key's secret."""
    return _KEY.fullmatch(text) is not None


def is_key_id(text: str) -> bool:
    """Whether the text has the shape of a key's id."""
    return _KEY_ID.fullmatch(text) is not None


def hash_of(secret: str) -> str:
    """What is kept of a secret. It has 256 bits of chance, so that a plain hash cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_id_of(hash_: str) -> str:
    """The id of the key with this hash: its first half, by which it is found with one read, and which tells nothing."""
    half = bytes.fromhex(hash_)[:16]
    return "key_" + base64.b32encode(half).decode().rstrip("=").lower()


def fits(key: ApiKey, hash_: str) -> bool:
    """Whether it is the key with this hash, compared in constant time."""
    return hmac.compare_digest(key.hash, hash_)
