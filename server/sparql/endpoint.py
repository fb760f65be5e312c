"""The SPARQL endpoint: SPARQL 1.1 Protocol for queries, over killable workers, as a WSGI application.

It stands in front of Flask, which answers what is not a query (the editor, the description).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import zstandard
from werkzeug.http import parse_etags

from kg.rdf.formats import GRAPHS, QUADS, RESULTS, Format, media_types
from server.errors import HttpError
from server.negotiation import best
from server.sparql import federation, textsearch
from server.sparql.cache import ResultCache, Stored
from server.sparql.request import Environ, SparqlRequest, read_request
from server.sparql.syntax import might_call_service, services, unescape
from server.workers import Answer, Busy, Died, Ended, Pool, Refused

StartResponse = Callable[..., Any]
WHOLE = 1 << 20  # bytes up to which an answer is gathered before it goes out, so that errors have a status
_GRAPH_FORMATS = (*GRAPHS, *(f for f in QUADS if f not in GRAPHS))
_RESULT_TYPES = media_types(RESULTS)
_GRAPH_TYPES = media_types(_GRAPH_FORMATS)
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, X-Release, X-Query-Time, RateLimit, Retry-After, Link"),
)


class Backend(Protocol):
    """What the endpoint asks of the site it stands in."""

    @property
    def release(self) -> str:
        """The release being served: part of every ETag."""
        ...

    @property
    def pool(self) -> Pool:
        """The workers over its store."""
        ...

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that graphs are written with."""
        ...

    def search(self, text: str, limit: int) -> list[textsearch.Hit]:
        """Full-text search, for ``SERVICE dl:search``."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """The formats to answer in: one for rows and booleans, one for graphs; None where not acceptable."""

    results: Format | None
    graph: Format | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the endpoint allows, told in its description."""

    timeout: float
    service_allow: tuple[str, ...]


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


def wanted_formats(accept: str, explicit: str | None) -> Wanted:
    """What the client wants; HttpError 400 for an unknown ``format=``."""
    if explicit is None:
        results, graph = best(accept, _RESULT_TYPES), best(accept, _GRAPH_TYPES)
        return Wanted(
            Format.from_media_type(results) if results else None,
            Format.from_media_type(graph) if graph else None,
        )
    format = Format.from_name(explicit)
    if format is None:
        names = ", ".join(f.extension for f in Format)
        raise HttpError(400, f"format={explicit!r} is unknown", remedy=f"one of: {names}")
    # "json" and "xml" name a family: rows in one member, graphs in the other.
    twin = {Format.JSON: Format.JSON_LD, Format.XML: Format.RDF_XML}.get(format)
    return Wanted(None, format) if format.is_graph else Wanted(format, twin)


class Endpoint:
    """Answers queries; `tell` is given each `Outcome`."""

    def __init__(
        self, backend: Backend, limits: Limits, cache: ResultCache, tell: Callable[[Outcome], None]
    ) -> None:
        self._backend = backend
        self._limits = limits
        self._cache = cache
        self._tell = tell

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that has a query, or tell what is wrong with it."""
        began = time.perf_counter()
        outcome = Outcome("query", 200)
        try:
            request = read_request(environ)
            outcome.query = request.query or ""
            return self._query(environ, start_response, request, outcome, began)
        except HttpError as e:
            outcome.status = e.status
            outcome.seconds = time.perf_counter() - began
            self._tell(outcome)
            return error_response(e, start_response, head=environ["REQUEST_METHOD"] == "HEAD")

    def _query(
        self,
        environ: Environ,
        start_response: StartResponse,
        request: SparqlRequest,
        outcome: Outcome,
        began: float,
    ) -> Iterable[bytes]:
        if not (request.query or "").strip():
            raise HttpError(400, "there is no query", remedy="send query=SELECT…")
        accept = environ.get("HTTP_ACCEPT", "")
        wanted = wanted_formats(accept, request.format)
        encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = self._key(request, wanted)
        tag = f'"{key}{"-" + encoding if encoding else ""}"'
        if _matches(environ.get("HTTP_IF_NONE_MATCH"), tag):
            outcome.status, outcome.cached = 304, True
            outcome.seconds = time.perf_counter() - began
            self._tell(outcome)
            start_response("304 Not Modified", [("ETag", tag), ("Vary", _VARY), *self._common()])
            return ()
        headers = [("ETag", tag), ("Cache-Control", "public, no-cache"), ("Vary", _VARY), *self._common()]
        head = environ["REQUEST_METHOD"] == "HEAD"
        stored = self._cache.get(key)
        if stored is not None:
            outcome.cached = True
        else:
            answer = self._ask(request, wanted, environ)
            streamed = gather(answer, outcome)
            if isinstance(streamed, Stored):
                stored = streamed
                self._cache.put(key, stored)
            else:
                return self._stream(answer, streamed, headers, encoding, start_response, outcome, began, head)
        return self._whole(stored, headers, encoding, start_response, outcome, began, head=head)

    # --- asking ------------------------------------------------------------------------------------

    def _ask(self, request: SparqlRequest, wanted: Wanted, environ: Environ) -> Answer:
        query = self._prepared(request.query or "")
        timeout = min(request.timeout or self._limits.timeout, self._limits.timeout)
        question: dict[str, Any] = {
            "query": query,
            "default_graphs": request.default_graphs or ([] if request.named_graphs else None),
            "named_graphs": request.named_graphs or ([] if request.default_graphs else None),
            "result_format": wanted.results.name if wanted.results else None,
            "graph_format": wanted.graph.name if wanted.graph else None,
            "out_prefixes": self._backend.prefixes,
        }
        try:
            return self._backend.pool.ask(question, timeout=timeout, client=environ.get("gunicorn.socket"))
        except (Refused, Busy, Died, Ended) as e:
            raise http_error(e) from e

    def _prepared(self, query: str) -> str:
        """The query with its text searches answered and its other SERVICE clauses checked."""
        plain = unescape(query)
        if not might_call_service(plain):
            return query
        clauses = services(plain, self._backend.prefixes)
        federation.check([c for c in clauses if c.endpoint != textsearch.SEARCH], self._limits.service_allow)
        if any(c.endpoint == textsearch.SEARCH for c in clauses):
            return textsearch.rewrite(plain, clauses, self._backend.search, self._backend.prefixes)
        return query

    def _key(self, request: SparqlRequest, wanted: Wanted) -> str:
        parts = (
            self._backend.release,
            request.query or "",
            *request.default_graphs,
            "\0",
            *request.named_graphs,
            wanted.results.name if wanted.results else "",
            wanted.graph.name if wanted.graph else "",
        )
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    # --- answering ---------------------------------------------------------------------------------

    def _common(self) -> tuple[tuple[str, str], ...]:
        return (*CORS, ("X-Release", self._backend.release), ("X-Content-Type-Options", "nosniff"))

    def _whole(
        self,
        stored: Stored,
        headers: list[tuple[str, str]],
        encoding: str,
        start_response: StartResponse,
        outcome: Outcome,
        began: float,
        *,
        head: bool,
    ) -> Iterable[bytes]:
        body = stored.body
        if encoding and len(body) > 500:
            body = compress(body, encoding)
            headers.append(("Content-Encoding", encoding))
        outcome.seconds = time.perf_counter() - began
        outcome.rows, outcome.size, outcome.format = stored.rows, len(stored.body), stored.media_type
        self._tell(outcome)
        headers += [
            ("Content-Type", stored.media_type),
            ("Content-Length", str(len(body))),
            ("X-Query-Time", f"{outcome.seconds:.4f}"),
        ]
        start_response("200 OK", headers)
        return () if head else (body,)

    def _stream(
        self,
        answer: Answer,
        first: list[bytes],
        headers: list[tuple[str, str]],
        encoding: str,
        start_response: StartResponse,
        outcome: Outcome,
        began: float,
        head: bool,
    ) -> Iterable[bytes]:
        format = Format[answer.format]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Type", format.content_type))
        start_response("200 OK", headers)
        if head:
            answer.close()
            return ()
        return _Stream(answer, first, format, encoding, outcome, began, self._tell)


_VARY = "Accept, Accept-Encoding"


class _Stream:
    """The body of a large answer.  An end before the last row is made plain: the chunked transfer is broken
    off, and text formats say so in a last line.
    """

    def __init__(
        self,
        answer: Answer,
        first: list[bytes],
        format: Format,
        encoding: str,
        outcome: Outcome,
        began: float,
        tell: Callable[[Outcome], None],
    ) -> None:
        self._answer = answer
        self._outcome = outcome
        self._began = began
        self._tell = tell
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
            if format in (Format.CSV, Format.TSV, Format.N_TRIPLES, Format.N_QUADS, Format.TURTLE):
                yield f"\n# ERROR: this result is incomplete: {error.message}\n".encode()
            raise Incomplete(error.message) from e
        self._outcome.rows = int(self._answer.end.get("rows", 0))

    def _encoded(self, parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        if not encoding:
            yield from parts
            return
        press = _compressor(encoding)
        for part in parts:
            if out := press.compress(part):
                yield out
        yield press.flush()

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        """Called by the server at the end, also when the client has gone."""
        self._answer.close()
        if not self._answer.end and self._outcome.status == 200:
            self._outcome.status = 499
        self._outcome.seconds = time.perf_counter() - self._began
        self._tell(self._outcome)


class Incomplete(Exception):
    """Raised out of a body so that the server breaks the transfer off: no client takes it for whole."""


def gather(answer: Answer, outcome: Outcome) -> Stored | list[bytes]:
    """The whole answer if it is small, else its first chunks; HttpError where it ends badly before."""
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in answer.chunks:
            parts.append(chunk)
            size += len(chunk)
            if size > WHOLE:
                outcome.size = size
                return parts
    except (Refused, Busy, Died, Ended) as e:
        answer.close()
        raise http_error(e) from e
    answer.close()
    format = Format[answer.format]
    return Stored(format.content_type, b"".join(parts), int(answer.end.get("rows", 0)))


def http_error(error: Refused | Busy | Died | Ended) -> HttpError:
    """How a worker's trouble is told over HTTP."""
    if isinstance(error, Refused):
        return _refused(error.document)
    if isinstance(error, Busy):
        retry = {"Retry-After": str(error.retry_after)}
        return HttpError(503, error.message, remedy=f"try again in {error.retry_after} s", headers=retry)
    if isinstance(error, Died):
        return HttpError(503, error.message, remedy="make the query smaller or simpler")
    if error.why == "client":
        return HttpError(499, error.message)
    return HttpError(504, error.message, remedy="ask for less, or take a dump")


def _refused(document: dict[str, Any]) -> HttpError:
    if document["type"] == "not-acceptable":
        kind = str(document["message"])
        offered = _GRAPH_FORMATS if kind == "graph" else RESULTS
        names = ", ".join(f.media_type for f in offered)
        return HttpError(
            406, f"the answer is a {kind}, which has none of these formats", remedy=f"ask for {names}"
        )
    extra: dict[str, object] = {k: document[k] for k in ("line", "column") if k in document}
    # What is not a fault of the query's form failed while it was evaluated: a SERVICE that did not answer.
    status = 400 if document["type"] == "syntax" else 502
    return HttpError(status, str(document["message"]), remedy="correct the query", extra=extra)


def error_response(error: HttpError, start_response: StartResponse, *, head: bool = False) -> Iterable[bytes]:
    """An error as JSON, with CORS headers so that pages of other sites can read it."""
    body = json.dumps(error.document(), ensure_ascii=False).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *CORS,
        *error.headers.items(),
    ]
    start_response(f"{error.status} {_REASONS.get(error.status, 'Error')}", headers)
    return () if head else (body,)


_REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    499: "Client Closed Request",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


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
    for name in ("zstd", "gzip"):
        if offered.get(name, 0) > 0:
            return name
    return ""


def _compressor(encoding: str) -> Any:
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=1).compressobj()
    return zlib.compressobj(1, zlib.DEFLATED, 31)


def compress(body: bytes, encoding: str) -> bytes:
    """The whole body in an encoding."""
    press = _compressor(encoding)
    return bytes(press.compress(body) + press.flush())


def _matches(header: str | None, tag: str) -> bool:
    return header is not None and (header.strip() == "*" or parse_etags(header).contains(tag.strip('"')))
