"""Where events may be sent: never to an address inside, whatever a name is made to resolve to (server-side request forgery).

Every address that a name has is vetted, and one that was vetted is connected to, so that a name which resolves otherwise
a moment later (rebinding) gains nothing. What an operator names in SANSAN_WEBHOOK_NETWORKS is let through, on any port.
"""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from services.errors import Refused

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]

PORTS = frozenset((80, 443, *range(8000, 10_000)))
CLAUSE = "开-2"
_GLOBAL_UNICAST = ip_network("2000::/3")
_NOT_FOR_US = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",                                                     # multicast, reserved, broadcast
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",            # Teredo and others, examples, 6to4
    )
)  # fmt: skip
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
_NUMBER = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")


@dataclass(frozen=True)
class Target:
    """An address that was vetted, and what is asked of the host there; `host` is its name, for TLS and the Host header."""

    address: str
    port: int
    host: str
    path: str
    secure: bool


class Guard:
    """Vets URLs; `networks` are those inside that the operator allows, in CIDR notation.

    Errors: ValueError for a network that is none.
    """

    def __init__(self, networks: Iterable[str] = (), resolve: Resolve | None = None) -> None:
        self._networks = tuple(ip_network(each.strip()) for each in networks if each.strip())
        self._resolve = resolve or resolved

    def target(self, url: str) -> Target:
        """Where a URL leads. Errors: Refused for one that leads, or may lead, to where nothing is to be sent."""
        parts, port = _parts_of(url)
        host = parts.hostname or ""
        addresses = self._addresses(host, port)
        if not addresses:
            raise _refused(f"{host[:80]} has no address", f"域名 {host[:80]} 无法解析")
        for address in addresses:
            self._vet(address, port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(str(addresses[0]), port, host, path, parts.scheme == "https")

    def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            if not _NAME.fullmatch(host) or len(host) > 253 or _NUMBER.fullmatch(host):
                raise _refused("this is no name of a host", "主机名有误") from None
        try:
            found = [ip_address(each) for each in self._resolve(host, port)]
        except (OSError, UnicodeError):
            return []
        return sorted(found, key=lambda address: address.version)  # not every machine has a way to IPv6

    def _vet(self, address: Address, port: int) -> None:
        if any(address in network for network in self._networks):
            return
        if not is_outside(address):
            raise _refused("this address is not on the public Internet", "该地址不在公网上")
        if port not in PORTS:
            raise _refused("this port is not allowed: 80, 443, 8000 to 9999", "端口不允许:限 80、443、8000 至 9999")


def is_outside(address: Address) -> bool:
    """Whether an address is one of the public Internet that belongs to one host; v4 in the guise of v6 is not."""
    if isinstance(address, IPv6Address) and (address not in _GLOBAL_UNICAST or address.scope_id):
        return False
    return address.is_global and not any(address in network for network in _NOT_FOR_US)


def resolved(host: str, port: int) -> list[str]:
    """Every address of a name, in the order in which they are to be tried. Errors: OSError; UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _parts_of(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("this is no URL", "网址有误") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise _refused("this is no URL that begins with https:// or http://", "网址须以 https:// 或 http:// 开头")
    if "@" in parts.netloc:
        raise _refused("a URL must not hold a user or a password", "网址不能包含用户名或密码")
    if parts.fragment or "#" in url:
        raise _refused("a URL must not have a fragment", "网址不能包含片段")
    return parts, port if port is not None else 443 if parts.scheme == "https" else 80


def _refused(en: str, zh: str) -> Refused:
    return Refused(f"events cannot be sent there: {en}", f"无法向该网址推送:{zh}", CLAUSE)
