"""Which foreign addresses may be named by clients or fetched by us."""

import ipaddress
import re
from urllib.parse import quote, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+{_LABEL}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A host that ends so is an address to some readers and a name to others."""
_MAX_URL = 8192
_PORT = 443
_WRITE_127 = "must name this machine as 127.0.0.1, not as localhost"
_AROUND = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\n\r")
# What the WHATWG URL standard leaves as it is in a path and in a query; quote leaves letters and digits, too.
_PATH_SAFE = "!$%&'()*+,-./:;=@[]\\^_|~"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[]\\^_`{|}~"
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
_SPECIAL = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
)
"""Protocol assignments, old relays and examples, which some versions of Python take for public."""
_ISATAP = (0x00005EFE, 0x02005EFE)


class ForbiddenUrlError(ValueError):
    """A URL that is not to be fetched; the text says why, fit for a client."""


def is_fetchable(address: Address, *, allow_loopback: bool) -> bool:
    """Whether an address is public, or IPv4 loopback where that is allowed.

    Of IPv6 only global unicast (2000::/3) is, and none that wraps an IPv4 address (mapped, compatible, NAT64, 6to4,
    Teredo, ISATAP): whoever is public has a plain one.
    """
    if isinstance(address, ipaddress.IPv6Address) and not _is_plain(address):
        return False
    if allow_loopback and _is_loopback(address):
        return True
    is_special = any(address.version == each.version and address in each for each in _SPECIAL)
    return address.is_global and not address.is_multicast and not is_special


def _is_plain(address: ipaddress.IPv6Address) -> bool:
    if address not in _GLOBAL_UNICAST or any(address in tunnel for tunnel in _TUNNELS):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP


def encoded(url: str) -> str:
    """The URL as browsers would send it: blanks around it gone, blanks and letters outside ASCII encoded (WHATWG).

    What is ASCII without blanks and backslashes stays as it is.

    Raises:
        ForbiddenUrlError: it cannot be read as a URL.
    """
    url = url.strip(_AROUND).translate(_DROPPED)
    if url.isascii() and not any(c in url for c in ' \\"<>') and url.isprintable():
        return url
    rest, hash_mark, fragment = url.partition("#")
    rest, question_mark, query = rest.partition("?")
    try:
        parts = urlsplit(rest.replace("\\", "/"))
        netloc = _ascii_host(parts.netloc)
        start = parts._replace(netloc=netloc, path=quote(parts.path, safe=_PATH_SAFE)).geturl()
        query, fragment = quote(query, safe=_QUERY_SAFE), quote(fragment, safe=_QUERY_SAFE)
    except ValueError as error:
        raise ForbiddenUrlError("is not a URL") from error
    return start + question_mark + query + hash_mark + fragment


def check_url(url: str, *, allow_loopback: bool) -> str:
    """The URL, encoded as browsers do, if its form may be fetched: https, public host, port 443, no credentials.

    What a host name resolves to is judged when it is fetched, not here. With `allow_loopback` http, any port
    and 127.0.0.0/8 are admitted too.

    Raises:
        ForbiddenUrlError: with the reason in words.
    """
    if len(url) > _MAX_URL:
        raise ForbiddenUrlError(f"is longer than {_MAX_URL} characters")
    url = encoded(url)
    if len(url) > _MAX_URL:
        raise ForbiddenUrlError(f"is longer than {_MAX_URL} characters once it is encoded")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenUrlError("is not a URL") from error
    if not host:
        raise ForbiddenUrlError("is not a URL with a host")
    if parts.username is not None:
        raise ForbiddenUrlError("must not hold credentials")
    address = _literal(host)
    loopback = allow_loopback and address is not None and _is_loopback(address)
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        local_name = allow_loopback and host == "localhost"
        raise ForbiddenUrlError(_WRITE_127 if local_name else "must begin with https://")
    _check_host(host, address, allow_loopback=allow_loopback)
    if port not in {None, _PORT} and not loopback:
        raise ForbiddenUrlError("must use port 443")
    return url


def _check_host(host: str, address: Address | None, *, allow_loopback: bool) -> None:
    """Raises ForbiddenUrlError for a name that is no public host's, or a literal that is no public address."""
    if address is None:
        name = host.removesuffix(".")
        if allow_loopback and name == "localhost":
            raise ForbiddenUrlError(_WRITE_127)
        is_number = _NUMBER.fullmatch(name.rpartition(".")[2])
        if not _NAME.fullmatch(name) or is_number or name.endswith(_LOCAL_SUFFIXES):
            raise ForbiddenUrlError("must name a public host")
    elif not is_fetchable(address, allow_loopback=allow_loopback):
        raise ForbiddenUrlError("must name a public address")


def host_of(url: str) -> str:
    """The host of a URL in lower case, empty if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def without_query(url: str) -> str:
    """The URL as it may be shown and kept: without query and fragment, which hold signatures."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _ascii_host(netloc: str) -> str:
    """The authority with its host's name in ASCII, as the DNS knows it (UTS 46)."""
    if netloc.isascii():
        return netloc
    import idna

    credentials, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    name = idna.encode(host, uts46=True).decode()  # its errors are ValueErrors
    return f"{quote(credentials, safe=':%')}{at}{name}{colon}{port}"


def _is_loopback(address: Address) -> bool:
    return address.version == 4 and address.is_loopback


def _literal(host: str) -> Address | None:
    """The address a host spells out, also in the decimal, octal and short forms that resolvers take."""
    if "%" in host:
        raise ForbiddenUrlError("must name a public host")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    parts = host.rstrip(".").split(".")
    if len(parts) > 4:
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    if any(len(part) > 1 and part[0] == "0" and part[1:2].lower() != "x" for part in parts):
        raise ForbiddenUrlError("must not write an address with leading zeros")
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
