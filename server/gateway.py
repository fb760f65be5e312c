"""The web worker: gunicorn's threads, with an event loop in front for queries that are quickly answered.

A thread a request costs more than an ASK does.  So the loop itself reads requests: simple ones to the
endpoint it answers from the cache, or puts to a query worker and goes on with others until that has
answered.  Where no query worker is free they stand in one queue with those that threads have, some already
behind another at a worker, which then goes on without being told.  A request that came before byte for byte
is not even read (`server.sparql.repeats`).  Everything else goes the usual way, into a thread, once its head
has come, and its body where that is short: other addresses and methods, unusual headers, and large answers,
whose conversation the thread carries on.
"""

from __future__ import annotations

import io
import math
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.arbiter import Arbiter

from kg.errors import DatelineError
from server.connection import WHOLE, Connection
from server.errors import HttpError
from server.heads import body_length, printable, read_head
from server.large import LargeAnswers
from server.listening import ListeningWorker
from server.poller import READ
from server.sparql.answering import Reply, StartResponse, http_error
from server.sparql.asked import Asked
from server.sparql.endpoint import Endpoint
from server.sparql.request import Environ, is_query
from server.workers import Busy, Conversation, Ended, Place
from server.workers.conversation import LOOK

_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True, eq=False)
class _Waiting:
    """A connection whose query waits for its turn at a worker, or for what that says; `until` when."""

    conn: Connection
    length: int
    asked: Asked
    place: Place
    until: float
    conversation: Conversation | None = None  # the last that was begun


class GatewayWorker(ListeningWorker):
    """A gunicorn worker; see the module."""

    def init_process(self) -> None:
        """Start; the base class runs until the worker ends."""
        self.wsgi: Any = None
        self._queued: OrderedDict[Place, _Waiting] = OrderedDict()  # it is not their turn
        self._served: deque[Place] = deque()  # got a worker
        self._waiting: OrderedDict[Connection, _Waiting] = OrderedDict()
        self._slow: dict[Connection, _Waiting] = {}  # wait for longer
        self._look_at = 0.0
        self._next = 0.0  # nobody has waited long enough before
        self._handed: dict[socket.socket, tuple[Asked, Conversation | None]] = {}
        self._thread = threading.get_ident()
        super().init_process()

    def load_wsgi(self) -> None:
        """Take over the application, and what it has for us."""
        try:
            super().load_wsgi()
        except DatelineError as e:
            self.log.error("%s", e)  # noqa: TRY400  the message says it all
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from e
        self.wsgi.extensions["dateline"].web_workers = max(1, int(self.cfg.workers))
        self._endpoint: Endpoint = self.wsgi.extensions["dateline.endpoint"]
        self._report = self.wsgi.extensions["dateline.reporter"].report
        self._large = LargeAnswers(int(self.cfg.threads), self.wsgi.extensions["dateline.large"])
        application = self.wsgi
        self.tpool.submit(lambda: application.extensions["dateline"].pool)  # started before the first query

        class Application:
            """The application with what the loop began."""

            extensions = application.extensions
            handed = self._handed
            large = self._large

            def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
                begun = self.handed.pop(environ["gunicorn.socket"], None)
                if begun is not None:
                    environ["dateline.begun"] = begun
                return self.large.answer(application, environ, start_response)

        self.wsgi = Application()

    # --- requests ----------------------------------------------------------------------------------

    def take_up(self, conn: Connection) -> None:
        """Take up the next request, where it is there."""
        data = conn.buffer
        if (response := self._endpoint.repeats.answer(data, conn.peer, self.date())) is not None:
            conn.buffer = b""
            self.write(conn, *response)
            return
        end = data.find(_HEAD_END) + len(_HEAD_END)
        if end < len(_HEAD_END):
            self._wait_or_read(conn, len(data) + 1)
            return
        if (plain := printable(data)) is not data:
            conn.buffer, end = plain, end + len(plain) - len(data)
            data = plain
        head = data[:end]
        environ = read_head(head)
        length = end + body_length(head, environ)
        if len(data) < length or environ is None or not self.alive:
            self._wait_or_read(conn, length)
            return
        environ["REMOTE_ADDR"] = conn.peer
        environ["wsgi.input"] = io.BytesIO(data[end:length])
        self._query(conn, environ, length)

    def _wait_or_read(self, conn: Connection, length: int) -> None:
        """Wait for a request of `length` bytes; a thread reads it where they are there, or too many."""
        if len(conn.buffer) < length <= WHOLE:
            conn.await_rest()
        else:
            self.read_in_thread(conn)

    def hung_up(self, conn: Connection) -> None:
        """A query that takes its time is ended; what is quick is answered all the same."""
        if conn in self._slow:
            self._look(self._slow[conn])

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """A thread is done with a connection."""
        self._large.leave(conn.sock)
        begun = self._handed.pop(conn.sock, None)
        if begun is not None:  # it did not come as far as the application
            self._endpoint.abandon(*begun)
        super().finish_request(conn, fs)

    # --- queries -----------------------------------------------------------------------------------

    def _query(self, conn: Connection, environ: Environ, length: int) -> None:
        if not is_query(environ):
            self.read_in_thread(conn)
            return
        conn.occupy()
        found = self._endpoint.look(environ, conn.buffer[:length])
        if isinstance(found, Reply):
            self.send(conn, length, found)
            return
        if found.calls_service:  # what comes of that is not known at once
            self._handed[conn.sock] = (found, None)
            self.read_in_thread(conn)
            return
        try:
            place = self._endpoint.line_up(found, self._freed)
        except HttpError as e:
            self.send(conn, length, self._endpoint.refuse(found, e))
            return
        self._queued[place] = _Waiting(conn, length, found, place, place.until)
        self._next = min(self._next, place.until)
        if place.worker is not None:
            self._served.append(place)
            self._serve()

    def _freed(self, place: Place) -> None:
        """A place has got its worker; told by any thread."""
        self._served.append(place)
        if threading.get_ident() != self._thread:
            self.method_queue.defer(self._serve)

    def _serve(self) -> None:
        """Put the queries that have got a worker, in the order in which that will answer them."""
        while self._served:
            worker = self._served.popleft().worker
            for place in list(worker.places) if worker is not None else ():
                waiting = self._queued.get(place)
                if waiting is not None and not place.put:
                    self._begin(waiting)

    def _begin(self, waiting: _Waiting) -> None:
        place = waiting.place
        if waiting.conn.gone:
            del self._queued[place]
            self._endpoint.give_up(waiting.asked, place)
            self._refuse(waiting, http_error(Ended.by_client()))
            return
        try:
            waiting.conversation = self._endpoint.begin(waiting.asked, place, waiting.conn.sock)
        except HttpError as e:
            del self._queued[place]
            self._refuse(waiting, e)
            return
        if place.worker is not None and place.worker.places[0] is place:
            self._start(waiting, waiting.conversation)

    def _start(self, waiting: _Waiting, conversation: Conversation) -> None:
        """The worker is at this query now."""
        del self._queued[waiting.place]
        conversation.start()
        waiting.until = time.monotonic() + conversation.patience
        self._next = min(self._next, waiting.until)
        self._waiting[waiting.conn] = waiting
        self.poller.register(conversation.sock, READ, partial(self._answered, waiting, conversation))

    def _answered(self, waiting: _Waiting, conversation: Conversation, sock: socket.socket) -> None:
        """The worker said something."""
        if self._waiting.pop(waiting.conn, None) is None and self._slow.pop(waiting.conn, None) is None:
            return  # it was ended in this very round
        self.poller.unregister(sock)
        worker = waiting.place.worker
        said = self._endpoint.feed(waiting.asked, conversation)
        if worker is not None and worker.places:
            self._follow(worker.places[0])
        self._serve()  # the worker goes on before its answer does
        if said is None:
            self._begun(waiting, conversation)
        else:
            self.send(waiting.conn, waiting.length, self._endpoint.reply(waiting.asked, said))

    def _follow(self, place: Place) -> None:
        """A worker has come to the next query."""
        waiting = self._queued.get(place)
        if waiting is not None and waiting.conversation is not None and place.put:
            self._start(waiting, waiting.conversation)

    def _begun(self, waiting: _Waiting, conversation: Conversation) -> None:
        """A large answer comes, which a thread passes on; nobody would look after it until one is free."""
        if self.threads_left > 0 and not self._large.full:
            self._handed[waiting.conn.sock] = (waiting.asked, conversation)
            self.read_in_thread(waiting.conn)
            return
        self._endpoint.abandon(waiting.asked, conversation)
        self._refuse(waiting, self._large.refusal())

    def _refuse(self, waiting: _Waiting, error: HttpError) -> None:
        self.send(waiting.conn, waiting.length, self._endpoint.refuse(waiting.asked, error))

    # --- what takes its time -----------------------------------------------------------------------

    def due(self) -> float:
        """When the first one that waits may have waited long enough."""
        return self._next

    def turn(self, now: float) -> None:
        """Look after all that wait, where it is time."""
        if now >= self._next:
            if now >= self._look_at:
                self._look_at = now + LOOK
                for waiting in list(self._slow.values()):
                    self._look(waiting)
            self._expire(self._waiting, now, self._late)
            self._expire(self._queued, now, self._turned_away)
            waits = [next(iter(book.values())).until for book in (self._waiting, self._queued) if book]
            self._next = min([*waits, self._look_at if self._slow else math.inf])
        if self._served:
            self._serve()

    def tell(self) -> None:
        """Bring the metrics up to date."""
        self._report()

    def _expire(self, book: OrderedDict[Any, _Waiting], now: float, then: Callable[[_Waiting], None]) -> None:
        while book:
            key, waiting = next(iter(book.items()))
            if waiting.until > now:
                return
            del book[key]
            then(waiting)

    def _late(self, waiting: _Waiting) -> None:
        """The answer takes its time."""
        self._slow[waiting.conn] = waiting
        self._look(waiting)

    def _look(self, waiting: _Waiting) -> None:
        """Whether it is to be waited for any longer."""
        conn, conversation, worker = waiting.conn, waiting.conversation, waiting.place.worker
        assert conversation is not None  # noqa: S101  it was begun
        assert worker is not None  # noqa: S101
        error = http_error(Ended.by_client()) if conn.gone else self._endpoint.overdue(conversation)
        if error is None and waiting.place.worker is worker:
            return
        del self._slow[conn]
        self.poller.unregister(conversation.sock)
        if error is not None:
            self._endpoint.abandon(waiting.asked, conversation)
            self._refuse(waiting, error)
            return
        # Its worker had not come to it and is at another query: it waits for a worker again.
        waiting.conversation, waiting.until = None, waiting.place.until
        self._queued[waiting.place] = waiting
        self._follow(worker.places[0])

    def _turned_away(self, waiting: _Waiting) -> None:
        """No worker got free in time, unless it is about to answer."""
        if waiting.place.worker is not None:
            waiting.until = time.monotonic() + LOOK
            self._queued[waiting.place] = waiting
            return
        self._endpoint.give_up(waiting.asked, waiting.place)
        self._refuse(waiting, http_error(Busy.waited()))
