"""Large answers that threads pass on: so many at once that some threads are always left for pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable

from server.errors import HttpError
from server.sparql.answering import StartResponse, error_reply, http_error
from server.sparql.request import Environ
from server.workers import Busy

Application = Callable[[Environ, StartResponse], Iterable[bytes]]
_LARGE = 1 << 20  # bytes; what is less leaves the thread soon, for the kernel takes it
_AGAIN = 30  # seconds after which there may be room


class LargeAnswers:
    """Of `threads`, three quarters may pass on large answers, whose readers set the pace.

    An answer is large when it has more than a MiB, or when nobody knows how much it has.  A download, an
    export, a graph, the rows of a query: who asks for one more is told 503, at once.
    """

    def __init__(self, threads: int) -> None:
        self._most = max(1, threads * 3 // 4)
        self._lock = threading.Lock()
        self._taken: set[socket.socket] = set()

    @property
    def full(self) -> bool:
        """Whether there is no room for one more."""
        return len(self._taken) >= self._most

    def leave(self, client: socket.socket) -> None:
        """A thread is done with this connection, whatever its answer was."""
        with self._lock:
            self._taken.discard(client)

    def answer(
        self, application: Application, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The application's answer, or 503 where it is one large answer too many.

        The application is to call `start_response` before it returns, once.
        """
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            said.append((status, headers))

        out = application(environ, note)
        status, headers = said[-1]
        if self._is_large(environ, status, headers) and not self._enter(environ["gunicorn.socket"]):
            close = getattr(out, "close", None)
            if close is not None:
                close()
            return error_reply(self.refusal()).send(start_response)
        start_response(status, headers)
        return out

    @staticmethod
    def refusal() -> HttpError:
        """What one is told for whom there is no room."""
        return http_error(Busy("too many large answers are being read", _AGAIN))

    def _enter(self, client: socket.socket) -> bool:
        with self._lock:
            if self.full:
                return False
            self._taken.add(client)
            return True

    @staticmethod
    def _is_large(environ: Environ, status: str, headers: list[tuple[str, str]]) -> bool:
        if environ["REQUEST_METHOD"] == "HEAD" or not status.startswith(("200", "206")):
            return False
        length = next((value for name, value in headers if name.lower() == "content-length"), None)
        return length is None or int(length) > _LARGE
