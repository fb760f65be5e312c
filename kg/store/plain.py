"""Any RDF as a store: what ``kg serve --rdf`` serves."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
import zstandard

from kg.errors import StoreError, UsageError
from kg.rdf.formats import Format

_BULK = 1 << 20  # bytes from which bulk loading pays
_OPTIMIZE = 64 << 20  # bytes from which compacting pays
_MORE_NAMES = {
    "n3": ox.RdfFormat.N3,
    "owl": ox.RdfFormat.RDF_XML,
    "rdfs": ox.RdfFormat.RDF_XML,
    "xml": ox.RdfFormat.RDF_XML,
    "json": ox.RdfFormat.JSON_LD,
}


def load_plain(files: Iterable[Path], target: Path) -> int:
    """Load files into a new store in the directory `target`; how many statements it holds.

    The format goes by the extension, ``.gz`` and ``.zst`` are unpacked, named graphs are kept, and relative
    IRIs are relative to the file's own ``file:`` IRI.  `UsageError` for a file that is not there or whose
    extension is unknown, `StoreError` for one that cannot be parsed.
    """
    store = ox.Store(str(target))
    size = 0
    for file in files:
        size += _load(store, file)
    store.flush()
    if size > _OPTIMIZE:
        store.optimize()
    return len(store)


def _load(store: ox.Store, file: Path) -> int:
    format = _format(file)
    base = file.absolute().as_uri()
    try:
        size = file.stat().st_size
        with _opened(file) as stream:
            if size < _BULK:
                store.load(stream, format, base_iri=base)
            else:
                store.bulk_load(stream, format, base_iri=base)
    except (SyntaxError, ValueError) as e:
        raise StoreError(f"{file}: not valid {format.name}: {e}", remedy="mend the file") from e
    except (OSError, zstandard.ZstdError) as e:
        raise UsageError(f"{file}: cannot be read: {e}") from e
    return size


def _format(file: Path) -> ox.RdfFormat:
    extension = next((s for s in reversed(file.suffixes) if s not in (".gz", ".zst")), "").lstrip(".").lower()
    known = Format.from_name(extension)
    if known is not None and known.is_graph:
        return known.rdf
    if extension in _MORE_NAMES:
        return _MORE_NAMES[extension]
    names = ", ".join([*(f".{f.extension}" for f in Format if f.is_graph), *(f".{n}" for n in _MORE_NAMES)])
    raise UsageError(f"{file}: no RDF format is known by {extension!r}", remedy=f"use one of {names}")


def _opened(file: Path) -> IO[bytes]:
    if file.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(file, "rb"))
    if file.suffix == ".zst":
        return cast("IO[bytes]", zstandard.open(file, "rb"))
    return file.open("rb")
