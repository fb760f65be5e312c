"""Counting lines that do not fit in memory: sorted runs on disk, merged once (external sort)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import zstandard

_RUN = 400_000  # distinct lines kept in memory: about 120 MB


class LineCounter:
    """How often each line occurs.  Give it lines with `add`, then read `merged` once.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as d:
    ...     counter = LineCounter(Path(d), run=2)
    ...     counter.add([b"b", b"a", b"b", b"c"])
    ...     list(counter.merged())
    [(b'a', 1), (b'b', 2), (b'c', 1)]
    """

    def __init__(self, folder: Path, *, run: int = _RUN) -> None:
        self._folder = folder
        self._run = run
        self._counts: dict[bytes, int] = {}
        self._runs: list[Path] = []

    def add(self, lines: Iterable[bytes], sign: int = 1) -> None:
        """Count each of `lines` once more, or (`sign` -1) once less; they hold no line feed."""
        counts = self._counts
        for line in lines:
            counts[line] = counts.get(line, 0) + sign
        if len(counts) >= self._run:
            self._spill()

    def _spill(self) -> None:
        path = self._folder / f"lines-{len(self._runs):05}.zst"
        with path.open("wb") as raw, zstandard.ZstdCompressor(1).stream_writer(raw) as out:
            for line, n in sorted(self._counts.items()):
                out.write(b"%s\t%d\n" % (line, n))
        self._runs.append(path)
        self._counts = {}

    def merged(self) -> Iterator[tuple[bytes, int]]:
        """Every distinct line with its count, sorted; those counted down to nothing are left out."""
        return ((line, n) for line, n in self.changes() if n > 0)

    def changes(self) -> Iterator[tuple[bytes, int]]:
        """Every line that was not counted up as often as down, with the difference; sorted."""
        runs = [_read(path) for path in self._runs]
        everything = heapq.merge(*runs, iter(sorted(self._counts.items())))
        for line, group in groupby(everything, key=itemgetter(0)):
            total = sum(n for _, n in group)
            if total:
                yield line, total

    def close(self) -> None:
        """Remove the runs."""
        for path in self._runs:
            path.unlink(missing_ok=True)


def _read(path: Path) -> Iterator[tuple[bytes, int]]:
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as data:
        rest = b""
        while chunk := data.read(1 << 20):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                text, _, n = line.rpartition(b"\t")
                yield text, int(n)
