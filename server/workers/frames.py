"""The conversation between the web process and a worker: frames, each one message of a socket.

A question is one QUESTION frame; a LARGE one tells its length, and comes in pieces over the socket of the
answers.  A small answer is one WHOLE frame; a large one is HEADER, any number of DATA, and END; ERROR may
come at any point.  DATA begins with the milliseconds that the worker has worked for the answer so far,
without the time in which its reader made it wait.  Before every frame of an answer stands the number of its
question, so that nobody gets the answer of another.
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

_ABOUT = struct.Struct(">BBBI")
_WORKED = struct.Struct(">BI")
_LENGTH = struct.Struct(">BI")
NUMBER = struct.Struct(">I")  # of a question
CHUNK = 1 << 17  # bytes of result gathered before a frame goes out
PIECE = 1 << 16  # bytes of a result that are taken at once, or of a question that are sent at once
LONGEST = 1 << 18  # bytes of a frame: more than a chunk and a piece
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
    LARGE = 8


def socket_pair() -> tuple[socket.socket, socket.socket]:
    """Two ends that frames go between; `LONGEST` bytes are no more than they take."""
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in pair:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
    return pair


class Answers:
    """The worker's end of a socket, for the frames that answer the question `number`."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        self._sock = sock
        self._number = NUMBER.pack(number)

    def send(self, *parts: bytes) -> None:
        """Send one frame, which may come in parts."""
        self._sock.sendmsg((self._number, *parts))


def pack_json(kind: Frame, document: Mapping[str, Any]) -> bytes:
    """A frame with a JSON payload."""
    return bytes((kind,)) + json.dumps(document).encode()


def unpack_json(frame: bytes | memoryview) -> Any:
    """The payload of such a frame."""
    return json.loads(bytes(frame[1:]))


def pack_answer(frame: Frame, kind: str, format: Format, rows: int = 0) -> bytes:
    """A HEADER, or what goes before the body in a WHOLE frame, with its rows counted."""
    return _ABOUT.pack(frame, KINDS.index(kind), _FORMATS.index(format), rows)


def unpack_answer(frame: memoryview) -> tuple[str, Format, int, memoryview]:
    """Kind, format, rows and body of a HEADER or WHOLE frame; the body is a part of `frame`."""
    _, kind, format, rows = _ABOUT.unpack_from(frame)
    return KINDS[kind], _FORMATS[format], rows, frame[_ABOUT.size :]


def pack_data(seconds: float) -> bytes:
    """What goes before the bytes of the answer in a DATA frame."""
    return _WORKED.pack(Frame.DATA, int(seconds * 1000))


def unpack_data(frame: memoryview) -> tuple[float, bytes]:
    """The seconds worked, and the bytes of a DATA frame."""
    return _WORKED.unpack_from(frame)[1] / 1000, bytes(frame[_WORKED.size :])


def send_question(question: dict[str, Any], questions: socket.socket, answers: socket.socket) -> bytes:
    """Put a question to a worker: the frame; OSError where a large one does not find the worker any more.

    Both ends are the same Python, whose own format costs a quarter of JSON.
    """
    data = marshal.dumps(question)
    if len(data) < PIECE:  # with its kind
        frame = bytes((Frame.QUESTION,)) + data
        questions.send(frame)
        return frame
    frame = _LENGTH.pack(Frame.LARGE, len(data))
    questions.send(frame)
    for start in range(0, len(data), PIECE):
        answers.send(data[start : start + PIECE])
    return frame


def read_question(questions: socket.socket, answers: socket.socket) -> dict[str, Any]:
    """The next question; EOFError where the other side has gone."""
    frame = _receive(questions)
    if frame[0] == Frame.QUESTION:
        data = frame[1:]
    else:
        _, length = _LENGTH.unpack(frame)
        pieces = bytearray()
        while len(pieces) < length:
            pieces += _receive(answers)
        data = bytes(pieces)
    question: dict[str, Any] = marshal.loads(data)  # noqa: S302  from our own web process
    return question


def _receive(sock: socket.socket) -> bytes:
    data = sock.recv(PIECE)
    if not data:
        raise EOFError
    return data
