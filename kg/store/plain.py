"""Any RDF as a store: what ``kg serve --rdf`` serves."""

from __future__ import annotations

import gzip
import itertools
import re
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
import zstandard

from kg.errors import StoreError, UsageError, reason
from kg.packed import open_zst
from kg.rdf.formats import Format

_CHUNK = 100_000  # statements that are loaded at once: as fast as all together, in a tenth of the memory
_OPTIMIZE = 500_000  # statements from which compacting pays
_FEW = 10_000  # statements below which bulk loading does not pay
_PLACE = re.compile(r"Parser error (?:at|between) (.*?): (.*)", re.DOTALL)

Tell = Callable[[Path, float], None]
"""Told now and then which file is being loaded, and what part of its bytes was read."""

_MORE_NAMES = {
    "n3": ox.RdfFormat.N3,
    "owl": ox.RdfFormat.RDF_XML,
    "rdfs": ox.RdfFormat.RDF_XML,
    "xml": ox.RdfFormat.RDF_XML,
    "json": ox.RdfFormat.JSON_LD,
}


def load_plain(files: Iterable[Path], target: Path, *, tell: Tell | None = None) -> int:
    """Load files into a new store in the directory `target`; how many statements it holds.

    The format goes by the extension, ``.gz`` and ``.zst`` are unpacked, named graphs are kept, and relative
    IRIs are relative to the file's own ``file:`` IRI.  Memory does not grow with the files.
    `UsageError` for a file that cannot be read, is cut off or has an unknown extension, `StoreError` for one
    that cannot be parsed; it says where.
    """
    store = ox.Store(str(target))
    loaded = sum([_load(store, file, tell) for file in files])
    store.flush()
    if loaded > _OPTIMIZE:
        store.optimize()
    return len(store)


def _load(store: ox.Store, file: Path, tell: Tell | None) -> int:
    format = _format(file)
    loaded = 0
    try:
        size = max(1, file.stat().st_size)
        with file.open("rb") as raw, _unpacked(file, raw) as stream:
            found = ox.parse(stream, format, base_iri=file.absolute().as_uri(), rename_blank_nodes=True)
            while chunk := list(itertools.islice(found, _CHUNK)):
                (store.extend if len(chunk) < _FEW else store.bulk_extend)(chunk)
                loaded += len(chunk)
                if tell is not None:
                    tell(file, raw.tell() / size)
    except SyntaxError as e:
        if "LoadDocumentCallback" in e.msg:
            raise StoreError(
                f"{file}: its @context stands elsewhere, and nothing is fetched",
                remedy="put the context into the file",
            ) from e
        place = _PLACE.fullmatch(e.msg)
        where, what = (f", {place[1]}", place[2]) if place else ("", e.msg)
        raise StoreError(f"{file}{where}: not valid {format.name}: {what}", remedy="mend the file") from e
    except ValueError as e:
        raise StoreError(f"{file}: not valid {format.name}: {e}", remedy="mend the file") from e
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as e:
        raise UsageError(
            f"{file}: cannot be read: {reason(e)}", remedy="name a file that is there and whole"
        ) from e
    return loaded


def _format(file: Path) -> ox.RdfFormat:
    extension = next((s for s in reversed(file.suffixes) if s not in (".gz", ".zst")), "").lstrip(".").lower()
    known = Format.from_name(extension)
    if known is not None and known.is_graph:
        return known.rdf
    if extension in _MORE_NAMES:
        return _MORE_NAMES[extension]
    names = ", ".join([*(f".{f.extension}" for f in Format if f.is_graph), *(f".{n}" for n in _MORE_NAMES)])
    raise UsageError(f"{file}: no RDF format is known by {extension!r}", remedy=f"use one of {names}")


def _unpacked(file: Path, raw: IO[bytes]) -> IO[bytes]:
    if file.suffix == ".gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if file.suffix == ".zst":
        return open_zst(raw)
    return raw
