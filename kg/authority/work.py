"""The work file of a build: items as they are merged, and how far each input has been read.

It lies beside the index that is being made.  A build that was stopped goes on from the last checkpoint; one
that is started with other inputs begins anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from kg.authority.importers.report import ImportReport
from kg.authority.merging import merge
from kg.authority.records import dump_item, load_item
from kg.errors import AuthorityError
from kg.model import Item

_TABLES = (
    "CREATE TABLE IF NOT EXISTS plan (inputs TEXT)",
    "CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, data TEXT) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS input (name TEXT PRIMARY KEY, position INTEGER, done INTEGER, report TEXT)",
)


class WorkFile:
    """Items under merge; every checkpoint is one transaction."""

    def __init__(self, path: Path, inputs: Iterable[Path]) -> None:
        """Open or begin the work file for `inputs` (recognised by path, size and time)."""
        self.path = path
        plan = json.dumps([_fingerprint(p) for p in inputs])
        self._db = self._open()
        if (row := self._db.execute("SELECT inputs FROM plan").fetchone()) and row[0] != plan:
            self._db.close()
            path.unlink()
            self._db = self._open()
            row = None
        if not row:
            self._db.execute("INSERT INTO plan VALUES (?)", (plan,))
        self._db.commit()

    def _open(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(self.path)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            for statement in _TABLES:
                db.execute(statement)
            return db
        except sqlite3.DatabaseError as e:
            raise AuthorityError(f"work file {self.path}: {e}", remedy="delete it and start again") from e

    def add(self, item: Item, *, senior: bool = False) -> None:
        """Merge one item in: what is there already is the senior, unless `senior` is."""
        row = self._db.execute("SELECT data FROM item WHERE id = ?", (item.id,)).fetchone()
        if row:
            there = load_item(row[0])
            item = merge(item, there) if senior else merge(there, item)
        self._db.execute("INSERT OR REPLACE INTO item VALUES (?, ?)", (item.id, dump_item(item)))

    def remove(self, id: str) -> None:
        """Drop one item, if it is there."""
        self._db.execute("DELETE FROM item WHERE id = ?", (id,))

    def progress(self, name: str) -> tuple[int, bool, ImportReport]:
        """How far the input has been read, whether wholly, and its report so far."""
        row = self._db.execute("SELECT position, done, report FROM input WHERE name = ?", (name,)).fetchone()
        if row is None:
            return 0, False, ImportReport(name)
        return row[0], bool(row[1]), _report(json.loads(row[2]))

    def checkpoint(self, name: str, position: int, report: ImportReport, *, done: bool = False) -> None:
        """Commit everything up to `position` of the input."""
        state = (name, position, done, json.dumps({f.name: getattr(report, f.name) for f in fields(report)}))
        self._db.execute("INSERT OR REPLACE INTO input VALUES (?,?,?,?)", state)
        self._db.commit()

    def items(self) -> Iterator[Item]:
        """All items in order of id."""
        for (data,) in self._db.execute("SELECT data FROM item ORDER BY id"):
            yield load_item(data)

    def close(self, *, delete: bool) -> None:
        """Close it; with `delete`, the work is done and the file goes."""
        self._db.close()
        if delete:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def _fingerprint(path: Path) -> list[Any]:
    stat = path.stat()
    return [str(path.resolve()), stat.st_size, stat.st_mtime_ns]


def _report(state: dict[str, Any]) -> ImportReport:
    for name in ("skipped", "dropped_names", "unknown_classes"):
        state[name] = Counter(state[name])
    return ImportReport(**state)
