"""The web worker: gunicorn's threads, with an event loop in front for queries that are quickly answered.

A thread a request costs more than an ASK does.  So the loop itself reads GET requests to the endpoint,
answers from the cache or asks a query worker that is free, and goes on with others until it has answered.
A request that came before byte for byte is not even read (`server.sparql.repeats`).
Everything else goes the usual way, into a thread: other addresses and methods, unusual headers, and queries
that are not answered in `_PATIENCE` seconds, whose conversation the thread carries on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import selectors
import socket
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import TConn, ThreadWorker

from kg.errors import DatelineError
from server.errors import HttpError
from server.refusing import refusal
from server.sparql.answering import Reply, StartResponse, error_reply
from server.sparql.endpoint import Asked, Endpoint
from server.sparql.request import Environ, is_query
from server.workers import Conversation

_PATIENCE = 0.02  # seconds that the loop waits for an answer before a thread does
_LARGEST = 1 << 16  # bytes of a request's head
LONGEST_LINE = 8190  # bytes of its first line; the most that gunicorn reads
_AHEAD = 1  # connections more than another worker has
_GIVE_WAY = 0.0005  # seconds
_STEP = (
    1.0  # seconds: how exactly the age of kept-alive connections is known, and life is told to the arbiter
)
CONNECTIONS = multiprocessing.RawArray("i", [-1] * 64)
"""How many connections each worker has, shared by all; -1 where there is no worker."""
_OURS = b"GET /sparql?"
_PLAIN = frozenset(
    b"host accept accept-encoding accept-language user-agent if-none-match x-forwarded-for x-forwarded-proto"
    b" x-forwarded-host x-real-ip forwarded referer cookie origin cache-control pragma sec-fetch-mode"
    b" sec-fetch-site sec-fetch-dest dnt priority".split()
)


@dataclass(slots=True)
class _Waiting:
    """A connection whose query was put to a worker."""

    conn: TConn
    environ: Environ
    length: int
    asked: Asked
    conversation: Conversation
    until: float


def read_head(data: bytes) -> tuple[int, Environ] | None:
    """The length of a simple GET request to the endpoint and its WSGI environment; None where it is not one.

    Only what needs no interpretation is simple: HTTP/1.1, headers from a list, each once, no body.  All
    else is left to gunicorn's parser.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = data[:end].split(b"\r\n")
    if len(lines[0]) > LONGEST_LINE:
        return None
    target, _, version = lines[0][4:].rpartition(b" ")
    if version != b"HTTP/1.1" or not target.isascii() or b" " in target or b"#" in target:
        return None
    environ: Environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/sparql"}
    environ["QUERY_STRING"] = target.partition(b"?")[2].decode("ascii")
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if name == b"connection" and value.strip().lower() == b"keep-alive":
            continue
        if not colon or name not in _PLAIN or not line.isascii() or b"\n" in line or b"\r" in line:
            return None
        key = "HTTP_" + name.decode("ascii").replace("-", "_").upper()
        if key in environ:
            return None
        environ[key] = value.strip().decode("ascii")
    return (end + 4, environ) if "HTTP_HOST" in environ else None


class GatewayWorker(ThreadWorker):  # type: ignore[misc]
    """A gunicorn worker; see the module."""

    def init_process(self) -> None:
        """Start; the base class runs until the worker ends."""
        self._place = self.age % len(CONNECTIONS)
        CONNECTIONS[self._place] = 0
        self.wsgi: Any = None
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._handed: dict[socket.socket, tuple[Asked, Conversation]] = {}
        self._endpoint: Endpoint | None = None
        self._date = (0, b"")
        self._report_at = self._notified = 0.0
        super().init_process()

    def load_wsgi(self) -> None:
        """Take over the application, and what it has for us."""
        try:
            super().load_wsgi()
        except DatelineError as e:
            self.log.error("%s", e)  # noqa: TRY400  the message says it all
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from e
        self._endpoint = self.wsgi.extensions["dateline.endpoint"]
        self._report = self.wsgi.extensions["dateline.reporter"].report
        application = self.wsgi
        self.tpool.submit(lambda: application.extensions["dateline"].pool)  # started before the first query

        class Application:
            """The application with the conversations that the loop began."""

            extensions = application.extensions
            handed = self._handed

            def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
                begun = self.handed.pop(environ["gunicorn.socket"], None)
                if begun is not None:
                    environ["dateline.conversation"] = begun
                out: Iterable[bytes] = application(environ, start_response)
                return out

        self.wsgi = Application()

    # --- connections -------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request in the loop."""
        CONNECTIONS[self._place] = self.nr_conns
        if self.nr_conns > min(n for n in CONNECTIONS if n >= 0) + _AHEAD:
            time.sleep(_GIVE_WAY)  # another worker has fewer: let it take this one
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        CONNECTIONS[self._place] = self.nr_conns
        client.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        ) if client.family != socket.AF_UNIX else None
        conn = TConn(self.cfg, client, address, listener.getsockname())
        self._readable(conn, self._peek(conn), fresh=True)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """A kept-alive connection has a request; it stays in the books where it is answered on the spot."""
        data = self._peek(conn)
        response = self._repeated(conn, data)
        sent = self._write(conn, len(data), response) if data and response else 0
        if response and sent == len(response):
            self._used(conn)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        if response:
            self._finish(conn, response, sent)
        else:
            self._readable(conn, data)

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """A new connection has its first request."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self._readable(conn, self._peek(conn))

    def _peek(self, conn: TConn) -> bytes | None:
        """The request, left on the socket: empty where the client has gone, None where nothing is to be read.

        A worker that ends, or speaks TLS, leaves all reading to threads.
        """
        if not self.alive or self.cfg.is_ssl:
            return None
        try:
            data: bytes = conn.sock.recv(_LARGEST, socket.MSG_PEEK)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        return data

    def _readable(self, conn: TConn, data: bytes | None, *, fresh: bool = False) -> None:
        """Answer here if that is quick; the connection is in none of the loop's books."""
        conn.data_ready = True
        if not self.alive or self.cfg.is_ssl:
            self.enqueue_req(conn)
        elif data is None and fresh:
            conn.timeout = time.monotonic() + self.cfg.keepalive
            self._keep(conn, self.pending_conns, self.on_pending_socket_readable)
        elif data is None:
            self._keepalive(conn)
        elif not data:
            self._drop(conn)
        elif response := self._repeated(conn, data):
            self._finish(conn, response, self._write(conn, len(data), response))
        elif not data.startswith(_OURS) or (found := read_head(data)) is None:
            self.enqueue_req(conn)
        else:
            self._query(conn, data, *found)

    def _repeated(self, conn: TConn, data: bytes | None) -> bytes | None:
        """The response to a request that came before."""
        if not data or self._endpoint is None:
            return None
        return self._endpoint.repeats.answer(data, _peer(conn), self._now())

    def _keep(self, conn: TConn, book: Any, callback: Any) -> None:
        book.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(callback, conn))

    def _keepalive(self, conn: TConn) -> None:
        conn.set_timeout()
        self._keep(conn, self.keepalived_conns, self.on_client_socket_readable)

    def _used(self, conn: TConn) -> None:
        """A kept-alive connection was used where it is; the oldest one stays the first."""
        until = time.monotonic() + self.cfg.keepalive
        if conn.timeout < until - _STEP:
            self.keepalived_conns.remove(conn)
            conn.timeout = until
            self.keepalived_conns.append(conn)

    def _drop(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """A thread is done with a connection."""
        begun = self._handed.pop(conn.sock, None)
        if (
            begun is not None and self._endpoint is not None
        ):  # the thread did not come as far as the application
            self._endpoint.abandon(*begun)
        if conn.parser is None and not fs.cancelled() and fs.exception() is None and fs.result() is True:
            conn.sock.setblocking(False)
            self._keepalive(conn)
            return
        super().finish_request(conn, fs)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:  # noqa: ARG002  gunicorn's signature
        """Tell a thread's client what is wrong with its request, in the form that all errors have.

        Nothing is logged of who sent what is no HTTP.
        """
        error = refusal(exc, self.cfg)
        if error is None:
            self.log.error("a request failed: %s", getattr(req, "uri", "unread"), exc_info=exc)
            error = HttpError(500, "the server failed at this request", remedy="tell who runs this server")
        reply = error_reply(error)
        reply.headers.append(("Connection", "close"))
        with contextlib.suppress(OSError):
            client.sendall(_response(reply, self._now()))

    # --- queries -----------------------------------------------------------------------------------

    def _query(self, conn: TConn, data: bytes, length: int, environ: Environ) -> None:
        environ["REMOTE_ADDR"] = _peer(conn)
        if not is_query(environ) or "service" in environ["QUERY_STRING"].lower():
            self.enqueue_req(conn)
            return
        endpoint = self._endpoint
        assert endpoint is not None  # noqa: S101  for the type checker
        asked = endpoint.look(environ, data[:length])
        if isinstance(asked, Reply):
            self._send(conn, length, asked)
            return
        try:
            conversation = endpoint.begin(asked, conn.sock)
        except HttpError as e:
            self._send(conn, length, endpoint.refuse(asked, e))
            return
        if conversation is None:
            self.enqueue_req(conn)
            return
        waiting = _Waiting(conn, environ, length, asked, conversation, time.monotonic() + _PATIENCE)
        self._waiting[conn.sock.fileno()] = waiting
        self.poller.register(conversation.sock, selectors.EVENT_READ, partial(self._answered, waiting))

    def _answered(self, waiting: _Waiting, sock: socket.socket) -> None:
        """The worker said something."""
        self.poller.unregister(sock)
        del self._waiting[waiting.conn.sock.fileno()]
        assert self._endpoint is not None  # noqa: S101
        reply = self._endpoint.feed(waiting.asked, waiting.conversation)
        if reply is None:
            self._hand_over(waiting)
        else:
            self._send(waiting.conn, waiting.length, reply)

    def _hand_over(self, waiting: _Waiting) -> None:
        """A thread reads the request again, which is still unread on the socket, and waits for its answer."""
        self._handed[waiting.conn.sock] = (waiting.asked, waiting.conversation)
        self.enqueue_req(waiting.conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """A worker that accepts no more is not counted."""
        super().set_accept_enabled(enabled)
        CONNECTIONS[self._place] = self.nr_conns if enabled else -1

    def notify(self) -> None:
        """Tell the arbiter that this worker lives: not at every turn of the loop."""
        now = time.monotonic()
        if now > self._notified + _STEP:
            self._notified = now
            super().notify()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One round of the loop; hands over what has waited long enough."""
        if self._waiting:
            first = next(iter(self._waiting.values()))
            timeout = min(timeout, max(0.0, first.until - time.monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        now = time.monotonic()
        if now > self._report_at:
            self._report_at = now + 1
            self._report()
        while self._waiting:
            fd, waiting = next(iter(self._waiting.items()))
            if waiting.until > now:
                break
            del self._waiting[fd]
            self.poller.unregister(waiting.conversation.sock)
            self._hand_over(waiting)

    def _send(self, conn: TConn, length: int, reply: Reply) -> None:
        """Take the request off the socket and send the reply; the connection is in none of the books."""
        response = _response(reply, self._now())
        self._finish(conn, response, self._write(conn, length, response))

    def _write(self, conn: TConn, length: int, response: bytes) -> int:
        """Take the request off the socket; the bytes of `response` that went out, -1 where nobody reads."""
        try:
            conn.sock.recv(length)
            sent: int = conn.sock.send(response)
        except BlockingIOError:
            return 0
        except OSError:
            return -1
        return sent

    def _finish(self, conn: TConn, response: bytes, sent: int) -> None:
        """Wait for the next request; where not all of the response went out, a thread sends the rest."""
        if sent == len(response):
            self._keepalive(conn)
        elif sent < 0:
            self._drop(conn)
        else:
            conn.sock.setblocking(True)
            job = self.tpool.submit(_send_rest, conn.sock, memoryview(response)[sent:])
            job.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _now(self) -> bytes:
        """The header that tells the time."""
        now = int(time.time())
        if self._date[0] != now:
            self._date = (now, b"Date: " + formatdate(now, usegmt=True).encode() + b"\r\n")
        return self._date[1]


def _peer(conn: TConn) -> str:
    """The address of who is connected; none for a Unix socket."""
    return conn.client[0] if isinstance(conn.client, tuple) else ""


def _response(reply: Reply, date: bytes) -> bytes:
    fields = "".join([f"{name}: {value}\r\n" for name, value in reply.headers]).encode("latin-1")
    return b"".join((f"HTTP/1.1 {reply.line}\r\n".encode(), date, fields, b"\r\n", reply.body))


def _send_rest(sock: socket.socket, data: memoryview) -> bool:
    """Whether the connection can be used again."""
    try:
        sock.sendall(data)
    except OSError:
        return False
    return True
