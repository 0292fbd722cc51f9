"""The issuer's RSA key: made at first use and kept in a folder."""

import json
import os
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_ID = "local-1"
_FILE = "identity.pem"


def private_key(work: Path) -> rsa.RSAPrivateKey:
    """The key kept in `work`; made there if there is none."""
    path = work / _FILE
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key")
    return key


def public_keys(work: Path) -> dict[str, Any]:
    """The JWKS document of the key kept in `work`."""
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private_key(work).public_key()))
    return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256", "key_ops": ["verify"]}]}


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.touch(mode=0o600)
    scratch.write_bytes(text)
    try:
        # The first key stays, whoever made it.
        path.hardlink_to(scratch)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()
