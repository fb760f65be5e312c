"""Reading dump files line by line, however they are packed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, cast

import zstandard

_CHUNK = 1 << 20


def opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    """A dump file's content, unpacked by its suffix: ``.zst``, ``.gz`` or none."""
    if path.suffix == ".zst":
        reader = zstandard.ZstdDecompressor().stream_reader(
            path.open("rb"), read_across_frames=True, closefd=True
        )
        return cast(AbstractContextManager[IO[bytes]], reader)
    if path.suffix == ".gz":
        return cast(AbstractContextManager[IO[bytes]], gzip.open(path, "rb"))
    return path.open("rb")


def read_lines(path: Path) -> Iterator[list[bytes]]:
    """The lines of a dump file, in batches, without line feeds."""
    with opened(path) as data:
        yield from batches(data)


def batches(data: IO[bytes]) -> Iterator[list[bytes]]:
    """The lines of a stream, in batches, without line feeds."""
    rest = b""
    while chunk := data.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        yield lines
    if rest:
        yield [rest]
