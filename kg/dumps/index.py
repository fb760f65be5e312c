"""What a release offers for download: ``dumps/index.json``, with sizes, checksums and counts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError
from kg.rdf.formats import Format

NAME = "index.json"
SUMS = "SHA256SUMS"
GZIP, ZSTD = "application/gzip", "application/zstd"
COMPRESSIONS = {"gz": GZIP, "zst": ZSTD}
PARQUET = "application/vnd.apache.parquet"


@dataclass(frozen=True, slots=True)
class Section:
    """A run of bytes of a file that was made of one part of the graph: a year, what is shared.

    ``count`` are its triples or rows; in a Parquet file ``offset`` and ``size`` count row groups.
    """

    name: str
    offset: int
    size: int
    count: int


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file.  ``media_type`` is that of its content, ``compression`` that of the wrapping.

    ``group`` is what it belongs to: ``graph``, ``year``, ``kind``, ``table``, ``authority``, ``ontology``,
    ``dataset`` or ``changes``.  One of ``triples`` and ``rows`` is set where the file has them.
    """

    name: str
    group: str
    title: str
    media_type: str
    compression: str | None
    size: int
    sha256: str
    triples: int | None = None
    rows: int | None = None
    sections: tuple[Section, ...] = ()

    @property
    def wire_type(self) -> str:
        """The media type that it is sent as: nobody unpacks it on the way."""
        return self.compression or self.media_type


@dataclass(frozen=True, slots=True)
class DumpIndex:
    """All files of a release, by name, with the rights to them.

    ``complete`` is false while only the graph's years are there, and the other files are still being made.
    """

    base: str
    licence: str
    rights: str
    files: tuple[DumpFile, ...]
    complete: bool = True

    def file(self, name: str) -> DumpFile | None:
        """A file by its name; None where there is none."""
        return next((f for f in self.files if f.name == name), None)

    def to_json(self) -> bytes:
        """As it is written: sorted, so that the same dumps give the same bytes."""
        value = {
            "base": self.base,
            "licence": self.licence,
            "rights": self.rights,
            "complete": self.complete,
            "files": [_record(f) for f in sorted(self.files, key=lambda f: f.name)],
        }
        return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()

    @classmethod
    def parse(cls, text: bytes, *, of: str) -> DumpIndex:
        """Read one; `ReleaseError`, with `of` in it, where it is none."""
        try:
            value = json.loads(text)
            files = tuple(map(_file, value["files"]))
            whole = bool(value.get("complete", True))
            return cls(value["base"], value["licence"], value["rights"], files, whole)
        except (ValueError, KeyError, TypeError) as e:
            raise ReleaseError(f"{of}: not an index of dumps: {e}", remedy="build anew") from e

    @classmethod
    def load(cls, folder: Path) -> DumpIndex:
        """Read the index of a folder of dumps."""
        path = folder / NAME
        try:
            return cls.parse(path.read_bytes(), of=str(path))
        except OSError as e:
            raise ReleaseError(f"{path}: cannot be read: {e.strerror}", remedy="build anew") from e


def _record(file: DumpFile) -> dict[str, Any]:
    value = {k: v for k, v in asdict(file).items() if v is not None and k != "sections"}
    if file.sections:
        value["sections"] = [[s.name, s.offset, s.size, s.count] for s in file.sections]
    return value


def _file(value: dict[str, Any]) -> DumpFile:
    sections = tuple(Section(*s) for s in value.pop("sections", ()))
    return DumpFile(**{"compression": None, **value}, sections=sections)


def content_type(name: str) -> tuple[str, str | None]:
    """The media type and the compression of a file, by its name.

    >>> content_type("graph.nt.gz"), content_type("articles.parquet")
    (('application/n-triples', 'application/gzip'), ('application/vnd.apache.parquet', None))
    """
    stem, _, extension = name.rpartition(".")
    compression = COMPRESSIONS.get(extension)
    if compression:
        stem, _, extension = stem.rpartition(".")
    known = {"parquet": PARQUET, "json": "application/json"}.get(extension)
    if known is None:
        format = Format.from_name(extension) if stem else None
        known = format.media_type if format else "text/plain"
    return known, compression
