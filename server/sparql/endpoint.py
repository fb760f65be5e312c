"""The SPARQL endpoint: SPARQL 1.1 Protocol for queries, over killable workers.

It stands in front of Flask, which answers what is not a query (the editor, the description).  It is a WSGI
application; the web worker's event loop takes the same steps one by one for what is quickly answered:
`Endpoint.look` says whether there is an answer already, `Endpoint.reply` makes one of a worker's.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from werkzeug.http import parse_etags

from kg.errors import QueryError, StoreError
from kg.rdf.formats import Format
from kg.store import textsearch
from kg.store.sparql import Service, might_call_service, services, unescape
from server.errors import HttpError
from server.outward.forwarding import Forwarding
from server.sparql import federation
from server.sparql.answering import (
    COMMON,
    Outcome,
    Reply,
    StartResponse,
    Stream,
    choose_encoding,
    compress,
    error_reply,
    gather,
    http_error,
    not_acceptable,
)
from server.sparql.cache import ResultCache, Stored, digest
from server.sparql.limiter import Limiter, Slots
from server.sparql.repeats import Repeats
from server.sparql.request import Environ, SparqlRequest, client_address, read_request
from server.sparql.syntax import explained
from server.sparql.wanted import Wanted, wanted_formats
from server.workers import Answer, Conversation, Place, Pool, Trouble, Whole
from server.workers.calls import Call

# Functions whose value differs from one asking to the next, and clauses that may ask others.
_MAYBE_VOLATILE = ("rand", "now", "uuid", "service")  # whether it is worth while to look for them
_VOLATILE = re.compile(r"\b(?:RAND|NOW|UUID|STRUUID|SERVICE(?!\s+dl:search\b))\b", re.IGNORECASE)
_COSTLY = 0.02  # seconds that an answer took which is kept when it is asked for first
_SHORT = 4096  # characters of a query that may wait at a worker that is busy


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
        """Prefixes that queries may use without saying so."""
        ...

    def search(self, text: str, limit: int, snippets: bool) -> Sequence[textsearch.Hit]:
        """Full-text search, for ``SERVICE dl:search``."""
        ...

    @property
    def forwarding(self) -> Forwarding | None:
        """What asks other endpoints for the engine; none where that is elsewhere itself."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What the endpoint allows, told in its description."""

    timeout: float
    service_allow: tuple[str, ...]


@dataclass(slots=True)
class Asked:
    """A request on its way to its answer."""

    request: SparqlRequest
    wanted: Wanted
    encoding: str
    key: str
    tag: str
    head: bool
    client: str
    headers: list[tuple[str, str]]
    outcome: Outcome
    began: float

    @property
    def calls_service(self) -> bool:
        """Whether the query may have a ``SERVICE``: then what to ask a worker is not said at once."""
        return might_call_service(unescape(self.request.query or ""))

    @property
    def timeout(self) -> float | None:
        """Seconds that the client allows."""
        return self.request.timeout


class Endpoint:
    """Answers queries; `tell` is given each `Outcome`."""

    def __init__(
        self,
        backend: Backend,
        limits: Limits,
        cache: ResultCache,
        tell: Callable[[Outcome], None],
        limiter: Limiter,
        slots: Slots,
    ) -> None:
        self._backend = backend
        self._limits = limits
        self._cache = cache
        self._tell = tell
        self._limiter = limiter
        self._slots = slots
        self.repeats = Repeats(backend, cache, tell, limiter)

    # --- for a thread ------------------------------------------------------------------------------

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that has a query, or tell what is wrong with it.

        ``dateline.begun`` in `environ` is what the event loop began of it and could not wait for.
        """
        begun: tuple[Asked, Conversation | None] | None = environ.pop("dateline.begun", None)
        if begun is not None:
            asked, conversation = begun
        else:
            conversation = None
            found = self.look(environ)
            if isinstance(found, Reply):
                return found.send(start_response)
            asked = found
        try:
            return self._answer(asked, conversation, environ, start_response)
        except HttpError as e:
            return self.refuse(asked, e).send(start_response)

    def _answer(
        self,
        asked: Asked,
        conversation: Conversation | None,
        environ: Environ,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        answer = self._ask(asked, conversation, environ.get("gunicorn.socket"))
        found = gather(answer, asked.outcome)
        if isinstance(found, Stored):
            keep = self._is_worth_keeping(asked, time.perf_counter() - asked.began)
            return self._stored(asked, self._pressed(asked, found, keep=keep)).send(start_response)
        if asked.encoding:
            asked.headers.append(("Content-Encoding", asked.encoding))
        asked.headers.append(("Content-Type", Format[answer.format].content_type))
        start_response("200 OK", asked.headers)
        stream = Stream(answer, found, asked.encoding, asked.outcome, asked.began, self._tell, environ)
        if asked.head:
            stream.close()
            return ()
        return stream

    def _ask(self, asked: Asked, conversation: Conversation | None, client: socket.socket | None) -> Answer:
        """The answer's beginning; it frees the client's slot when it is closed."""
        if conversation is None:
            self._slots.enter(asked.client)
        try:
            if conversation is not None:
                answer = conversation.begin()
            else:
                question = self._question(asked)
                answer = self._backend.pool.ask(question, timeout=self._allowed(asked), client=client)
        except StoreError as e:
            self._slots.leave(asked.client)
            raise http_error(e) from e
        except BaseException:
            self._slots.leave(asked.client)
            raise
        answer.close = self._slots.leaving(asked.client, answer.close)
        return answer

    # --- the steps ---------------------------------------------------------------------------------

    def look(self, environ: Environ, raw: bytes = b"") -> Reply | Asked:
        """Read a request: its reply where no worker is needed, else what to ask one.

        `raw` is the whole of the request as it came, where `Repeats` may answer it when it comes again.
        """
        began = time.perf_counter()
        head = environ["REQUEST_METHOD"] == "HEAD"
        headers: list[tuple[str, str]] = []
        query = ""
        try:
            client = client_address(environ)
            headers = self._limiter.check(client)
            request = read_request(environ)
            query = request.query or ""
            found = self._look(environ, request, headers, client, began)
        except HttpError as e:
            self._tell(Outcome("query", e.status, time.perf_counter() - began, query=query))
            reply = error_reply(e, head=head)
            reply.headers.extend(h for h in headers if h[0] not in e.headers)
            return reply
        if raw and isinstance(found, Reply):
            self.repeats.remember(raw, environ["REMOTE_ADDR"], client=client, query=query, reply=found)
        return found

    def _look(
        self,
        environ: Environ,
        request: SparqlRequest,
        limits: list[tuple[str, str]],
        client: str,
        began: float,
    ) -> Reply | Asked:
        query = request.query or ""
        if not query.strip():
            raise HttpError(400, "there is no query", remedy="send query=SELECT…")
        wanted = wanted_formats(environ.get("HTTP_ACCEPT", ""), request.format)
        if wanted.results is None and wanted.graph is None:
            raise not_acceptable("set of solutions or a graph")
        encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        release = self._backend.release
        key = _key(release, request, wanted) if _repeatable(query) else ""
        asked = Asked(
            request,
            wanted,
            encoding,
            key,
            f'"{key}{"-" + encoding if encoding else ""}"' if key else "",
            environ["REQUEST_METHOD"] == "HEAD",
            client,
            [("Vary", "Accept, Accept-Encoding"), ("X-Release", release), *COMMON, *limits],
            Outcome("query", 200, query=query),
            began,
        )
        if key:
            asked.headers += [("ETag", asked.tag), ("Cache-Control", "public, no-cache")]
            if _matches(environ.get("HTTP_IF_NONE_MATCH"), asked.tag):
                asked.outcome.cached = True
                return self._finished(asked, Reply(304, asked.headers, b""))
            if environ.get("HTTP_IF_NONE_MATCH") == "*" and self._cache.was_asked(asked.tag):
                asked.outcome.cached = True
                return self._finished(asked, Reply(304, asked.headers, b""))
            stored = self._cache.get(asked.tag)
            if stored is not None:
                asked.outcome.cached = True
                return self._stored(asked, stored)
        else:
            asked.headers.append(("Cache-Control", "no-store"))
        return asked

    def _question(self, asked: Asked) -> dict[str, Any]:
        request, wanted = asked.request, asked.wanted
        query, calls = self._prepared(asked)
        question: dict[str, Any] = {
            "query": query,
            "result_format": wanted.results.name if wanted.results else None,
            "graph_format": wanted.graph.name if wanted.graph else None,
        }
        if calls:
            question["calls"] = calls
        if request.default_graphs or request.named_graphs:
            question["default_graphs"] = request.default_graphs
            question["named_graphs"] = request.named_graphs
        return question

    def _prepared(self, asked: Asked) -> tuple[str, list[Call]]:
        """The query with its text searches answered, and its other SERVICE clauses, which are checked."""
        query, known = asked.request.query or "", self._backend.prefixes
        clauses = federation.called(query, known)
        others = _others(clauses)
        if refused := federation.check(others, self._limits.service_allow):
            query = federation.silence(query, [clause for clause, _ in refused])
            clauses = services(query, known)
            others = _others(clauses)
            federation.check(others, self._limits.service_allow)
            why = "; ".join(dict.fromkeys(error.message for _, error in refused))
            asked.headers.append(("X-Silenced", quote(why, safe=" ;:/<>?&=#,")))
        if len(others) < len(clauses):
            try:
                query = textsearch.rewrite(query, clauses, self._backend.search, known)
            except QueryError as e:
                raise HttpError(400, e.message, remedy=e.remedy) from e
            others = services(query, known) if others else []
        forwarding = self._backend.forwarding
        if not others or forwarding is None:
            return query, []
        return query, federation.calls(others, forwarding.address)

    def line_up(self, asked: Asked, ready: Callable[[Place], None]) -> Place:
        """A place in the queue for a worker, for the event loop; see `Pool.line_up`.

        `HttpError` where the client has too many queries running, or too many wait.
        """
        self._slots.enter(asked.client)
        try:
            return self._backend.pool.line_up(ready, behind=len(asked.request.query or "") < _SHORT)
        except StoreError as e:
            self._slots.leave(asked.client)
            raise http_error(e) from e

    def begin(self, asked: Asked, place: Place, client: socket.socket) -> Conversation:
        """Put the question to the worker that the place has got; `HttpError` where that died."""
        question = self._question(asked)
        try:
            return self._backend.pool.begin(place, question, timeout=self._allowed(asked), client=client)
        except Trouble as e:
            self._slots.leave(asked.client)
            raise http_error(e) from e

    def give_up(self, asked: Asked, place: Place) -> None:
        """Nobody waits any longer for a place that has not begun."""
        self._slots.leave(asked.client)
        self._backend.pool.withdraw(place)

    def feed(self, asked: Asked, conversation: Conversation) -> Whole | HttpError | None:
        """What came of a conversation that `begin` began; None where more is to come."""
        try:
            whole = conversation.feed()
            if whole is None:
                return None
        except Trouble as e:
            self._slots.leave(asked.client)
            return http_error(e)
        self._slots.leave(asked.client)
        return whole

    def overdue(self, conversation: Conversation) -> HttpError | None:
        """What speaks against waiting longer for the beginning of an answer; see `Conversation.look`."""
        try:
            conversation.look()
        except Trouble as e:
            return http_error(e)
        return None

    def abandon(self, asked: Asked, conversation: Conversation | None) -> None:
        """Nobody waits any longer for what the event loop began."""
        if conversation is not None:
            self._slots.leave(asked.client)
            conversation.leave()

    def reply(self, asked: Asked, said: Whole | HttpError) -> Reply:
        """The reply made of what `feed` gave."""
        if isinstance(said, HttpError):
            return self.refuse(asked, said)
        keep = self._is_worth_keeping(asked, said.seconds)
        if not keep and not asked.encoding:
            return self._reply(asked, said.format.content_type, said.body, said.rows)
        stored = Stored(said.format.content_type, bytes(said.body), said.rows)
        return self._stored(asked, self._pressed(asked, stored, keep=keep))

    def refuse(self, asked: Asked, error: HttpError) -> Reply:
        """The reply that tells an error."""
        if "line" in error.extra:
            error = explained(error, asked.request.query or "", self._backend.prefixes)
        asked.outcome.status = error.status
        reply = error_reply(error, head=asked.head)
        reply.headers.extend(h for h in asked.headers if h[0].startswith("RateLimit"))
        return self._finished(asked, reply)

    def _is_worth_keeping(self, asked: Asked, seconds: float) -> bool:
        """Whether to keep an answer that took so long; one that is quickly made is when it is made again."""
        return bool(asked.key) and (seconds >= _COSTLY or self._cache.asked_again(asked.tag))

    def _pressed(self, asked: Asked, stored: Stored, *, keep: bool) -> Stored:
        """Compressed as the client likes it, and kept for the next who asks the same."""
        body = compress(stored.body, asked.encoding)
        if body is not None:
            stored = Stored(stored.media_type, body, stored.rows, asked.encoding)
        if keep:
            self._cache.put(asked.tag, stored)
        return stored

    def _stored(self, asked: Asked, stored: Stored) -> Reply:
        return self._reply(asked, stored.media_type, stored.body, stored.rows, stored.encoding)

    def _reply(
        self, asked: Asked, media_type: str, body: bytes | memoryview, rows: int, encoding: str = ""
    ) -> Reply:
        outcome = asked.outcome
        outcome.rows, outcome.size, outcome.format = rows, len(body), media_type
        headers = asked.headers
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Type", media_type))
        headers.append(("Content-Length", str(len(body))))
        headers.append(("X-Query-Time", f"{time.perf_counter() - asked.began:.4f}"))
        return self._finished(asked, Reply(200, headers, b"" if asked.head else body))

    def _finished(self, asked: Asked, reply: Reply) -> Reply:
        asked.outcome.status = reply.status
        asked.outcome.seconds = time.perf_counter() - asked.began
        self._tell(asked.outcome)
        return reply

    def _allowed(self, asked: Asked) -> float:
        return min(asked.timeout or self._limits.timeout, self._limits.timeout)


def _others(clauses: list[Service]) -> list[Service]:
    """The clauses that are no text search, which is answered here."""
    return [clause for clause in clauses if clause.endpoint != textsearch.SEARCH]


def _repeatable(query: str) -> bool:
    """Whether asking again gives the same; errs on the side of asking."""
    if "\\" in query:
        return False
    lower = query.lower()
    return not any(word in lower for word in _MAYBE_VOLATILE) or _VOLATILE.search(query) is None


def _key(release: str, request: SparqlRequest, wanted: Wanted) -> str:
    parts = (
        release,
        request.query or "",
        *request.default_graphs,
        "\0",
        *request.named_graphs,
        wanted.results.name if wanted.results else "",
        wanted.graph.name if wanted.graph else "",
    )
    return digest(*parts)


def _matches(header: str | None, tag: str) -> bool:
    """Whether a client has the answer; with ``*`` it asks whether there is one, which is to be seen."""
    return header not in (None, "*") and parse_etags(header).contains_weak(tag.strip('"'))
