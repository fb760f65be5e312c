"""Large answers that threads pass on: so many at once that some threads are always left for pages."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.errors import HttpError
from server.limiter import Slots
from server.sparql.answering import StartResponse, error_reply, http_error
from server.sparql.request import Environ, client_address
from server.workers import Busy

Application = Callable[[Environ, StartResponse], Iterable[bytes]]
_LARGE = 1 << 20  # bytes; what is less leaves the thread soon, for the kernel takes it
_AGAIN = 30  # seconds after which there may be room
_SLOWEST = 8192  # bytes a second that a reader takes who is not ended for another
_JUDGED = 60.0  # seconds over which that is measured, at the least
_TAKEN = struct.Struct("=120xQ")  # bytes that the other side has, in what Linux tells of a connection


@dataclass(slots=True)
class _Reader:
    """How much of an answer was read when it was last looked at."""

    since: float
    taken: int
    client: str


class LargeAnswers:
    """Of `threads`, three quarters may pass on large answers, whose readers set the pace.

    An answer is large when it has more than a MiB, or when nobody knows how much it has.  A download, an
    export, a graph, the rows of a query: who asks for one more is told 503, at once, unless a reader lets
    the server wait and takes less than 8 KiB a second: the slowest of these is ended for it.  One client
    has at most as many as `slots` says, and is told 429.
    """

    def __init__(self, threads: int, slots: Slots) -> None:
        self._most = max(1, threads * 3 // 4)
        self._slots = slots
        self._lock = threading.Lock()
        self._readers: dict[socket.socket, _Reader] = {}

    @property
    def full(self) -> bool:
        """Whether there is no room for one more, though the slowest reader may have been ended for it."""
        with self._lock:
            return self._full()

    def _full(self) -> bool:
        return len(self._readers) >= self._most and not self._end_slowest()

    def _end_slowest(self) -> bool:
        """Break off the answer that is read most slowly, if one is read too slowly; the lock is held."""
        now = time.monotonic()
        rates: list[tuple[float, socket.socket]] = []
        for client, reader in self._readers.items():
            if now - reader.since >= _JUDGED:
                taken = _taken(client)
                if _waits(client):
                    rates.append(((taken - reader.taken) / (now - reader.since), client))
                reader.since, reader.taken = now, taken
        slow = [found for found in rates if found[0] < _SLOWEST]
        if not slow:
            return False
        _, client = min(slow, key=lambda found: found[0])
        self._forget(client)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)  # its thread, which writes to it, finds that it has gone
        return True

    def leave(self, client: socket.socket) -> None:
        """A thread is done with this connection, whatever its answer was."""
        with self._lock:
            self._forget(client)

    def _forget(self, client: socket.socket) -> None:
        reader = self._readers.pop(client, None)
        if reader is not None:
            self._slots.leave(reader.client)

    def answer(
        self, application: Application, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The application's answer, or 503 or 429 where it is one large answer too many.

        The application is to call `start_response` before it returns, once.
        """
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            said.append((status, headers))

        out = application(environ, note)
        status, headers = said[-1]
        if self._is_large(environ, status, headers):
            try:
                self._enter(environ["gunicorn.socket"], client_address(environ))
            except HttpError as e:
                close = getattr(out, "close", None)
                if close is not None:
                    close()
                return error_reply(e).send(start_response)
        start_response(status, headers)
        return out

    @staticmethod
    def refusal() -> HttpError:
        """What one is told for whom there is no room."""
        return http_error(Busy("too many large answers are being read", _AGAIN))

    def _enter(self, sock: socket.socket, client: str) -> None:
        with self._lock:
            if self._full():
                raise self.refusal()
            self._slots.enter(client)
            self._readers[sock] = _Reader(time.monotonic(), _taken(sock), client)

    @staticmethod
    def _is_large(environ: Environ, status: str, headers: list[tuple[str, str]]) -> bool:
        if environ["REQUEST_METHOD"] == "HEAD" or not status.startswith(("200", "206")):
            return False
        length = next((value for name, value in headers if name.lower() == "content-length"), None)
        return length is None or int(length) > _LARGE


def _taken(client: socket.socket) -> int:
    """Bytes that the other side of a connection has received; 0 where nobody knows."""
    try:
        return int(_TAKEN.unpack(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TAKEN.size))[0])
    except (OSError, struct.error):
        return 0


def _waits(client: socket.socket) -> bool:
    """Whether something is on its way to the other side: it is the reader who makes us wait."""
    try:
        return bool(struct.unpack("i", fcntl.ioctl(client, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return False
