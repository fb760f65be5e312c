"""Zstandard streams that say so when they break off."""

from __future__ import annotations

import io
from typing import IO, Any

import zstandard

_PIECE = 1 << 10  # bytes that are unpacked at once: the densest frame makes 32 MiB of them
_BUFFER = 1 << 16


def open_zst(raw: IO[bytes]) -> io.BufferedReader:
    """What `raw` packs, all its frames; `raw` stays open.

    `zstandard`'s own reader takes the end of a file that was cut off for the end of its content, and half
    an archive would be missing without a word.

    Raises (while it is read):
        EOFError: the file ends inside a frame.
        zstandard.ZstdError: its bytes are damaged.

    >>> open_zst(io.BytesIO(zstandard.compress(b"one") + zstandard.compress(b"two"))).read()
    b'onetwo'
    """
    return io.BufferedReader(_Frames(raw), _BUFFER)


class _Frames(io.RawIOBase):
    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._decompressor = zstandard.ZstdDecompressor()
        self._frame: Any = None  # the one that is open
        self._packed = memoryview(b"")
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain and self._unpack():
            pass
        got = len(self._plain[: len(buffer)])
        buffer[:got] = self._plain[:got]
        self._plain = self._plain[got:]
        return got

    def _unpack(self) -> bool:
        """Unpack the next piece; False where there is none."""
        if not self._packed:
            self._packed = memoryview(self._raw.read(_BUFFER))
        if not self._packed:
            if self._frame is not None:
                raise EOFError("the file ends inside a Zstandard frame: it was cut off")
            return False
        piece, self._packed = self._packed[:_PIECE], self._packed[_PIECE:]
        if self._frame is None:
            self._frame = self._decompressor.decompressobj()
        self._plain = memoryview(self._frame.decompress(piece))
        if self._frame.eof:
            self._packed = memoryview(self._frame.unused_data + bytes(self._packed))
            self._frame = None
        return True
