"""The way out to foreign addresses: every one is resolved, judged, and then used as judged."""

import ipaddress
import socket

import httpx

from faceswap.rules.addresses import ForbiddenUrlError, is_fetchable


class GuardedTransport(httpx.HTTPTransport):
    """Connects only to public addresses (and IPv4 loopback where allowed).

    The name is resolved here once, each address is judged, and the connection goes to the judged address
    with the name kept for TLS and the Host header, so that a second answer of the DNS changes nothing.
    """

    def __init__(self, *, allow_loopback: bool) -> None:
        super().__init__(trust_env=False)
        self._allow_loopback = allow_loopback

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            ForbiddenUrlError: the name has an address that is not public.
            httpx.ConnectError: the name does not resolve, or nobody answers there.
        """
        name = request.url.host
        address = self._judged(name, request.url.port or 443)
        request.extensions = {**request.extensions, "sni_hostname": name}
        request.url = request.url.copy_with(host=address)
        return super().handle_request(request)

    def _judged(self, name: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpx.ConnectError("the name does not resolve") from error
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            judged = ipaddress.ip_address(address.partition("%")[0])
            if not is_fetchable(judged, allow_loopback=self._allow_loopback):
                raise ForbiddenUrlError("leads to an address that is not public")
        return addresses[0]
