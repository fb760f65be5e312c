"""Counts that pages show, made once a release: by entity and year, event types, neighbours, facets.

What is a sum over articles is written once, as a query over some of them: a build sums over all, an update
takes back what leaving articles counted for and adds what coming ones do (`kg.store.recounting`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from kg.authority.suggest import suggest_keys
from kg.store import bitmaps

# Entities in more articles than this have their neighbours counted beforehand; for the others counting
# when asked costs a few milliseconds.
HUB = 200
NEIGHBOURS = 20  # of each kind
# Links below this confidence (in hundredths) are worth a person's look.
DOUBTFUL = 75
# Entities without an item are offered while typing once so many articles name them.
NAMED = 2


@dataclass(frozen=True, slots=True)
class Sum:
    """A table of counts by `keys`, as a query over articles.

    ``{n}`` in `select` stands before what is summed (for a sign), ``{of}`` for a condition on ``seq``.
    """

    table: str
    keys: str
    select: str
    values: tuple[str, ...] = ("n",)


_REPORTED = "FROM report CROSS JOIN party USING (rid)"
ENTITY_SUMS = (
    Sum("entity_year", "eid, year",
        "SELECT eid, day / 10000, {n} count(DISTINCT seq) FROM mention WHERE {of} GROUP BY 1, 2"),
    Sum("entity_type", "eid, type",
        f"SELECT eid, type, {{n}} count(DISTINCT rid) {_REPORTED} WHERE {{of}} GROUP BY 1, 2"),
    Sum("place_event", "eid, year",
        f"SELECT eid, CAST(substr(start, 1, 4) AS INTEGER), {{n}} count(*) {_REPORTED}"
        " WHERE role = 'place' AND start NOTNULL AND {of} GROUP BY 1, 2"),
    Sum("doubt", "eid, kind",
        "SELECT eid, kind, {n} count(*), 0, {n} sum(100 - confidence) FROM mention"
        f" WHERE confidence < {DOUBTFUL} AND NOT optional AND {{of}} GROUP BY 1, 2", ("n", "value")),
)  # fmt: skip


def _facet(dimension: str, value: str, rows: str) -> Sum:
    select = f"SELECT '{dimension}', {value}, {{n}} count(*) FROM {rows} GROUP BY 2"
    return Sum("facet", "dimension, value", select)


def _total(value: str, rows: str) -> Sum:
    select = f"SELECT 'total', '{value}', {{n}} count(*) FROM {rows} WHERE {{of}}"
    return Sum("facet", "dimension, value", select)


FACET_SUMS = (
    _facet("year", "CAST(day / 10000 AS TEXT)", "article WHERE {of}"),
    _facet("lang", "langs", "article WHERE {of}"),
    _facet("form", "form", "article WHERE {of}"),
    _facet("event_type", "type", "report WHERE {of}"),
    _facet("event_year", "substr(start, 1, 4)", "report WHERE start NOTNULL AND {of}"),
    _facet("kind", "kind", "mention WHERE {of}"),
    _facet("role", "role", "mention WHERE role NOTNULL AND {of}"),
    _total("articles", "article"),
    _total("mentions", "mention"),
    _total("reports", "report"),
    Sum("facet", "dimension, value", """
SELECT 'article_' || k.column1, k.column2, {n} coalesce(CASE k.column2
  WHEN 'place' THEN place WHEN 'source' THEN source WHEN 'unit' THEN unit WHEN 'measure' THEN measure
  WHEN '0.9' THEN c90 WHEN '0.7' THEN c70 ELSE c50 END, 0)
  FROM (VALUES ('kind', 'place'), ('kind', 'source'), ('kind', 'unit'), ('kind', 'measure'),
    ('confidence', '0.9'), ('confidence', '0.7'), ('confidence', '0.5')) k,
  (SELECT sum(p) place, sum(s) source, sum(u) unit, sum(m) measure,
    sum(c >= 90) c90, sum(c >= 70) c70, sum(c >= 50) c50 FROM
    (SELECT max(kind = 'place') p, max(kind = 'source') s, max(kind = 'unit') u, max(kind = 'measure') m,
      max(confidence) c FROM mention WHERE {of} GROUP BY seq)) WHERE true"""),
)  # fmt: skip

# What is counted over entities, or once however often it is said, is no sum over articles.
ENTITY_FACETS = """
DELETE FROM facet WHERE dimension IN ('entities', 'linked');
INSERT INTO facet SELECT 'entities', kind, count(*) FROM entity WHERE articles > 0 GROUP BY 2;
INSERT INTO facet SELECT 'linked', kind, count(*) FROM entity WHERE articles > 0 AND verified GROUP BY 2;
"""
_DISTINCT = """
INSERT INTO facet SELECT 'total', 'events', count(DISTINCT event) FROM report;
INSERT INTO facet SELECT 'total', 'issues', count(DISTINCT day) FROM article;
"""


def recount(db: sqlite3.Connection) -> None:
    """Count everything, inside the open transaction."""
    for table in ("entity_year", "entity_type", "place_event", "doubt", "neighbour", "facet"):
        db.execute(f"DELETE FROM {table}")
    for sum in (*ENTITY_SUMS, *FACET_SUMS):
        db.execute(f"INSERT INTO {sum.table} {sum.select.format(n='', of='true')}")
    average_doubts(db, "true")
    db.execute("UPDATE entity SET articles = 0, first = NULL, last = NULL")
    db.execute(
        "UPDATE entity SET articles = c.n, first = c.f, last = c.l FROM"
        " (SELECT eid, count(DISTINCT seq) n, min(day) f, max(day) l FROM mention GROUP BY eid) c"
        " WHERE c.eid = entity.eid"
    )
    hubs = [e for (e,) in db.execute("SELECT eid FROM entity WHERE articles > ?", (HUB,))]
    count_neighbours(db, hubs)
    offer_names(db, "true")
    run(db, ENTITY_FACETS + _DISTINCT)
    bitmaps.build(db)


def run(db: sqlite3.Connection, statements: str) -> None:
    """Statements one after the other, inside the open transaction (``executescript`` would end it)."""
    for statement in statements.strip().split(";\n"):
        db.execute(statement)


def average_doubts(db: sqlite3.Connection, where: str) -> None:
    """The mean confidence of doubtful links, from their number and the sum of what they lack."""
    db.execute(f"UPDATE doubt SET confidence = (100.0 * n - value) / n WHERE n > 0 AND {where}")


def count_neighbours(db: sqlite3.Connection, hubs: Iterable[int]) -> None:
    """Those most often mentioned together with each of `hubs`, which have none in the table yet."""
    for eid in hubs:
        db.execute(
            "INSERT INTO neighbour SELECT ?1, n, other FROM (SELECT c.n, c.other, row_number() OVER"
            " (PARTITION BY e.kind ORDER BY c.n DESC, c.other) AS place FROM"
            " (SELECT count(*) n, b.eid other FROM (SELECT DISTINCT seq FROM mention WHERE eid = ?1) a"
            " JOIN mention b ON b.seq = a.seq WHERE b.eid <> ?1 GROUP BY b.eid) c"
            " JOIN entity e ON e.eid = c.other) WHERE place <= ?2",
            (eid, NEIGHBOURS),
        )


def offer_names(db: sqlite3.Connection, where: str) -> None:
    """Names to complete of entities without an item; an item's come with it."""
    without = f"NOT EXISTS (SELECT 1 FROM item i WHERE i.eid = entity.eid) AND {where}"
    if where != "true":
        db.execute(f"DELETE FROM name WHERE eid IN (SELECT eid FROM entity WHERE {without})")
    rows = db.execute(
        f"SELECT eid, label_zh, label_en FROM entity WHERE articles >= ? AND {without}", (NAMED,)
    ).fetchall()
    for eid, *labels in rows:
        for lang, label in zip(("zh", "en"), labels, strict=True):
            if label:
                db.executemany(
                    "INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)",
                    ((key, label, lang, eid) for key in suggest_keys(label)),
                )
