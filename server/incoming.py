"""A request as a thread reads it: what is left of its body decides what becomes of the connection."""

from __future__ import annotations

import socket
from typing import Any

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.parser import Parser

_LEFT = 1 << 15  # bytes of a body that nobody wanted, which have come already or soon will


class Incoming(Request):  # type: ignore[misc]
    """gunicorn's request, which tells beforehand that the connection will close.

    ``100 Continue`` goes out when the body is read, so that who is refused by the head of a request need
    not send the rest of it.
    """

    _expected_100_continue: bool
    version: tuple[int, int]

    def set_body_reader(self) -> None:
        """Find out how the body comes, and how to answer."""
        super().set_body_reader()
        self.version = min(self.version, (1, 1))  # which is what the answer says that it is
        if self._expected_100_continue:
            self._expected_100_continue = False  # gunicorn would send it before anybody has read the head
            self.body.reader = _Invited(self.body.reader, self.unreader.sock)

    def should_close(self) -> bool:
        """Whether this is the connection's last request; once it was, it stays so."""
        if super().should_close() or self._asks_to_close() or self._leaves_much():
            self.force_close()
        return bool(self.must_close)

    def _asks_to_close(self) -> bool:
        """Whether ``close`` stands among other options."""
        listed = (value for name, value in self.headers if name == "CONNECTION")
        return any(option.strip().lower() == "close" for value in listed for option in value.split(","))

    def _leaves_much(self) -> bool:
        """Whether more of the body is left than is worth while to read: it may still come, or not at all."""
        reader = self.body.reader
        if isinstance(reader, _Invited):
            if not reader.invited:
                return True
            reader = reader.reader
        if isinstance(reader, ChunkedReader):
            return reader.parser is not None
        return bool(self.body.failed) or (isinstance(reader, LengthReader) and reader.length > _LEFT)


class Requests(Parser):  # type: ignore[misc]
    """The requests of a connection."""

    mesg_class = Incoming


class _Invited:
    """Reads a body whose sender waits to be told that it is wanted."""

    def __init__(self, reader: Any, sock: socket.socket) -> None:
        self.reader = reader
        self.invited = False
        self._sock = sock

    def read(self, size: int) -> bytes:
        """Some bytes, in the end none."""
        if not self.invited:
            self.invited = True
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        data: bytes = self.reader.read(size)
        return data
