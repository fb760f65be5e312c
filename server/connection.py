"""A client's connection in the web worker's loop: what has come of a request, and who reads the rest."""

from __future__ import annotations

import math
import select
import socket
import time
from typing import Any

from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

from server.incoming import Requests

_GRACE = 20.0  # seconds that a request may take to come, however short it is
_HASTE = 2.0  # seconds that a request has where others want to connect
_SLOWEST = 8192  # bytes a second at which a longer one must come
WHOLE = 1 << 16  # bytes up to which a request is gathered before anybody reads it


class Connection(TConn):  # type: ignore[misc]
    """A connection; ``buffer`` has what the client sent and nobody has answered yet.

    While it is ``busy`` with a request, what comes is only kept; ``gone`` says that nothing more will.
    One that is ``ending`` takes no more requests; ``unread`` counts the bytes that still came.  ``deadline``
    is when it is closed, ``watched`` the events of which the loop is told.
    """

    def __init__(self, cfg: Config, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.initialized = self.data_ready = True
        self._keepalive = cfg.keepalive  # each look at the settings costs as much as reading a head
        self.buffer = b""
        self.busy = False
        self.watched = 0
        self.gone = False
        self.ending = False
        self.unread = 0
        self.await_request()

    @property
    def peer(self) -> str:
        """The address of who is connected; none for a Unix socket."""
        return self.client[0] if isinstance(self.client, tuple) else ""

    def receive(self) -> bytes | None:
        """What has come: empty where the client sends no more, None where nothing has come."""
        try:
            data: bytes = self.sock.recv(WHOLE)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        return data

    def await_request(self) -> None:
        """The next request may take its time to begin; ``spare`` of it where others want to connect."""
        self.busy = False
        self.spare = self._keepalive - _HASTE
        self.deadline = time.monotonic() + self._keepalive

    def await_rest(self) -> None:
        """A request that has begun may not take long to come whole."""
        self.spare = _GRACE - _HASTE
        self.deadline = min(self.deadline, time.monotonic() + _GRACE)

    def occupy(self) -> None:
        """A request is being answered, which has limits of its own."""
        self.busy = True
        self.spare = 0.0
        self.deadline = math.inf

    def hand_over(self) -> None:
        """Let gunicorn read the request, beginning with what has come of it."""
        self.parser: Requests | None = Requests(self.cfg, self.sock, self.client)
        self.parser.unreader = _Patient(self.sock)
        self.parser.unreader.unread(self.buffer)
        self.buffer = b""

    def take_back(self) -> None:
        """After `hand_over`: what gunicorn read of the next request is the loop's again."""
        if self.parser is not None:
            self.buffer = self.parser.unreader.take_buffered()
            self.parser = None
        self.sock.setblocking(False)


class _Patient(SocketUnreader):  # type: ignore[misc]
    """Reads a request for a thread, which is not to be kept by one that comes drop by drop."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._until = time.monotonic() + _GRACE

    def chunk(self, size_hint: int | None = None) -> bytes:
        """What has come next; `NoMoreData` where the client takes too long."""
        ready = select.poll()
        ready.register(self.sock, select.POLLIN)
        left = self._until - time.monotonic()
        if left <= 0 or not ready.poll(left * 1000):
            raise NoMoreData
        data: bytes = super().chunk(size_hint)
        self._until += len(data) / _SLOWEST
        return data
