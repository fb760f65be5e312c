"""The conversation between the web process and a worker: length-prefixed frames over a stream socket.

A question is one frame.  A small answer is one WHOLE frame; a large one is HEADER, any number of DATA,
and END; ERROR may come at any point.  DATA begins with the milliseconds that the worker has worked for the
answer so far, without the time in which its reader made it wait.
"""

from __future__ import annotations

import json
import marshal
import socket
import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from kg.rdf.formats import Format

_HEAD = struct.Struct(">IB")
_ABOUT = struct.Struct(">BBI")
_WORKED = struct.Struct(">I")
HEAD_SIZE = _HEAD.size
CHUNK = 1 << 17  # bytes of result gathered before a frame goes out
KINDS = ("solutions", "boolean", "graph")
_FORMATS = tuple(Format)


class Frame(IntEnum):
    """What a frame carries."""

    QUESTION = 1
    HEADER = 2
    DATA = 3
    END = 4
    ERROR = 5
    READY = 6
    WHOLE = 7


def pack(kind: Frame, payload: bytes) -> bytes:
    """One frame as bytes."""
    return _HEAD.pack(len(payload), kind) + payload


def pack_json(kind: Frame, document: Mapping[str, Any]) -> bytes:
    """One frame with a JSON payload."""
    return pack(kind, json.dumps(document).encode())


def pack_question(question: dict[str, Any]) -> bytes:
    """A QUESTION frame; both ends are the same Python, whose own format costs a quarter of JSON."""
    return pack(Frame.QUESTION, marshal.dumps(question))


def pack_answer(frame: Frame, kind: str, format: Format, rows: int = 0, size: int = 0) -> bytes:
    """A HEADER, or what goes before a body of `size` bytes in a WHOLE frame, with its rows counted."""
    about = _ABOUT.pack(KINDS.index(kind), _FORMATS.index(format), rows)
    return _HEAD.pack(_ABOUT.size + size, frame) + about


def pack_data(seconds: float, size: int) -> bytes:
    """What goes before `size` bytes of the answer in a DATA frame."""
    return _HEAD.pack(_WORKED.size + size, Frame.DATA) + _WORKED.pack(int(seconds * 1000))


def unpack_data(payload: bytes) -> tuple[float, bytes]:
    """The seconds worked, and the bytes of a DATA frame."""
    return _WORKED.unpack_from(payload)[0] / 1000, payload[_WORKED.size :]


def unpack_answer(data: bytes | memoryview, start: int = 0) -> tuple[str, Format, int, bytes]:
    """Kind, format, rows and body of a HEADER or WHOLE frame, whose payload begins at `start`."""
    kind, format, rows = _ABOUT.unpack_from(data, start)
    return KINDS[kind], _FORMATS[format], rows, bytes(data[start + _ABOUT.size :])


def unpack_head(head: bytes | memoryview) -> tuple[int, int]:
    """Length of the payload and kind, of the first `HEAD_SIZE` bytes."""
    return _HEAD.unpack_from(head)


def read_exactly(sock: socket.socket, count: int) -> bytes:
    """`count` bytes from a blocking socket; EOFError where the other side has gone."""
    parts = bytearray()
    while len(parts) < count:
        part = sock.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def read_frame(sock: socket.socket) -> tuple[int, bytes]:
    """The next frame from a blocking socket; EOFError where the other side has gone."""
    length, kind = unpack_head(read_exactly(sock, HEAD_SIZE))
    return kind, read_exactly(sock, length) if length else b""


def read_question(sock: socket.socket) -> dict[str, Any]:
    """The next question, in one read where it is short; EOFError where the other side has gone."""
    data = sock.recv(1 << 16)
    if not data:
        raise EOFError
    if len(data) < HEAD_SIZE:
        data += read_exactly(sock, HEAD_SIZE - len(data))
    length, _ = unpack_head(data)
    missing = length + HEAD_SIZE - len(data)
    if missing > 0:
        data += read_exactly(sock, missing)
    question: dict[str, Any] = marshal.loads(data[HEAD_SIZE:])  # noqa: S302  from our own web process
    return question


def send_parts(sock: socket.socket, *parts: bytes) -> None:
    """Send some pieces one behind the other, without making one of them."""
    sent = sock.sendmsg(parts)
    for part in parts:
        if sent < len(part):
            sock.sendall(memoryview(part)[sent:])
        sent = max(0, sent - len(part))
