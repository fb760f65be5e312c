"""The process that asks endpoints for the engine: ``python -m server.outward.forwarder FD``.

Over the socket FD it is told what it may ask (`Terms`, as JSON), and tells where it listens.  It ends when
the socket closes.  A POST to ``/SECRET/N/ADDRESSES`` is put to the N-th endpoint, at the first of its
addresses (separated by commas) that takes a connection; what it answers comes back, in pieces as it comes.
Whatever else becomes of it is a 502 whose body says what.
"""

from __future__ import annotations

import contextlib
import hmac
import http.server
import json
import secrets
import select
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from kg.errors import DatelineError
from server.outward.asking import Asking, Question, Unanswered

_LOOK = 0.2  # seconds between two looks at who has waited too long, or has gone
_AT_ONCE = 64  # requests
_PIECE = 1 << 16  # bytes
_LARGEST_QUESTION = 16 << 20  # bytes
LARGEST_ANSWER = 256 << 20
"""Bytes of an endpoint's answer."""
_SAID = 500  # characters of what an endpoint says of an error
_PASSED_ON = ("Accept", "Content-Type")


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be asked: the `endpoints`, each for `timeout` seconds at most; `user_agent` says who asks."""

    endpoints: tuple[str, ...]
    timeout: float
    user_agent: str

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the endpoints: redirects stay among them."""
        return frozenset(parse_url(endpoint).host or "" for endpoint in self.endpoints)


class Forwarder(http.server.ThreadingHTTPServer):
    """Listens on this machine alone, for who knows the secret."""

    daemon_threads = True
    request_queue_size = _AT_ONCE

    def __init__(self, terms: Terms, control: socket.socket | None = None) -> None:
        self.terms = terms
        self.secret = secrets.token_urlsafe(16)
        self.places = threading.BoundedSemaphore(_AT_ONCE)
        self.asked: dict[Asking, socket.socket] = {}  # with who waits for it
        self._control = control
        super().__init__(("127.0.0.1", 0), _Handler)

    def service_actions(self) -> None:
        """End what takes too long, what nobody waits for, and ourselves when the web worker has gone."""
        now = time.monotonic()
        for asking, client in list(self.asked.items()):
            if now > asking.until or _has_gone(client):
                asking.shut()
        if self._control is not None and _has_gone(self._control):
            raise SystemExit

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was ended while it read is no fault."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Forwarder
    protocol_version = "HTTP/1.1"
    timeout = 10.0  # for the request, which comes from this machine

    def do_POST(self) -> None:
        """Put a question to an endpoint."""
        self.close_connection = True
        endpoint, addresses = self._endpoint()
        length = self.headers.get("Content-Length", "")
        if endpoint is None or not addresses or not length.isdigit() or int(length) > _LARGEST_QUESTION:
            self._refuse("nothing to ask is here")
            return
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        headers["User-Agent"] = self.server.terms.user_agent
        question = Question(headers, self.rfile.read(int(length)))
        if not self.server.places.acquire(blocking=False):
            self._refuse(f"{_AT_ONCE} requests are on their way already")
            return
        terms = self.server.terms
        asking = Asking(terms.hosts, time.monotonic() + terms.timeout)
        self.server.asked[asking] = self.connection
        try:
            self._forward(asking, endpoint, addresses, question)
        finally:
            del self.server.asked[asking]
            asking.close()
            self.server.places.release()

    def _endpoint(self) -> tuple[str | None, list[str]]:
        """The endpoint that the path stands for, where it has the secret, and its addresses."""
        secret, _, rest = self.path[1:].partition("/")
        number, _, addresses = rest.partition("/")
        if not hmac.compare_digest(secret.encode(), self.server.secret.encode()) or not number.isdigit():
            return None, []
        endpoints = self.server.terms.endpoints
        endpoint = endpoints[int(number)] if int(number) < len(endpoints) else None
        return endpoint, [address for address in addresses.split(",") if address]

    def _forward(self, asking: Asking, endpoint: str, addresses: list[str], question: Question) -> None:
        try:
            response = asking.ask(endpoint, addresses, question)
            if response.status != HTTPStatus.OK:
                said = response.read1(4 * _SAID).decode("utf-8", "replace")[:_SAID].strip()
                raise Unanswered(f"it answered {response.status} {response.reason}{said and ': '}{said}")
        except (DatelineError, OSError, HTTPError, HTTPException) as e:
            late = time.monotonic() > asking.until
            said = e.message if isinstance(e, DatelineError) else str(e)
            self._refuse(f"no answer in {self.server.terms.timeout:g} s" if late else said)
            return
        # What breaks off from here on has no last chunk, which the engine takes for an error.
        with contextlib.suppress(OSError, HTTPError, HTTPException):
            self._pass_on(asking, response)

    def _pass_on(self, asking: Asking, response: BaseHTTPResponse) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", response.headers.get("Content-Type", "text/plain"))
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        size = 0
        while piece := response.read1(_PIECE):
            size += len(piece)
            if size > LARGEST_ANSWER:
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if not asking.ended:
            self.wfile.write(b"0\r\n\r\n")

    def _refuse(self, why: str) -> None:
        body = why.encode()
        self.send_response(HTTPStatus.BAD_GATEWAY)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The log of queries tells what is worth telling."""


def _has_gone(sock: socket.socket) -> bool:
    """Whether the other side has closed a socket, from which nothing more is expected; does not wait."""
    poll = select.poll()
    try:
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0)) and not sock.recv(1, socket.MSG_PEEK)
    except (OSError, ValueError):  # it is closed here already
        return True


def main(fd: int) -> None:
    """Be told, tell, and forward until the socket closes."""
    control = socket.socket(fileno=fd)
    told = json.loads(control.recv(1 << 16))
    terms = Terms(tuple(told["endpoints"]), told["timeout"], told["user_agent"])
    with Forwarder(terms, control) as forwarder:
        control.send(json.dumps({"port": forwarder.server_port, "secret": forwarder.secret}).encode())
        forwarder.serve_forever(_LOOK)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(int(sys.argv[1]))
