"""Which endpoints SERVICE may name: an allow-list, and never an address inside the house."""

from __future__ import annotations

import functools
import ipaddress
import socket
from urllib.parse import urlsplit

from server.errors import HttpError
from server.sparql.syntax import Service


def check(clauses: list[Service], allowed: tuple[str, ...]) -> None:
    """HttpError 403 for a SERVICE that is not allowed; its message names the endpoint and the remedy."""
    for clause in clauses:
        if clause.endpoint is None:
            raise HttpError(
                403, "SERVICE with a variable or an undeclared prefix is refused", remedy="name the endpoint"
            )
        if clause.endpoint not in allowed:
            listed = ", ".join(f"<{a}>" for a in allowed) or "none"
            raise HttpError(
                403, f"SERVICE <{clause.endpoint}> is not allowed", remedy=f"allowed endpoints: {listed}"
            )
        if not _outside(urlsplit(clause.endpoint).hostname or ""):
            raise HttpError(
                403,
                f"SERVICE <{clause.endpoint}> leads to an address that is not public, or to none",
                remedy="name a public endpoint",
            )


@functools.lru_cache(maxsize=64)
def _literal(host: str) -> bool | None:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return None


def _outside(host: str) -> bool:
    """Whether every address of `host` is a public one, by its name's present resolution."""
    literal = _literal(host)
    if literal is not None:
        return literal
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(address[4][0])).is_global for address in found)
