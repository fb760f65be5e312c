"""Entity documents that were fetched, kept on disk, so that a stopped run goes on where it was."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

from kg.errors import AuthorityError


class EntityCache:
    """Documents by id; errors and missing items are never kept."""

    def __init__(self, path: Path, *, max_age_days: int = 30) -> None:
        """Open or make the cache; AuthorityError where the file is something else."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30)
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS entity (id TEXT PRIMARY KEY, day TEXT, data BLOB) WITHOUT ROWID"
            )
        except (OSError, sqlite3.DatabaseError) as e:
            raise AuthorityError(f"cache {path}: {e}", remedy="delete it or name another with --cache") from e
        oldest = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=max_age_days)
        self._oldest = oldest.isoformat()

    def get(self, id: str) -> Any | None:
        """The document, if it is there and young enough."""
        row = self._db.execute(
            "SELECT data FROM entity WHERE id = ? AND day >= ?", (id, self._oldest)
        ).fetchone()
        return json.loads(zlib.decompress(row[0])) if row else None

    def put(self, documents: dict[str, Any]) -> None:
        """Keep documents by the ids they were asked for under, in one transaction."""
        today = dt.datetime.now(tz=dt.UTC).date().isoformat()
        rows = [(id, today, zlib.compress(json.dumps(d).encode())) for id, d in documents.items()]
        self._db.executemany("INSERT OR REPLACE INTO entity VALUES (?,?,?)", rows)
        self._db.commit()

    def close(self) -> None:
        """Close the file."""
        self._db.close()
