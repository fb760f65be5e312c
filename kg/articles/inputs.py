"""Finding inputs: files, folder trees, globs, standard input; in the same order on every machine."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from kg.articles.containers import Stream, contents, hidden, printable
from kg.model import RawArticle, Reject

MIB = 1 << 20
_WILD = frozenset("*?[")
_Identity = tuple[int, int]  # of a folder: its device and its number there


def read_inputs(
    paths: Iterable[str | os.PathLike[str]],
    *,
    max_article: int = 16,
    stdin: IO[bytes] | None = None,
    without: str | os.PathLike[str] | None = None,
) -> Iterator[RawArticle | Reject]:
    """Every article in `paths`, one after the other, decoded but not yet parsed.

    A path is a file, a folder (its tree in sorted order), a glob, or ``-`` (standard input, or `stdin`).
    Files are ``.txt``/``.md`` or anything else that is text, ``.json``, ``.jsonl``, ``.parquet``, ``.zip``,
    ``.tar``; each may be compressed (``.gz .zst .xz .bz2``).  The bytes decide where they contradict the
    name.  In folders and archives, names that start with a dot and ``README`` files are passed over.

    The folder `without` (that of the releases) is passed over where it lies in one of the others.  A named
    pipe is read where it is named itself, as a shell's ``<(zcat x.gz)``; one that lies in a folder or fits a
    glob is a reject, for nobody may ever write to it.

    Memory is bounded by `max_article` (MiB): a larger article is rejected.  What cannot be read comes out
    as a `Reject` in its place; nothing is raised and nothing is left out.
    """
    left_out = _identity(without)
    for path in paths:
        for found in _expand(os.fspath(path), left_out):
            if isinstance(found, Reject):
                yield found
            elif found == "-":
                yield from contents(Stream("-", "-", stdin or sys.stdin.buffer, max_article * MIB))
            else:
                yield from _file(found, max_article * MIB)


def list_inputs(paths: Iterable[str | os.PathLike[str]]) -> Iterator[str | Reject]:
    """The files that `paths` name, in the order in which `read_inputs` reads them."""
    for path in paths:
        yield from _expand(os.fspath(path))


def read_stream(name: str, data: IO[bytes], *, max_article: int = 16) -> Iterator[RawArticle | Reject]:
    """Every article in an open file; its `name` is its origin, and its suffix says what it is."""
    yield from contents(Stream(printable(name), name, data, max_article * MIB))


def _identity(folder: str | os.PathLike[str] | None) -> _Identity | None:
    try:
        info = os.stat(folder) if folder is not None else None  # noqa: PTH116
    except OSError:
        return None
    return (info.st_dev, info.st_ino) if info is not None else None


def _expand(path: str, without: _Identity | None = None) -> Iterator[str | Reject]:
    """The files that `path` names."""
    if path == "-":
        yield path
    elif os.path.isdir(path):  # noqa: PTH112  names may hold odd bytes; os keeps them as they are
        yield from _tree(path, frozenset(), without)
    elif not os.path.lexists(path) and _WILD & set(path):
        matches = sorted(glob.glob(path, recursive=True), key=os.fsencode)  # noqa: PTH207
        if not matches:
            yield Reject(printable(path), None, "no file matches", "correct the pattern")
        for match in matches:
            if os.path.isdir(match):  # noqa: PTH112
                yield from _tree(match, frozenset(), without)
            else:
                yield from _met(match)
    else:
        yield path


def _tree(
    folder: str, above: frozenset[_Identity], without: _Identity | None = None
) -> Iterator[str | Reject]:
    """The files below `folder`, sorted by their bytes; links are followed, but never in circles."""
    try:
        info = os.stat(folder)  # noqa: PTH116
        entries = sorted(os.scandir(folder), key=lambda e: os.fsencode(e.name))
    except OSError as e:
        yield Reject(printable(folder), None, f"cannot be listed: {e.strerror}", "give leave to read it")
        return
    here = (info.st_dev, info.st_ino)
    if here == without:
        return
    if here in above:
        yield Reject(printable(folder), None, "a link back to a folder above it", "remove the link")
        return
    found = False
    for entry in entries:
        if hidden(entry.name):
            continue
        found = True
        if _is_folder(entry):
            yield from _tree(entry.path, above | {here}, without)
        else:
            yield from _met(entry.path, entry)
    if not found and not above:
        yield Reject(printable(folder), None, "the folder holds no files", "name another folder")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle; opening it says so
        return False


def _met(path: str, entry: os.DirEntry[str] | None = None) -> Iterator[str | Reject]:
    """A file that was met, not named: it must be a plain one (or nothing at all, which opening it tells)."""
    try:
        if entry is not None and entry.is_file():  # costs no question to the system
            yield path
            return
        mode = os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        yield path
        return
    yield path if stat.S_ISREG(mode) else _no_file(path)


def _no_file(path: str) -> Reject:
    return Reject(printable(path), None, "not a file", "name a file, not a pipe, socket or device")


def _file(path: str, limit: int) -> Iterator[RawArticle | Reject]:
    origin = printable(path)
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            yield _no_file(path)
            return
        with Path(path).open("rb") as data:
            yield from contents(Stream(origin, path, data, limit))
    except OSError as e:
        yield Reject(origin, None, f"cannot be opened: {e.strerror}", "check that it exists and may be read")
    except ValueError as e:  # a zero byte in the name
        yield Reject(origin, None, f"not a file name: {e}", "correct the name")
