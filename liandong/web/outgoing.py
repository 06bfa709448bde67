"""Going out to an address somebody wrote: to the open, or to what is allowed by name; never into the house by chance.

An address is looked at when it is written and again whenever it is gone to, and the connection goes to the very address
that was looked at. Nobody is followed elsewhere.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST_URL: Final = 500
_PORTS: Final = {"https": 443, "http": 80}
_FIT: Final = re.compile(r"[\x21-\x7e]+")
_HOST: Final = re.compile(r"[A-Za-z0-9._:-]+")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnfitUrl(ValueError):
    """An address that is no web address we could go to."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where one goes: its parts, and whether its origin is allowed whatever stands behind it."""

    scheme: str
    host: str
    port: int
    path: str
    is_allowed: bool

    @property
    def origin(self) -> str:
        """Scheme, host and port, the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


def addresses_of(target: Target) -> list[str]:
    """Every address the target's name stands for now; nothing where one of them is inside the house and not allowed.

    :raises OSError: the name stands for nothing
    """
    rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    if target.is_allowed or all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in found):
        return found
    return []


def is_public(address: _Address) -> bool:
    """Whether an address is one of the open network, and carries none of the house inside it."""
    return all(inner.is_global and not inner.is_multicast and not inner.is_reserved for inner in _carried(address))


def _carried(address: _Address) -> Iterable[_Address]:
    """The address, and the older one it stands for where it is a wrapping of that."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return (address.ipv4_mapped,)
        if address.sixtofour is not None:
            return (address, address.sixtofour)
        if address.teredo is not None:
            return (address, *address.teredo)
        if address in _NAT64:
            return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address,)


def parted(url: str, *, allowed: Iterable[str]) -> Target:
    """Return where `url` leads; `allowed` are origins that may be plain or inside the house.

    :raises UnfitUrl: it is no web address
    """
    if not 0 < len(url) <= LONGEST_URL or not _FIT.fullmatch(url) or "\\" in url:
        raise UnfitUrl
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnfitUrl from None
    host = (parts.hostname or "").rstrip(".")
    is_whole = parts.scheme in _PORTS and host and _HOST.fullmatch(host) and port != 0
    if not is_whole or parts.username is not None or parts.password is not None or parts.fragment:
        raise UnfitUrl
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(parts.scheme, host, port or _PORTS[parts.scheme], path, is_allowed=False)
    origins = {one.strip().rstrip("/").lower() for one in allowed}
    return Target(found.scheme, host, found.port, path, is_allowed=found.origin in origins)


def lies_inside(target: Target) -> bool:
    """Whether a target names an address inside the house, before anybody is asked what its name stands for."""
    literal = _literal(target.host)
    return (literal is not None and not is_public(literal)) or _is_local_name(target.host)


def _literal(host: str) -> _Address | None:
    """The address a host is written as; also in the old short and octal ways that resolvers understand."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_local_name(host: str) -> bool:
    last = host.lower().rpartition(".")[2]
    return "." not in host and ":" not in host or last in ("localhost", "local", "internal", "localdomain")


class Pinned(http.client.HTTPConnection):
    """A connection over a socket that is open already, under the name of its target."""

    def __init__(self, target: Target, sock: socket.socket) -> None:
        super().__init__(target.host, target.port)
        self.default_port = 443 if target.scheme == "https" else 80
        self.sock = sock

    def connect(self) -> None:
        """Nothing: a connection that was lost is not opened anew."""
        raise http.client.NotConnected


def connected(addresses: list[str], target: Target, *, seconds: float) -> socket.socket:
    """A socket to the first of the addresses that answers, encrypted where the target wants it.

    :raises OSError: none did in time
    """
    until, last = time.monotonic() + seconds, OSError("no address")
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no address answered in time")
        try:
            sock = socket.create_connection((address, target.port), timeout=left)
        except OSError as error:
            last = error
            continue
        if target.scheme != "https":
            return sock
        try:
            return ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
        except OSError:
            sock.close()
            raise
    raise last
