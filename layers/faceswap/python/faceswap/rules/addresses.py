"""Which foreign addresses may be named by clients or fetched by us."""

import ipaddress
import re
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")
_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+{_LABEL}")
_MAX_URL = 2048
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenUrlError(ValueError):
    """A URL that is not to be fetched; the text says why, fit for a client."""


def is_fetchable(address: Address, *, allow_loopback: bool) -> bool:
    """Whether an address is public, or IPv4 loopback where that is allowed.

    IPv4 addresses wrapped into IPv6 (mapped, 6to4, Teredo, NAT64) are judged by what they wrap.
    """
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_fetchable(wrapped, allow_loopback=False)
    if allow_loopback and address.version == 4 and address.is_loopback:
        return True
    return address.is_global and not address.is_multicast


def check_url(url: str, *, allow_loopback: bool) -> str:
    """The URL, trimmed, if its form may be fetched: https, a host, no credentials, no private literal.

    What a host name resolves to is judged when it is fetched, not here. With `allow_loopback` http
    and 127.0.0.0/8 are admitted too.

    Raises:
        ForbiddenUrlError: with the reason in words.
    """
    url = url.strip()
    if len(url) > _MAX_URL:
        raise ForbiddenUrlError(f"is longer than {_MAX_URL} characters")
    if not url.isascii() or any(c <= " " for c in url):
        raise ForbiddenUrlError("holds blanks or characters outside ASCII; encode them")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenUrlError("is not a URL") from error
    if not host:
        raise ForbiddenUrlError("is not a URL with a host")
    if parts.username is not None:
        raise ForbiddenUrlError("must not hold credentials")
    address = _literal(host)
    loopback = allow_loopback and address is not None and _is_loopback(address)
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise ForbiddenUrlError("must begin with https://")
    if address is None:
        name = host.removesuffix(".")
        if not _NAME.fullmatch(name) or name.endswith(_LOCAL_SUFFIXES):
            raise ForbiddenUrlError("must name a public host")
    elif not is_fetchable(address, allow_loopback=allow_loopback):
        raise ForbiddenUrlError("must name a public address")
    return url


def without_query(url: str) -> str:
    """The URL as it may be shown and kept: without query and fragment, which hold signatures."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _is_loopback(address: Address) -> bool:
    return address.version == 4 and address.is_loopback


def _literal(host: str) -> Address | None:
    """The address a host spells out, also in the decimal, octal and short forms that resolvers take."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    parts = host.rstrip(".").split(".")
    if len(parts) > 4:
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *high, low = numbers
    if any(n > 255 for n in high) or low >= 256 ** (4 - len(high)):
        raise ForbiddenUrlError("must name a public address")
    value = low + sum(n << (24 - 8 * i) for i, n in enumerate(high))
    return ipaddress.IPv4Address(value)


def _number(part: str) -> int:
    """A part of an IPv4 address as inet_aton reads it: 0x hexadecimal, leading 0 octal, else decimal."""
    if not part or not part[0].isdigit() or not part.isalnum():
        raise ValueError(part)
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8 if part[0] == "0" and len(part) > 1 else 10)
