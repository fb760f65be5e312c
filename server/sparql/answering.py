"""What goes back to the client: whole answers, streams, compression, and how trouble is told over HTTP."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import logging
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import zstandard

from kg.errors import StoreError
from kg.rdf.formats import GRAPHS, QUADS, RESULTS, Format
from server.errors import HttpError
from server.sparql.cache import Stored
from server.sparql.request import Environ
from server.workers import Answer, Busy, Died, Ended, Refused

log = logging.getLogger(__name__)
StartResponse = Callable[..., Any]
GRAPH_FORMATS = (*GRAPHS, *(f for f in QUADS if f not in GRAPHS))
_WHOLE = 1 << 20  # bytes up to which an answer is gathered before it goes out, so that errors have a status
_WORTH_COMPRESSING = 500  # bytes
_LINES = (Format.CSV, Format.TSV, Format.N_TRIPLES, Format.N_QUADS, Format.TURTLE, Format.TRIG)
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, X-Release, X-Query-Time, X-Silenced, RateLimit, RateLimit-Policy, Retry-After",
    ),
)
COMMON = (
    *CORS,
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)


@dataclass(slots=True)
class Outcome:
    """What became of a query, for the log and the metrics."""

    kind: str
    status: int
    seconds: float = 0.0
    rows: int = 0
    size: int = 0
    cached: bool = False
    query: str = ""
    format: str = ""


class Reply(NamedTuple):
    """A whole response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | memoryview

    @property
    def line(self) -> str:
        """Status and reason."""
        return f"{self.status} {_REASONS.get(self.status, 'Error')}"

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by WSGI."""
        start_response(self.line, self.headers)
        return (bytes(self.body),) if self.body else ()


class Incomplete(BrokenPipeError):
    """Raised out of a body so that the server breaks the transfer off: no client takes it for whole.

    The server takes it for one whose client has gone, and logs nothing: the log of queries tells of it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(errno.EPIPE, message)


class Stream:
    """The body of a large answer.  An end before the last row is made plain: the chunked transfer is broken
    off, and formats that are written in lines say so in their last.
    """

    def __init__(
        self,
        answer: Answer,
        first: list[bytes],
        encoding: str,
        outcome: Outcome,
        began: float,
        tell: Callable[[Outcome], None],
        environ: Environ,
    ) -> None:
        # Before HTTP/1.1 an answer ends where the connection does: one that broke off must not end in order.
        old = environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
        self._reset: socket.socket | None = environ.get("gunicorn.socket") if old else None
        self._answer = answer
        self._outcome = outcome
        self._began = began
        self._tell = tell
        format = Format[answer.format]
        outcome.format = format.media_type
        self._parts = self._encoded(self._bytes(first, format), encoding)

    def _bytes(self, first: list[bytes], format: Format) -> Iterator[bytes]:
        yield from first
        try:
            for chunk in self._answer.chunks:
                self._outcome.size += len(chunk)
                yield chunk
        except (Refused, Busy, Died, Ended) as e:
            error = http_error(e)
            self._outcome.status = error.status
            if format in _LINES:
                yield f"\n# ERROR: this result is incomplete: {error.message}\n".encode()
            raise Incomplete(error.message) from e
        self._outcome.rows = int(self._answer.end.get("rows", 0))

    def _encoded(self, parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        if not encoding:
            yield from parts
            return
        press = compressor(encoding)
        try:
            for part in parts:
                if out := press.compress(part):
                    yield out
        except Incomplete:
            # The last line is to be read; the end of the compressed stream stays away, and so its checksum.
            yield press.flush(_BLOCK[encoding])
            raise
        yield press.flush()

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except Incomplete:
            if self._reset is not None:
                self._reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._reset.close()  # at once, with a reset for the client
            raise

    def close(self) -> None:
        """Called by the server at the end, also when the client has gone."""
        self._answer.close()
        if not self._answer.end and self._outcome.status == 200:
            self._outcome.status = 499
        self._outcome.seconds = time.perf_counter() - self._began
        self._tell(self._outcome)


def gather(answer: Answer, outcome: Outcome) -> Stored | list[bytes]:
    """The whole answer if it is small, else its first chunks; HttpError where it ends badly before."""
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in answer.chunks:
            parts.append(chunk)
            size += len(chunk)
            if size > _WHOLE:
                outcome.size = size
                return parts
    except (Refused, Busy, Died, Ended) as e:
        raise http_error(e) from e
    finally:
        if size <= _WHOLE:
            answer.close()
    format = Format[answer.format]
    return Stored(format.content_type, b"".join(parts), int(answer.end.get("rows", 0)))


# --- trouble ---------------------------------------------------------------------------------------


def http_error(error: StoreError) -> HttpError:
    """How a worker's trouble is told over HTTP; what is none, that the store cannot be opened, is logged."""
    if isinstance(error, Refused):
        return _refused(error.document)
    if isinstance(error, Busy):
        retry = {"Retry-After": str(error.retry_after)}
        return HttpError(503, error.message, remedy=f"try again in {error.retry_after} s", headers=retry)
    if isinstance(error, Died):
        return HttpError(503, error.message, remedy="make the query smaller or simpler")
    if not isinstance(error, Ended):
        log.error("%s", error)
        return HttpError(503, "the store cannot be opened", remedy="tell who runs this server")
    if error.why == "client":
        return HttpError(499, error.message)
    return HttpError(504, error.message, remedy="ask for less, or take a dump")


def _refused(document: dict[str, Any]) -> HttpError:
    kind, message = document["type"], str(document["message"])
    if kind == "not-acceptable":
        return not_acceptable(message)
    if kind == "not-xml":
        return HttpError(406, message, remedy="ask for JSON, CSV or TSV, or where it is a graph for Turtle")
    if kind == "no-graph":
        return HttpError(
            404, f"there is no graph <{message}>", remedy="list them: SELECT DISTINCT ?g { GRAPH ?g {} }"
        )
    if kind == "syntax":
        extra: dict[str, object] = {k: document[k] for k in ("line", "column", "near") if k in document}
        return HttpError(400, message, remedy="correct the query", extra=extra)
    if kind in ("store", "store-late"):  # where it is, and what it says of itself, is nobody's business
        log.error("%s", message)
        late = kind == "store-late"
        said = "the store behind this server " + ("took too long" if late else "does not answer as it must")
        return HttpError(504 if late else 502, said, remedy="ask for less" if late else "try later")
    if kind == "service":
        return HttpError(
            502, f"a SERVICE did not answer: {message}", remedy="use SERVICE SILENT, or try later"
        )
    return HttpError(400, f"the query cannot be evaluated: {message}", remedy="correct the query")


def not_acceptable(kind: str) -> HttpError:
    """406 for an answer of a kind (solutions, boolean, graph)."""
    called = {"solutions": "set of solutions"}.get(kind, kind)
    names = ", ".join(f.media_type for f in (GRAPH_FORMATS if kind == "graph" else RESULTS))
    return HttpError(
        406, f"the answer is a {called}, which has none of these formats", remedy=f"ask for {names}"
    )


def error_reply(error: HttpError, *, head: bool = False) -> Reply:
    """An error as JSON, with CORS headers so that pages of other sites can read it."""
    body = json.dumps(error.document(), ensure_ascii=False).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *COMMON,
        *error.headers.items(),
    ]
    return Reply(error.status, headers, b"" if head else body)


_REASONS = {
    200: "OK",
    204: "No Content",
    304: "Not Modified",
    308: "Permanent Redirect",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    417: "Expectation Failed",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    499: "Client Closed Request",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


# --- compression -----------------------------------------------------------------------------------

_BLOCK = {"zstd": zstandard.COMPRESSOBJ_FLUSH_BLOCK, "gzip": zlib.Z_SYNC_FLUSH}


@functools.lru_cache(maxsize=256)
def choose_encoding(accept: str) -> str:
    """``zstd``, ``gzip`` or nothing, as the client accepts.

    >>> choose_encoding("gzip, deflate, br, zstd"), choose_encoding("gzip;q=0"), choose_encoding("")
    ('zstd', '', '')
    """
    offered = {}
    for part in accept.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        with contextlib.suppress(ValueError):
            offered[name.strip()] = float(parameter.strip().removeprefix("q=") or 1)
    best = max(("zstd", "gzip"), key=lambda name: offered.get(name, 0.0))
    return best if offered.get(best, 0) > 0 else ""


def compressor(encoding: str) -> Any:
    """What makes a stream of bytes shorter, quickly: it has ``compress`` and ``flush``."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=1).compressobj()
    return zlib.compressobj(1, zlib.DEFLATED, 31)


def compress(body: bytes, encoding: str) -> bytes | None:
    """The whole body in an encoding; None where it is not worth it."""
    if not encoding or len(body) < _WORTH_COMPRESSING:
        return None
    press = compressor(encoding)
    return bytes(press.compress(body) + press.flush())
