"""Facets: how the articles of a list are spread over years, languages, event types, sources, places."""

from __future__ import annotations

import sqlite3
from collections import Counter

from kg.store.rows import EntitySummary, Facets, Filters
from kg.store.schema import eid_of
from kg.store.selecting import ENTITY, Where, entity_summary, neighbours

_FACETED = 1_000  # articles that the facets of a list are counted in: see `hit_facets`


def facets(db: sqlite3.Connection, filters: Filters) -> Facets:
    """Facets of a list: read where they were counted beforehand, else counted now."""
    if filters == Filters():
        return _all_facets(db)
    if filters == Filters(entities=filters.entities) and len(filters.entities) == 1:
        return _entity_facets(db, eid_of(filters.entities[0]))
    where = Where(db, filters)
    db.execute("DROP TABLE IF EXISTS temp.hit")
    sql = f"CREATE TEMP TABLE hit AS SELECT {where.seq} AS seq FROM {where.lean} {where}{where.once}"
    db.execute("PRAGMA query_only = 0")
    try:
        db.execute(sql, where.values)
        return hit_facets(db, eid_of(filters.entities[0]) if filters.entities else None)
    finally:
        db.execute("DROP TABLE IF EXISTS temp.hit")
        db.execute("PRAGMA query_only = 1")


def hit_facets(db: sqlite3.Connection, eid: int | None = None) -> Facets:
    """Facets of the articles in the temporary table ``hit``; confidences are those of links to `eid`.

    In very long lists all but years and languages are counted in a part of the list that is spread evenly
    over it, and scaled up.
    """
    spread = db.execute(
        "SELECT day / 10000, langs, count(*) FROM hit CROSS JOIN article USING (seq) GROUP BY 1, 2"
    ).fetchall()
    years, langs = Counter[int](), Counter[str]()
    for year, lang, n in spread:
        years[year] += n
        langs[lang] += n
    total = years.total()
    step = -(-total // _FACETED) or 1
    db.execute("DROP TABLE IF EXISTS temp.part")
    try:
        db.execute("CREATE TEMP TABLE part AS SELECT seq FROM hit WHERE rowid % ? = 0", (step,))
        kinds, confidences = _part_mentions(db, step, eid)
        types = (
            "SELECT type, count(DISTINCT seq) * ? FROM part CROSS JOIN report USING (seq) GROUP BY 1"
            " ORDER BY 2 DESC, 1"
        )
        return Facets(
            years=tuple(sorted(years.items())),
            kinds=kinds,
            langs=tuple(sorted(langs.items(), key=lambda c: (-c[1], c[0]))),
            event_types=tuple(db.execute(types, (step,)).fetchall()),
            sources=_part_entities(db, "source", step),
            places=_part_entities(db, "place", step),
            total=total,
            confidences=confidences,
        )
    finally:
        db.execute("DROP TABLE IF EXISTS temp.part")


_LEVELS = ("0.9", "0.7", "0.5")


def _part_mentions(
    db: sqlite3.Connection, step: int, eid: int | None
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """How many articles have a mention of each kind, and one (of `eid`) that is so sure at the least."""
    sure = "CASE WHEN eid = ?1 THEN confidence ELSE 0 END" if eid is not None else "confidence"
    sql = (
        "SELECT sum(p), sum(s), sum(u), sum(m), sum(c >= 90), sum(c >= 70), sum(c >= 50) FROM"
        " (SELECT max(kind = 'place') p, max(kind = 'source') s, max(kind = 'unit') u,"
        f" max(kind = 'measure') m, max({sure}) c FROM part CROSS JOIN mention USING (seq) GROUP BY seq)"
    )
    row = db.execute(sql, (eid,) if eid is not None else ()).fetchone()
    counts = [(n or 0) * step for n in row]
    kinds = zip(("place", "source", "unit", "measure"), counts[:4], strict=True)
    return (
        tuple(sorted(((k, n) for k, n in kinds if n), key=lambda k: -k[1])),
        tuple((level, n) for level, n in zip(_LEVELS, counts[4:], strict=True) if n),
    )


def _part_entities(db: sqlite3.Connection, kind: str, step: int) -> tuple[EntitySummary, ...]:
    sql = (
        f"SELECT {ENTITY}, c.n FROM (SELECT eid, count(*) * ?1 n FROM part CROSS JOIN mention m USING (seq)"
        " WHERE m.kind = ?2 GROUP BY eid ORDER BY n DESC LIMIT 15) c"
        " JOIN entity e USING (eid) ORDER BY c.n DESC, e.id"
    )
    return tuple(entity_summary(r) for r in db.execute(sql, (step, kind)))


def _all_facets(db: sqlite3.Connection) -> Facets:
    def counted(dimension: str) -> tuple[tuple[str, int], ...]:
        sql = "SELECT value, n FROM facet WHERE dimension = ? ORDER BY n DESC, value"
        return tuple(db.execute(sql, (dimension,)).fetchall())

    def top(kind: str) -> tuple[EntitySummary, ...]:
        sql = (
            f"SELECT {ENTITY}, articles FROM entity e WHERE kind = ? AND articles > 0"
            " ORDER BY articles DESC LIMIT 15"
        )
        return tuple(entity_summary(r) for r in db.execute(sql, (kind,)))

    return Facets(
        years=tuple(sorted((int(y), n) for y, n in counted("year"))),
        kinds=counted("article_kind"),
        confidences=tuple(sorted(counted("article_confidence"), reverse=True)),
        langs=counted("lang"),
        event_types=counted("event_type"),
        sources=top("source"),
        places=top("place"),
        total=dict(counted("total")).get("articles", 0),
    )


def _entity_facets(db: sqlite3.Connection, eid: int) -> Facets:
    row = db.execute("SELECT articles FROM entity WHERE eid = ?", (eid,)).fetchone()
    years = db.execute("SELECT year, n FROM entity_year WHERE eid = ? ORDER BY year", (eid,)).fetchall()
    types = db.execute("SELECT type, n FROM entity_type WHERE eid = ? ORDER BY n DESC, type", (eid,))
    return Facets(
        years=tuple(years),
        event_types=tuple(types.fetchall()),
        sources=tuple(neighbours(db, eid, "source", 15)),
        places=tuple(neighbours(db, eid, "place", 15)),
        total=row[0] if row else 0,
    )
