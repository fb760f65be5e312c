"""Input files, plain or compressed, read as lines of bytes, with how far one has got."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import zstandard

from kg.errors import AuthorityError
from kg.packed import open_zst

_CHUNK = 1 << 20


class InputFile:
    """Lines of a file; ``fraction`` says how much of it (as it lies on disk) has been read.

    Decompresses ``.gz``, ``.bz2`` and ``.zst`` as a stream.  Iterating raises AuthorityError where the file
    cannot be read or its compression is damaged; what came before was handed out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw: IO[bytes] | None = None
        self._size = path.stat().st_size if path.is_file() else 0

    @property
    def fraction(self) -> float:
        """Between 0 and 1."""
        if self._raw is None or self._raw.closed or not self._size:
            return 1.0 if self._raw is not None else 0.0
        return self._raw.tell() / self._size

    def __iter__(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as self._raw, self._decompressed(self._raw) as lines:
                yield from lines
        except (OSError, EOFError, zstandard.ZstdError) as e:
            raise AuthorityError(
                f"{self.path}: cannot be read: {e}", remedy="is the file whole? download it again"
            ) from e

    def _decompressed(self, raw: IO[bytes]) -> IO[bytes]:
        match self.path.suffix:
            case ".gz":
                return io.BufferedReader(gzip.GzipFile(fileobj=raw), _CHUNK)
            case ".bz2":
                return io.BufferedReader(bz2.BZ2File(raw), _CHUNK)
            case ".zst":
                return open_zst(raw)
            case _:
                return io.BufferedReader(io.FileIO(raw.fileno(), closefd=False), _CHUNK)
