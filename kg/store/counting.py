"""Counts that pages show, made once a release: by entity and year, event types, neighbours, facets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from kg.authority.suggest import suggest_keys

# Entities in more articles than this have their neighbours counted beforehand; for the others counting
# when asked costs a few milliseconds.
HUB = 200
NEIGHBOURS = 20  # of each kind
# Links below this confidence (in hundredths) are worth a person's look.
DOUBTFUL = 75
# Entities without an item are offered while typing once so many articles name them.
NAMED = 2

_FACETS = """
DELETE FROM facet;
INSERT INTO facet SELECT 'year', CAST(day / 10000 AS TEXT), count(*) FROM article GROUP BY 2;
INSERT INTO facet SELECT 'lang', langs, count(*) FROM article GROUP BY 2;
INSERT INTO facet SELECT 'form', form, count(*) FROM article GROUP BY 2;
INSERT INTO facet SELECT 'event_type', type, count(*) FROM report GROUP BY 2;
INSERT INTO facet SELECT 'event_year', substr(start, 1, 4), count(*)
  FROM report WHERE start NOTNULL GROUP BY 2;
INSERT INTO facet SELECT 'kind', kind, count(*) FROM mention GROUP BY 2;
INSERT INTO facet SELECT 'article_' || k.column1, k.column2, CASE k.column2
  WHEN 'place' THEN place WHEN 'source' THEN source WHEN 'unit' THEN unit WHEN 'measure' THEN measure
  WHEN '0.9' THEN c90 WHEN '0.7' THEN c70 ELSE c50 END
  FROM (VALUES ('kind', 'place'), ('kind', 'source'), ('kind', 'unit'), ('kind', 'measure'),
    ('confidence', '0.9'), ('confidence', '0.7'), ('confidence', '0.5')) k,
  (SELECT sum(p) place, sum(s) source, sum(u) unit, sum(m) measure,
    sum(c >= 90) c90, sum(c >= 70) c70, sum(c >= 50) c50 FROM
    (SELECT max(kind = 'place') p, max(kind = 'source') s, max(kind = 'unit') u, max(kind = 'measure') m,
      max(confidence) c FROM mention GROUP BY seq));
INSERT INTO facet SELECT 'role', role, count(*) FROM mention WHERE role IS NOT NULL GROUP BY 2;
INSERT INTO facet SELECT 'entities', kind, count(*) FROM entity WHERE articles > 0 GROUP BY 2;
INSERT INTO facet SELECT 'linked', kind, count(*) FROM entity WHERE articles > 0 AND verified GROUP BY 2;
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
    _names(db, eids is not None)
    for statement in _FACETS.strip().split(";\n"):
        db.execute(statement)


def _entities(db: sqlite3.Connection, where: str) -> None:
    """`where` is one of two constants above, never a value."""
    db.execute(f"DELETE FROM entity_year {where}")
    db.execute(f"DELETE FROM entity_type {where}")
    db.execute(f"INSERT INTO entity_year SELECT eid, day / 10000, count(DISTINCT seq) FROM mention {where}"
               " GROUP BY eid, day / 10000")  # fmt: skip
    db.execute(f"INSERT INTO entity_type SELECT eid, type, count(DISTINCT rid) FROM party"
               f" JOIN report USING (rid) {where} GROUP BY eid, type")  # fmt: skip
    db.execute(f"DELETE FROM place_event {where}")
    db.execute("INSERT INTO place_event SELECT eid, CAST(substr(start, 1, 4) AS INTEGER), count(*) FROM party"
               " JOIN report USING (rid) WHERE role = 'place' AND start NOTNULL"
               f" {where.replace('WHERE', 'AND')} GROUP BY 1, 2")  # fmt: skip
    db.execute(f"DELETE FROM doubt {where}")
    db.execute("INSERT INTO doubt SELECT eid, kind, count(*), avg(confidence), sum(100 - confidence)"
               f" FROM mention WHERE confidence < {DOUBTFUL} AND NOT optional"
               f" {where.replace('WHERE', 'AND')} GROUP BY eid, kind")  # fmt: skip
    db.execute(f"UPDATE entity SET articles = 0, first = NULL, last = NULL {where}")
    db.execute(
        "UPDATE entity SET articles = c.n, first = c.f, last = c.l FROM"
        f" (SELECT eid, count(DISTINCT seq) n, min(day) f, max(day) l FROM mention {where} GROUP BY eid) c"
        " WHERE c.eid = entity.eid"
    )


def _neighbours(db: sqlite3.Connection, hubs: Iterable[int]) -> None:
    for eid in hubs:
        db.execute(
            "INSERT INTO neighbour SELECT ?1, n, other FROM (SELECT c.n, c.other, row_number() OVER"
            " (PARTITION BY e.kind ORDER BY c.n DESC, c.other) AS place FROM"
            " (SELECT count(*) n, b.eid other FROM (SELECT DISTINCT seq FROM mention WHERE eid = ?1) a"
            " JOIN mention b ON b.seq = a.seq WHERE b.eid <> ?1 GROUP BY b.eid) c"
            " JOIN entity e ON e.eid = c.other) WHERE place <= ?2",
            (eid, NEIGHBOURS),
        )


def _names(db: sqlite3.Connection, some: bool) -> None:
    """Names to complete of entities without an item; an item's come with it."""
    touched = "AND eid IN (SELECT eid FROM touched)" if some else ""
    rows = db.execute(
        "SELECT eid, label_zh, label_en FROM entity WHERE articles >= ? AND"
        f" NOT EXISTS (SELECT 1 FROM item i WHERE i.eid = entity.eid) {touched}",
        (NAMED,),
    ).fetchall()
    for eid, *labels in rows:
        db.execute("DELETE FROM name WHERE eid = ?", (eid,))
        for lang, label in zip(("zh", "en"), labels, strict=True):
            if label:
                db.executemany(
                    "INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)",
                    ((key, label, lang, eid) for key in suggest_keys(label)),
                )
