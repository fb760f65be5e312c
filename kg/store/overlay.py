"""``articles.db`` of an update: the file of an older release, hard-linked, and the pages that differ.

::

    articles.db        SQLite, whole; shared by hard links between releases, and never written to again
    articles.db-wal    the pages that have changed since, in SQLite's own write-ahead log; absent in a build

SQLite reads both as one database (https://www.sqlite.org/fileformat2.html#walformat), so that queries,
full-text search and counts are those of a whole file.  The log is private to its release: an update copies it
and appends one transaction.  What keeps the shared file as it is:

* SQLite writes to the database file of a log only in a checkpoint.  Automatic ones are switched off, and the
  one made when the last connection closes is left out by SQLite where the file is not at its path any more
  (it asks the VFS, `SQLITE_FCNTL_HAS_MOVED`).  So the writer takes the name of its link away while it works.
* Readers open the file for reading only, without locks (the VFS ``unix-none``) and with the index of the log
  in their own memory, so that nothing is written beside it either.
* The files are read-only by their mode, so that other programs of their owner make no checkpoint.  (Those of
  root are not held by that: open a release's file with ``mode=ro``.)
"""

from __future__ import annotations

import os
import sqlite3
import struct
from pathlib import Path

from kg.errors import StoreError
from kg.store.cloning import clone_file

LOG = "-wal"
_ASIDE = "-shared"  # the name of the database file while a log is being written
_HEAD, _FRAME_HEAD = 32, 24  # bytes, of the log and of each of its pages
_MAGIC = (0x377F0682, 0x377F0683)
_WAL_FORMAT = b"\x02\x02"  # in bytes 18 and 19 of a database that may have a log
_SHARE = 10  # a log is folded into a new whole file once it is more than the tenth part of it,
_LEAST = 32 << 20  # and has so many bytes


def log_of(path: Path) -> Path:
    """The log beside a database file, there or not."""
    return path.with_name(path.name + LOG)


# --- reading ---


def open_read(path: Path) -> sqlite3.Connection:
    """A connection that reads a file nobody writes to; `StoreError` where it is missing or its log is torn.

    Takes as long as reading the log: about a second a gigabyte.
    """
    db = sqlite3.connect(_address(path), uri=True, check_same_thread=False)
    db.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()  # the index of the log is kept in memory
    db.execute("PRAGMA mmap_size = 2147483648")
    db.execute("PRAGMA query_only = 1")
    return db


def attach(db: sqlite3.Connection, path: Path, name: str) -> None:
    """Attach a file, for reading, to a connection that was opened with ``uri=True``."""
    address = _address(path)
    db.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()  # of all files, those to come included
    db.execute(f"ATTACH ? AS {name}", (address,))


def _address(path: Path) -> str:
    if not path.is_file():
        raise StoreError(f"{path}: missing", remedy="run kg build")
    address = f"{path.absolute().as_uri()}?mode=ro"
    log = log_of(path)
    if not log.exists() or _is_of_others(log):
        # `immutable`: nobody writes to a release, so no locks and no looking for changes.
        return f"{address}&immutable=1"
    if not _is_finished(log):
        raise StoreError(f"{log}: damaged", remedy="run kg releases verify, and roll back")
    return f"{address}&vfs=unix-none"


def _is_of_others(log: Path) -> bool:
    """Whether a log is none of the release's: empty, as SQLite makes one for a program that looks into the
    file, and not in the manifest.
    """
    manifest = log.with_name("manifest.json")
    if log.stat().st_size or not manifest.is_file():
        return False
    return log.name not in manifest.read_text(encoding="utf-8")


def _is_finished(log: Path) -> bool:
    """Whether a log ends with a transaction; SQLite would pass over what is torn without a word."""
    with log.open("rb") as data:
        head = data.read(_HEAD)
        if len(head) < _HEAD:
            return False
        magic, _, page = struct.unpack(">3I", head[:12])
        frame = _FRAME_HEAD + page
        frames, rest = divmod(log.stat().st_size - _HEAD, frame)
        if magic not in _MAGIC or rest or frames < 1:
            return False
        data.seek(-frame, os.SEEK_END)
        last = data.read(16)
    return last[4:8] != b"\0\0\0\0" and last[8:16] == head[16:24]  # it commits, and is of this log


# --- writing ---


def clone(source: Path, target: Path) -> None:
    """A second archive at `target` that differs from `source` in nothing, to be changed by `open_change`.

    The file is shared by a hard link where it can be; the log is copied.
    """
    with source.open("rb") as data:
        shareable = data.read(20)[18:] == _WAL_FORMAT
    if log_of(source).exists() and not _is_of_others(log_of(source)):
        _address(source)  # looks whether the log is whole
        clone_file(log_of(source), log_of(target))
        log_of(target).chmod(0o644)
    if shareable:
        try:
            os.link(source, target)
            return
        except OSError:
            pass
    clone_file(source, target)
    target.chmod(0o644)
    if not shareable:
        allow_log(target)


def allow_log(path: Path) -> None:
    """Mark a database file of one's own, that nobody has open, as one that may have a log."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL").fetchall()
    db.close()


class Change:
    """Writes to a clone through its log; the database file itself stays as it is, byte for byte."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._aside = path.with_name(path.name + _ASIDE)
        self._before = _stamp(path)
        path.chmod(0o644)  # SQLite must have leave to write, which it makes no use of
        self.db = db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
            db.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA mmap_size = 2147483648").fetchall()
            mode = db.execute("PRAGMA journal_mode").fetchone()[0]  # opens file and log
        finally:
            path.rename(self._aside)  # from here on a connection that closes leaves the file alone
            protect(self._aside)
        if mode != "wal":
            self.close()
            raise StoreError(f"{path}: cannot be changed beside its file", remedy="run kg build")

    def close(self) -> None:
        """Close, with what was committed in the log; may be called again."""
        self.db.close()
        if not self._aside.exists():
            return
        self._aside.rename(self._path)
        if _stamp(self._path) != self._before:
            raise StoreError(f"{self._path}: a shared file was written to", remedy="run kg releases verify")


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def is_long(path: Path) -> bool:
    """Whether the log of an archive is so long that it should be folded."""
    log = log_of(path)
    size = log.stat().st_size if log.exists() else 0
    return size > max(_LEAST, path.stat().st_size // _SHARE)


def fold(path: Path) -> None:
    """Make an archive of one's own, that nobody has open, one whole file of its own again."""
    log = log_of(path)
    whole, whole_log = (p.with_name(f"whole-{p.name}") for p in (path, log))
    clone_file(path, whole)
    whole.chmod(0o644)
    log.rename(whole_log)
    db = sqlite3.connect(whole)
    busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    db.close()
    if busy or whole_log.exists():
        raise StoreError(f"{path}: cannot be folded", remedy="is the disk full?")
    whole.replace(path)


def protect(path: Path) -> None:
    """Make a finished archive read-only, for programs that would tidy up what they think is theirs."""
    for file in (path, log_of(path)):
        if file.exists():
            file.chmod(0o444)
