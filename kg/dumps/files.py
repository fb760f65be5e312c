"""Dump files on their way: frames are appended, hashed and counted, section by section."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kg.dumps.index import DumpFile, Section, content_type
from kg.store.manifest import file_sha256

_CHUNK = 4 << 20


def year_file(year: int) -> str:
    """The name of the file with what the articles of a year say."""
    return f"articles-{year:04}.nt.zst"


def year_of(name: str) -> int:
    """The year of a file of that name.

    >>> year_of(year_file(1953))
    1953
    """
    return int(name.removeprefix("articles-")[:4])


class OpenFile:
    """A file that frames are appended to."""

    def __init__(self, path: Path, group: str, title: str, *, rows: bool = False) -> None:
        self.path = path
        self._group = group
        self._title = title
        self._rows = rows
        path.unlink(missing_ok=True)  # it may be a hard link to another release's
        self._out = path.open("wb")
        self._hash = hashlib.sha256()
        self._size = 0
        self._count = 0
        self._sections: list[Section] = []

    def append(self, section: str, data: bytes, count: int) -> None:
        """Append a frame of a section; sections follow one another."""
        if not self._sections or self._sections[-1].name != section:
            self._sections.append(Section(section, self._size, 0, 0))
        last = self._sections[-1]
        self._out.write(data)
        self._hash.update(data)
        self._size += len(data)
        self._count += count
        self._sections[-1] = Section(section, last.offset, last.size + len(data), last.count + count)

    def copy(self, section: Section, source: Path) -> None:
        """Append a section of another file."""
        left, count = section.size, section.count
        with source.open("rb") as data:
            data.seek(section.offset)
            while left:
                chunk = data.read(min(left, _CHUNK))
                self.append(section.name, chunk, count)
                left, count = left - len(chunk), 0

    @property
    def sha256(self) -> str:
        """The hash of what is there so far."""
        return self._hash.hexdigest()

    def close(self) -> DumpFile:
        """Finish it."""
        self._out.close()
        media_type, compression = content_type(self.path.name)
        return DumpFile(
            name=self.path.name,
            group=self._group,
            title=self._title,
            media_type=media_type,
            compression=compression,
            size=self._size,
            sha256=self._hash.hexdigest(),
            triples=None if self._rows else self._count,
            rows=self._count if self._rows else None,
            sections=tuple(self._sections),
        )


def describe(
    path: Path, group: str, title: str, *, triples: int | None = None, rows: int | None = None
) -> DumpFile:
    """The record of a file that is there already."""
    media_type, compression = content_type(path.name)
    size, digest = path.stat().st_size, file_sha256(path)
    return DumpFile(path.name, group, title, media_type, compression, size, digest, triples, rows)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file anew: what was there may be a hard link to another release's."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)
