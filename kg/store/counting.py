"""Counts that pages show, made once a release: by entity and year, event types, neighbours, facets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

# Entities in more articles than this have their neighbours counted beforehand; for the others counting
# when asked costs a few milliseconds.
HUB = 200
NEIGHBOURS = 60

_FACETS = """
DELETE FROM facet;
INSERT INTO facet SELECT 'year', CAST(day / 10000 AS TEXT), count(*) FROM article GROUP BY 2;
INSERT INTO facet SELECT 'lang', langs, count(*) FROM article GROUP BY 2;
INSERT INTO facet SELECT 'form', form, count(*) FROM article GROUP BY 2;
INSERT INTO facet SELECT 'event_type', type, count(*) FROM report GROUP BY 2;
INSERT INTO facet SELECT 'kind', kind, count(*) FROM mention GROUP BY 2;
INSERT INTO facet SELECT 'role', role, count(*) FROM mention WHERE role IS NOT NULL GROUP BY 2;
INSERT INTO facet SELECT 'entities', kind, count(*) FROM entity WHERE articles > 0 GROUP BY 2;
INSERT INTO facet SELECT 'linked', kind, count(*) FROM entity WHERE articles > 0 AND item NOTNULL GROUP BY 2;
INSERT INTO facet SELECT 'total', 'articles', count(*) FROM article;
INSERT INTO facet SELECT 'total', 'mentions', count(*) FROM mention;
INSERT INTO facet SELECT 'total', 'reports', count(*) FROM report;
INSERT INTO facet SELECT 'total', 'events', count(DISTINCT event) FROM report;
INSERT INTO facet SELECT 'total', 'issues', count(DISTINCT day) FROM article;
"""


def recount(db: sqlite3.Connection, eids: set[int] | None) -> None:
    """Count everything (`eids` None), or only what hangs on `eids`, inside the open transaction."""
    if eids is None:
        _entities(db, "")
        hubs = [e for (e,) in db.execute("SELECT eid FROM entity WHERE articles > ?", (HUB,))]
    else:
        db.execute("CREATE TEMP TABLE IF NOT EXISTS touched (eid INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM touched")
        db.executemany("INSERT INTO touched VALUES (?)", ((e,) for e in eids))
        _entities(db, "WHERE eid IN (SELECT eid FROM touched)")
        db.execute("DELETE FROM neighbour WHERE eid IN (SELECT eid FROM touched)")
        sql = "SELECT eid FROM entity JOIN touched USING (eid) WHERE articles > ?"
        hubs = [e for (e,) in db.execute(sql, (HUB,))]
    _neighbours(db, hubs)
    for statement in _FACETS.strip().split(";\n"):
        db.execute(statement)


def _entities(db: sqlite3.Connection, where: str) -> None:
    """`where` is one of two constants above, never a value."""
    db.execute(f"DELETE FROM entity_year {where}")  # noqa: S608
    db.execute(f"DELETE FROM entity_type {where}")  # noqa: S608
    db.execute(f"INSERT INTO entity_year SELECT eid, day / 10000, count(DISTINCT seq) FROM mention {where}"  # noqa: S608
               " GROUP BY eid, day / 10000")  # fmt: skip
    db.execute(f"INSERT INTO entity_type SELECT eid, type, count(DISTINCT rid) FROM party"  # noqa: S608
               f" JOIN report USING (rid) {where} GROUP BY eid, type")  # fmt: skip
    db.execute(f"UPDATE entity SET articles = 0, first = NULL, last = NULL {where}")  # noqa: S608
    db.execute(
        "UPDATE entity SET articles = c.n, first = c.f, last = c.l FROM"  # noqa: S608
        f" (SELECT eid, count(DISTINCT seq) n, min(day) f, max(day) l FROM mention {where} GROUP BY eid) c"
        " WHERE c.eid = entity.eid"
    )


def _neighbours(db: sqlite3.Connection, hubs: Iterable[int]) -> None:
    for eid in hubs:
        db.execute(
            "INSERT INTO neighbour SELECT ?1, count(*) n, b.eid FROM"
            " (SELECT DISTINCT seq FROM mention WHERE eid = ?1) a JOIN mention b ON b.seq = a.seq"
            " WHERE b.eid <> ?1 GROUP BY b.eid ORDER BY n DESC, b.eid LIMIT ?2",
            (eid, NEIGHBOURS),
        )
