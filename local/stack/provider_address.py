"""PROVIDER_BASE_URL, read before anything is started: a stack with an address that cannot be asked is not up."""

import re
from urllib.parse import SplitResult, urlsplit

from local.stack.errors import StackError

_EXAMPLES = "write it like https://modelslab.com/api/v6 or http://127.0.0.1:8100"
_LOOPBACK = re.compile(r"127(\.[0-9]+){3}|localhost|::1")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def checked(address: str) -> str:
    """The address without a slash at its end. Raises StackError, with how an address is written."""
    if fault := _fault(address):
        shown = f"PROVIDER_BASE_URL={address!r}" if "@" not in address else "PROVIDER_BASE_URL"
        raise StackError(f"{shown} {fault}; {_EXAMPLES}")
    return address.rstrip("/")


def _fault(address: str) -> str | None:
    if re.search(r"\s", address):
        return "has a blank in it"
    if not address.lower().startswith(("http://", "https://")):
        return "does not begin with http:// or https://"
    if not address.startswith(("http://", "https://")):
        return "has capital letters in its scheme"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "has a host or port that cannot be read"
    return "has no host" if not host else _fault_of_parts(address, parts, host, port)


def _fault_of_parts(address: str, parts: SplitResult, host: str, port: int | None) -> str | None:
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        return "sends the key unencrypted: http is for this machine only"
    if "@" in parts.netloc or "?" in address or "#" in address:
        return "has more than a scheme, a host, a port and a path"
    if not _HOST.fullmatch(host) or parts.netloc.endswith(":") or port == 0:
        return "has a host or port that cannot be read"
    return None
