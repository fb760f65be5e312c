"""SPARQL endpoints at this machine that answer as a test tells them to."""

from __future__ import annotations

import contextlib
import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

ROWS = b'{"head":{"vars":["o"]},"results":{"bindings":[{"o":{"type":"literal","value":"there"}}]}}'
JSON = "application/sparql-results+json"


@dataclass
class Endpoint:
    """A SPARQL endpoint at this machine: `answer` says how it answers, `asked` what it was asked."""

    server: http.server.ThreadingHTTPServer
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[http.server.BaseHTTPRequestHandler], None] | None = None

    @property
    def port(self) -> int:
        return self.server.server_port


@contextlib.contextmanager
def listening(wrap: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            endpoint.asked.append((self.command, self.path, dict(self.headers), body))
            self.close_connection = True
            with contextlib.suppress(OSError):
                (endpoint.answer or answer_rows)(self)

        do_GET = do_POST  # noqa: N815  the name that the base class calls

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # a handshake that the other side broke off

    with Server(("127.0.0.1", 0), Handler) as server:
        if wrap is not None:
            server.socket = wrap.wrap_socket(server.socket, server_side=True)
        endpoint = Endpoint(server)
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield endpoint
        finally:
            server.shutdown()


def answer_rows(handler: http.server.BaseHTTPRequestHandler) -> None:
    answer_with(handler, 200, ROWS, {"Content-Type": JSON})


def answer_with(handler, status, body=b"", headers=None) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def redirecting(*targets: str, status: int = 302) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    """Leads to one target after another, then answers."""
    left = iter(targets)

    def answer(handler):
        target = next(left, None)
        if target is None:
            answer_rows(handler)
        else:
            answer_with(handler, status, headers={"Location": target})

    return answer
