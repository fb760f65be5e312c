"""What one release says and another does not: change files, and any two releases compared."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.dumps.files import year_of
from kg.dumps.reading import read_lines
from kg.store.archive import Archive
from kg.store.documents import unpack
from kg.store.releases import Release

ADDED = "added.nt.gz"
REMOVED = "removed.nt.gz"
_LEVEL = 5

Lines = list[bytes]


class Changes:
    """Writes ``added.nt.gz`` and ``removed.nt.gz`` (N-Triples) into `folder`; the same lines, the same bytes.

    Lines come article by article, in the order of their identities, and then those of shared nodes.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._added = _open(folder / ADDED)
        self._removed = _open(folder / REMOVED)
        self.added = 0
        self.removed = 0

    def add(self, added: Lines, removed: Lines) -> None:
        """Write lines (without line feed) that are new, and lines that are gone."""
        self.added += len(added)
        self.removed += len(removed)
        for lines, out in ((added, self._added), (removed, self._removed)):
            if lines:
                out.write(b"\n".join(lines) + b"\n")

    def close(self) -> None:
        """Finish both files."""
        self._added.close()
        self._removed.close()


def _open(path: Path) -> gzip.GzipFile:
    return gzip.GzipFile(path, "wb", compresslevel=_LEVEL, mtime=0)


def difference(old: Iterable[bytes], new: Iterable[bytes]) -> tuple[Lines, Lines]:
    """The lines of `new` that are not in `old`, and those of `old` that are not in `new`; sorted.

    >>> difference([b"a", b"b"], [b"b", b"c"])
    ([b'c'], [b'a'])
    """
    before, after = set(old), set(new)
    return sorted(after - before), sorted(before - after)


def changes_between(old: Release, new: Release) -> Iterator[tuple[Lines, Lines]]:
    """What turns `old` into `new`: pairs of added and removed lines, streaming.

    Articles come first, in the order of their identities; years whose dumps are equal are passed over
    unread, and so are articles whose triples are.  Then come shared nodes, then the dataset's description.
    """
    before, after = Archive(old.articles), Archive(new.articles)
    try:
        for year in sorted({*_years(old), *_years(new)}):
            if _sum(old, f"dumps/{year}") is None or _sum(old, f"dumps/{year}") != _sum(new, f"dumps/{year}"):
                number = year_of(year)
                yield from _articles(before.packed_triples(number), after.packed_triples(number))
    finally:
        before.close()
        after.close()
    if _sum(old, "dumps/shared.nt.zst") != _sum(new, "dumps/shared.nt.zst"):
        yield from _sorted_difference(_lines(old, "shared.nt.zst"), _lines(new, "shared.nt.zst"))
    yield difference(_lines(old, "dataset.nt"), _lines(new, "dataset.nt"))


def _years(release: Release) -> Iterator[str]:
    return (p.name for p in release.dumps.glob("articles-*.nt.zst"))


def _sum(release: Release, name: str) -> str | None:
    entry = release.manifest.files.get(name)
    return entry.sha256 if entry else None


def _lines(release: Release, name: str) -> Iterator[bytes]:
    path = release.dumps / name
    return itertools.chain.from_iterable(read_lines(path)) if path.is_file() else iter(())


def _articles(
    old: Iterator[tuple[str, bytes]], new: Iterator[tuple[str, bytes]]
) -> Iterator[tuple[Lines, Lines]]:
    """Two streams of articles in order of their identities, with their packed triples."""
    for before, after in _paired(old, new):
        if before != after:
            yield difference(_unpacked(before), _unpacked(after))


def _unpacked(packed: bytes | None) -> Lines:
    return unpack(packed).splitlines() if packed else []


def _paired(
    old: Iterator[tuple[str, bytes]], new: Iterator[tuple[str, bytes]]
) -> Iterator[tuple[bytes | None, bytes | None]]:
    a, b = next(old, None), next(new, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a[0] < b[0]):
            assert a is not None  # noqa: S101  for the type checker
            yield a[1], None
            a = next(old, None)
        elif a is None or b[0] < a[0]:
            yield None, b[1]
            b = next(new, None)
        else:
            yield a[1], b[1]
            a, b = next(old, None), next(new, None)


def _sorted_difference(old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[tuple[Lines, Lines]]:
    """Two sorted streams of lines."""
    added: Lines = []
    removed: Lines = []
    a, b = next(old, None), next(new, None)
    while a is not None or b is not None:
        if a == b:
            a, b = next(old, None), next(new, None)
        elif b is None or (a is not None and a < b):
            assert a is not None  # noqa: S101  for the type checker
            removed.append(a)
            a = next(old, None)
        else:
            added.append(b)
            b = next(new, None)
        if len(added) + len(removed) >= 10_000:
            yield added, removed
            added, removed = [], []
    yield added, removed
