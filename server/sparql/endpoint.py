"""The SPARQL endpoint: SPARQL 1.1 Protocol for queries, over killable workers.

It stands in front of Flask, which answers what is not a query (the editor, the description).  It is a WSGI
application; the web worker's event loop takes the same steps one by one for what is quickly answered:
`Endpoint.look` says whether there is an answer already, `Endpoint.reply` makes one of a worker's.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from kg.errors import StoreError
from kg.rdf.formats import Format
from server.errors import HttpError
from server.limiter import Limiter, Slots
from server.sparql.answering import (
    Outcome,
    Reply,
    StartResponse,
    Stream,
    compress,
    error_reply,
    gather,
    http_error,
)
from server.sparql.asked import Asked, Caller, has_already, understand
from server.sparql.cache import ResultCache, Stored
from server.sparql.questions import Served, question
from server.sparql.repeats import Repeats
from server.sparql.request import Environ, SparqlRequest, client_address, read_request
from server.sparql.syntax import explained
from server.workers import Answer, Conversation, Place, Pool, Trouble, Whole

_COSTLY = 0.02  # seconds that an answer took which is kept when it is asked for first
_SHORT = 4096  # characters of a query that may wait at a worker that is busy


class Backend(Served, Protocol):
    """What the endpoint asks of the site it stands in."""

    @property
    def release(self) -> str:
        """The release being served: part of every ETag."""
        ...

    @property
    def pool(self) -> Pool:
        """The workers over its store."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What the endpoint allows, told in its description."""

    timeout: float
    service_allow: tuple[str, ...]


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
            found = self._look(environ, request, Caller(client, headers, began))
        except HttpError as e:
            self._tell(Outcome("query", e.status, time.perf_counter() - began, query=query))
            reply = error_reply(e, head=head)
            reply.headers.extend(h for h in headers if h[0] not in e.headers)
            return reply
        if raw and isinstance(found, Reply):
            self.repeats.remember(raw, environ["REMOTE_ADDR"], client=client, query=query, reply=found)
        return found

    def _look(self, environ: Environ, request: SparqlRequest, caller: Caller) -> Reply | Asked:
        found = understand(environ, request, self._backend.release, caller)
        if not found.key:
            return found
        known = environ.get("HTTP_IF_NONE_MATCH")
        if has_already(known, found.tag) or (known == "*" and self._cache.was_asked(found.tag)):
            found.outcome.cached = True
            return self._finished(found, Reply(304, found.headers, b""))
        stored = self._cache.get(found.tag)
        if stored is None:
            return found
        found.outcome.cached = True
        return self._stored(found, stored)

    def _question(self, asked: Asked) -> dict[str, Any]:
        return question(asked, self._backend, self._limits.service_allow)

    def line_up(self, asked: Asked, ready: Callable[[Place], None]) -> Place:
        """A place in the queue for a worker, for the event loop; see `Pool.line_up`.

        `HttpError` where the client has too many queries running, or too many wait.
        """
        self._slots.enter(asked.client)
        try:
            return self._backend.pool.line_up(ready, behind=_is_short(asked.request))
        except StoreError as e:
            self._slots.leave(asked.client)
            raise http_error(e) from e

    def begin(self, asked: Asked, place: Place, client: socket.socket) -> Conversation:
        """Put the question to the worker that the place has got; `HttpError` where there is none."""
        try:
            question = self._question(asked)
        except HttpError:
            self.give_up(asked, place)
            raise
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


def _is_short(request: SparqlRequest) -> bool:
    """Whether a query may wait at a worker: all of its question is one frame."""
    return len(request.query or "") < _SHORT and not request.default_graphs and not request.named_graphs
