"""The conversation between the web process and a worker: length-prefixed frames over a stream socket.

A question is one frame; an answer is HEADER, any number of DATA, and END, or ERROR at any point.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

_HEAD = struct.Struct(">IB")
HEAD_SIZE = _HEAD.size
CHUNK = 1 << 18  # bytes of result gathered before a DATA frame goes out


class Frame(IntEnum):
    """What a frame carries."""

    QUESTION = 1
    HEADER = 2
    DATA = 3
    END = 4
    ERROR = 5
    READY = 6


def pack(kind: Frame, payload: bytes) -> bytes:
    """One frame as bytes."""
    return _HEAD.pack(len(payload), kind) + payload


def pack_json(kind: Frame, document: Mapping[str, Any]) -> bytes:
    """One frame with a JSON payload."""
    return pack(kind, json.dumps(document).encode())


def unpack_head(head: bytes) -> tuple[int, Frame]:
    """Length of the payload and kind, of the first `HEAD_SIZE` bytes."""
    length, kind = _HEAD.unpack(head)
    return length, Frame(kind)


def read_exactly(sock: socket.socket, count: int) -> bytes:
    """`count` bytes from a blocking socket; EOFError where the other side has gone."""
    parts = bytearray()
    while len(parts) < count:
        part = sock.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def read_frame(sock: socket.socket) -> tuple[Frame, bytes]:
    """The next frame from a blocking socket; EOFError where the other side has gone."""
    length, kind = unpack_head(read_exactly(sock, HEAD_SIZE))
    return kind, read_exactly(sock, length) if length else b""
