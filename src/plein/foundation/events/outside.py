"""An HTTP client for addresses that somebody else typed in: it never reaches machines inside our own network.

The address is checked when the connection is made, on the very address that is then connected to, so a name that
changes its meaning in between (DNS rebinding) does not help. Redirects are not followed.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from plein.foundation.events.errors import AddressRefused

if TYPE_CHECKING:
    import httpcore
    import httpx

CONNECT_S, ANSWER_S = 5.0, 10.0


def check_address(url: str) -> None:
    """Refuse an address that is no plain web address, or that points inside.

    Raises AddressRefused.
    """
    parts = urlsplit(url)
    schemes = ("https", "http") if settings.PLEIN["WEBHOOKS_INSIDE"] else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username:
        raise AddressRefused(url=url)
    _reachable(parts.hostname, parts.port or 443)


def client() -> "httpx.Client":
    """Give a client that reaches the outside only, with time-outs and without proxies or redirects."""
    import httpcore
    import httpx

    transport = httpx.HTTPTransport(trust_env=False)
    pool = transport._pool
    assert isinstance(pool, httpcore.ConnectionPool)
    pool._network_backend = _outside()
    timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)


def _reachable(host: str, port: int) -> str:
    """Look a name up and give its first address, when all of them may be reached.

    Raises AddressRefused.
    """
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise AddressRefused(url=host) from error
    if not settings.PLEIN["WEBHOOKS_INSIDE"] and not all(_is_outside(address) for address in found):
        raise AddressRefused(url=host)
    return found[0]


def _is_outside(address: str) -> bool:
    at = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    inner = at.ipv4_mapped if isinstance(at, ipaddress.IPv6Address) else None
    at = inner or at
    return at.is_global and not at.is_multicast


def _outside() -> "httpcore.NetworkBackend":
    """Make what connects: to checked addresses only."""
    import httpcore

    class Outside(httpcore.SyncBackend):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.NetworkStream:
            return super().connect_tcp(_reachable(host, port), port, timeout, local_address, socket_options)

    return Outside()
