"""Which addresses are of the public Internet, and none of this machine, its network or its cloud."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

from kg.errors import DatelineError

_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What Python's table of special addresses lets through, by its version: protocol assignments, among which
# clouds have put services of their own, and the address by which Azure's machines are managed.
_OF_THE_HOUSE = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("168.63.129.16/32"))


class NotPublic(DatelineError):
    """A name that leads to an address that is not public, or to none."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet.

    An IPv6 address that carries one of IPv4 (mapped, NAT64, 6to4, Teredo) is as public as that.

    >>> [is_public(a) for a in ("1.1.1.1", "2606:4700::1111", "64:ff9b::1.1.1.1")]
    [True, True, True]
    >>> [is_public(a) for a in ("10.0.0.1", "169.254.169.254", "::1", "64:ff9b::10.0.0.1", "fe80::1%eth0")]
    [False, False, False, False, False]
    """
    one = ipaddress.ip_address(address)
    if isinstance(one, ipaddress.IPv4Address):
        return _is_public(one)
    carried = list(_carried(one))
    if not all(map(_is_public, carried)):
        return False
    return bool(carried and (one.ipv4_mapped or one in _NAT64)) or (one in _UNICAST and one.is_global)


def _is_public(address: ipaddress.IPv4Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _OF_THE_HOUSE)


def _carried(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses inside one of IPv6."""
    for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if one is not None:
            yield one
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def public_addresses(host: str) -> list[str]:
    """The addresses of a host, in the order in which they are to be tried; `host` may be one itself.

    `NotPublic` where one of them is not public, or there is none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    addresses = list(dict.fromkeys(str(address[4][0]) for address in found))
    if not addresses or not all(map(is_public, addresses)):
        raise NotPublic(
            f"{host or 'no host'} leads to an address that is not public, or to none",
            remedy="name a public endpoint",
        )
    return addresses
