"""The part of the web worker that keeps connections: takes them, reads and writes without waiting, ends them.

A request is gathered here until all of it has come, or so much that a thread may as well read on; slow
clients, and those that do not close, cost a little memory and never a thread.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import multiprocessing
import socket
import time
from collections import deque
from email.utils import formatdate
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from server.connection import WHOLE, Connection
from server.errors import HttpError
from server.poller import READ, WRITE, Poller
from server.refusing import refusal
from server.sparql.answering import Reply, error_reply

_AHEAD = 1  # connections more than another worker has
_GIVE_WAY = 0.0005  # seconds
_STEP = 1.0  # seconds between two looks at what is due: connections to close, metrics, a sign of life
_LINGER = 2.0  # seconds that a connection stays at its end: its last answer is read, a last request comes
_MOST_UNREAD = 32 << 20  # bytes of a refused body that are let in meanwhile, for its client to read why
_SLOW = 60.0  # seconds in which a reader must take some of its answer
_CROWDED = 7 / 8  # of all connections that there may be: those that wait are closed sooner
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_SPARE = 16  # descriptors that other things need
CONNECTIONS = multiprocessing.RawArray("i", [-1] * 64)
"""How many connections each worker has, shared by all; -1 where there is no worker."""
_TOO_SLOW = HttpError(408, "the request took too long to come", remedy="send it at once")


class ListeningWorker(ThreadWorker):  # type: ignore[misc]
    """A gunicorn worker that keeps its connections in an event loop.

    What requests are is the business of a subclass: `take_up` is called where something has come, and the
    other methods without a body when their time has come.
    """

    poller: Any  # gunicorn's until the worker runs

    def init_process(self) -> None:
        """Start; the base class runs until the worker ends."""
        self._number = self.age % len(CONNECTIONS)
        CONNECTIONS[self._number] = 0
        self._open: set[Connection] = set()
        self._more: deque[Connection] = deque()  # have sent another request already
        self._threads = 0  # have something to do
        self._date = (0, b"")
        self._due = 0.0
        self.log.error_log.addFilter(_tells_of_us)
        super().init_process()

    def run(self) -> None:
        """Serve until told to end."""
        self.poller.close()
        self.poller = Poller()
        super().run()

    def take_up(self, conn: Connection) -> None:
        """Something has come on a connection that is not busy."""
        raise NotImplementedError

    def hung_up(self, conn: Connection) -> None:
        """The client of a busy connection sends no more."""

    def due(self) -> float:
        """When `turn` is to be called next, by the monotonic clock."""
        raise NotImplementedError

    def turn(self, now: float) -> None:
        """A round of the loop is over."""

    def tell(self) -> None:
        """A second is over."""

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request in the loop."""
        if len(self._open) > min((n for n in CONNECTIONS if n >= 0), default=0) + _AHEAD:
            time.sleep(_GIVE_WAY)  # another worker has fewer: let it take this one
        try:
            client, address = listener.accept()
        except OSError as e:
            if e.errno not in _NO_ROOM:
                return  # another worker took it, or the client has gone
            self.worker_connections = max(1, len(self._open) - _SPARE)
            self.log.warning("from now on at most %d connections: %s", self.worker_connections, e)
            return
        if client.family != socket.AF_UNIX:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A thread that writes to who reads nothing is not kept for ever.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(_SLOW * 1000))
        conn = Connection(self.cfg, client, address, listener.getsockname())
        self._open.add(conn)
        self._count()
        self._watch(conn)
        self._readable(conn, client)

    def _count(self) -> None:
        self.nr_conns = len(self._open)
        CONNECTIONS[self._number] = self.nr_conns if self._accepting else -1

    def set_accept_enabled(self, enabled: bool) -> None:
        """A worker that accepts no more is not counted."""
        super().set_accept_enabled(enabled)
        self._count()

    def _watch(self, conn: Connection) -> None:
        if not conn.watched:
            conn.watched = READ
            self.poller.register(conn.sock, READ, partial(self._readable, conn))

    def _unwatch(self, conn: Connection) -> None:
        if conn.watched:
            conn.watched = 0
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._unwatch(conn)
        self._open.discard(conn)
        self._count()
        conn.close()

    def _end(self, conn: Connection) -> None:
        """No more requests are taken; what was sent is not cut off by what was not read (RFC 9112, 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.ending, conn.buffer, conn.spare = True, b"", 0.0
        conn.deadline = time.monotonic() + _LINGER
        self._watch(conn)

    def _readable(self, conn: Connection, _: socket.socket) -> None:
        """Something has come, or the client sends no more."""
        if conn.watched != READ:
            return  # since this very round of the loop, which may know it still
        data = conn.receive()
        if data is None:
            return
        if data and not conn.ending:
            conn.buffer += data
            if not conn.busy:
                self.take_up(conn)
            elif len(conn.buffer) > WHOLE:  # enough for now
                self._unwatch(conn)
        elif data:  # nobody will read it
            conn.unread += len(data)
            if conn.unread > _MOST_UNREAD:
                self._drop(conn)
        elif conn.busy:  # it may still want the answer
            conn.gone = True
            self._unwatch(conn)
            self.hung_up(conn)
        else:
            self._drop(conn)

    def read_in_thread(self, conn: Connection) -> None:
        """Let a thread read the request, which is still in the buffer, and answer it."""
        self._unwatch(conn)
        conn.occupy()
        conn.hand_over()
        self._threads += 1
        self.enqueue_req(conn)

    @property
    def threads_left(self) -> int:
        """Threads that have nothing to do."""
        return int(self.cfg.threads) - self._threads

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """A thread is done with a connection."""
        self._threads -= 1
        if fs.cancelled() or fs.exception() is not None or conn.sock.fileno() < 0:
            self._drop(conn)
            return
        conn.take_back()
        if fs.result():
            self._resume(conn)
        else:
            self._end(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:  # noqa: ARG002  gunicorn's signature
        """Tell a thread's client what is wrong with its request, in the form that all errors have.

        Nothing is logged of who sent what is no HTTP.
        """
        error = refusal(exc, self.cfg)
        if error is None:
            self.log.error("a request failed: %s", getattr(req, "uri", "unread"), exc_info=exc)
            error = HttpError(500, "the server failed at this request", remedy="tell who runs this server")
        with contextlib.suppress(OSError):
            client.sendall(self._last(error))

    def _last(self, error: HttpError) -> bytes:
        """A response after which the connection ends."""
        reply = error_reply(error)
        reply.headers.append(("Connection", "close"))
        return b"".join(response(reply, self.date()))

    def send(self, conn: Connection, length: int, reply: Reply) -> None:
        """Send the reply to the request that is the first `length` bytes of what has come."""
        conn.buffer = conn.buffer[length:]
        self.write(conn, *response(reply, self.date()))

    def write(self, conn: Connection, *parts: bytes | memoryview) -> None:
        """Send a response, or the rest of it, in any number of parts."""
        try:
            sent = conn.sock.sendmsg(parts)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(conn)
            return
        if sent == sum(map(len, parts)):
            self._resume(conn)
            return
        conn.occupy()
        conn.deadline = time.monotonic() + _SLOW
        self._unwatch(conn)
        conn.watched = WRITE
        rest = memoryview(b"".join(parts))[sent:]
        self.poller.register(conn.sock, WRITE, partial(self._writable, conn, rest))

    def _writable(self, conn: Connection, rest: memoryview, _: socket.socket) -> None:
        """There is room for more of a response."""
        if conn.watched == WRITE:
            self._unwatch(conn)
            self.write(conn, rest)

    def _resume(self, conn: Connection) -> None:
        """A request is answered; the next one may be there."""
        if conn.gone:
            self._drop(conn)
            return
        conn.await_request()
        if not self.alive:
            conn.deadline = min(conn.deadline, time.monotonic() + _LINGER)
        self._watch(conn)
        if conn.buffer:
            self._more.append(conn)

    # --- the loop ----------------------------------------------------------------------------------

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Rounds of the loop, until it is time for gunicorn to look after the worker."""
        now = time.monotonic()
        until = now + timeout
        while now <= until:
            now = self._round(now, until)
            if not self.alive or (self.nr_conns < self.worker_connections) != self._accepting:
                return

    def _round(self, now: float, until: float) -> float:
        """Wait for what comes, at most until a time, and take it up; the time after that."""
        timeout = 0.0 if self._more else max(0.0, min(until, self._due, self.due()) - now)
        for told, file in self.poller.select(timeout):
            told(file)
        for _ in range(len(self._more)):
            conn = self._more.popleft()
            if conn in self._open and not conn.busy:
                self.take_up(conn)
        now = time.monotonic()
        self.turn(now)
        if now > self._due:
            self._due = now + (_STEP if self.alive else _STEP / 10)
            super().notify()
            self.tell()
            self._sweep(now, crowded=self.nr_conns > _CROWDED * self.worker_connections)
        return now

    def notify(self) -> None:
        """Told to the arbiter by the loop, not at each of its rounds."""

    def _sweep(self, now: float, *, crowded: bool) -> None:
        """Close connections whose time has come."""
        for conn in list(self._open):
            if conn.deadline - (conn.spare if crowded else 0) >= now:
                continue
            if conn.buffer and not conn.busy:
                with contextlib.suppress(OSError):
                    conn.sock.send(self._last(_TOO_SLOW))
                self._end(conn)
            else:
                self._drop(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """At the end, close the connections that are left; before, `_sweep` does."""
        if force:
            for conn in list(self._open):
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self._open:
            if not conn.busy:
                conn.deadline = min(conn.deadline, deadline)

    def date(self) -> bytes:
        """The header that tells the time."""
        now = int(time.time())
        if self._date[0] != now:
            self._date = (now, b"Date: " + formatdate(now, usegmt=True).encode() + b"\r\n")
        return self._date[1]


def _tells_of_us(record: logging.LogRecord) -> bool:
    """Whether a record is worth logging: that a client stopped reading is no fault of the server."""
    return not (record.exc_info and isinstance(record.exc_info[1], TimeoutError))


def response(reply: Reply, date: bytes) -> tuple[bytes, bytes | memoryview]:
    """Head and body of a reply as they go out; `date` is the header of that name."""
    fields = "".join([f"{name}: {value}\r\n" for name, value in reply.headers]).encode("latin-1")
    return b"".join((f"HTTP/1.1 {reply.line}\r\n".encode(), date, fields, b"\r\n")), reply.body
