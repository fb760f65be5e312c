"""Requests that came before, byte for byte: answered from the result cache without being read again.

A client that repeats a query repeats its whole request, headers included.  What reading it gave (who asks,
which answer, which headers) is the same as long as the same release is served, so that only the limits,
the count and the bytes themselves are left to do.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from server.errors import HttpError
from server.limiter import Limiter
from server.sparql.answering import Outcome, Reply
from server.sparql.cache import ResultCache

_MOST = 1024  # requests remembered
_LARGEST = 4096  # bytes of a request that is remembered
_CHANGING = ("RateLimit", "RateLimit-Policy", "X-Query-Time")


class Served(Protocol):
    """What is asked of the site."""

    @property
    def release(self) -> str:
        """The release being served."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    """What reading a request gave; ``tag`` is that of the stored answer, empty for 304."""

    release: str
    client: str
    tag: str
    status: int
    line: bytes
    fields: bytes
    query: str
    media_type: str


class Repeats:
    """The last requests that were answered at once; for one thread, the web worker's event loop."""

    def __init__(
        self, site: Served, cache: ResultCache, tell: Callable[[Outcome], None], limiter: Limiter
    ) -> None:
        self._site = site
        self._cache = cache
        self._tell = tell
        self._limiter = limiter
        self._known: OrderedDict[tuple[bytes, str], _Known] = OrderedDict()

    def remember(self, request: bytes, peer: str, *, client: str, query: str, reply: Reply) -> None:
        """Take note of how `request`, sent by the address `peer`, was answered from the cache."""
        if len(request) > _LARGEST:
            return
        fields = "".join(f"{name}: {value}\r\n" for name, value in reply.headers if name not in _CHANGING)
        headers = dict(reply.headers)
        self._known[request, peer] = _Known(
            headers["X-Release"],
            client,
            headers["ETag"] if reply.status == 200 else "",
            reply.status,
            f"HTTP/1.1 {reply.line}\r\n".encode(),
            fields.encode("latin-1"),
            query,
            headers.get("Content-Type", ""),
        )
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def answer(self, request: bytes, peer: str, date: bytes) -> tuple[bytes, bytes] | None:
        """Head and body of the response to a request that was answered before; None where it must be read.

        `date` is the header of that name.  None too where the client has asked too much, or the answer was
        dropped from the cache.
        """
        known = self._known.get((request, peer))
        if known is None:
            return None
        began = time.perf_counter()
        stored = self._cache.find(known.tag) if known.tag else None
        if known.release != self._site.release or (known.tag and stored is None):
            del self._known[request, peer]
            return None
        try:
            limits = self._limiter.check(known.client)
        except HttpError:
            return None
        rows, body = (stored.rows, stored.body) if stored is not None else (0, b"")
        changing = "".join([f"{name}: {value}\r\n" for name, value in limits])
        seconds = time.perf_counter() - began
        if stored is not None:
            changing += f"X-Query-Time: {seconds:.4f}\r\n"
        self._tell(
            Outcome("query", known.status, seconds, rows, len(body), True, known.query, known.media_type)
        )
        return b"".join((known.line, date, known.fields, changing.encode(), b"\r\n")), body
