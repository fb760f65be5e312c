"""The SQL behind `kg.store.archive`: lists, counts, neighbours, facets."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from kg.errors import UsageError
from kg.store.counting import DOUBTFUL, HUB
from kg.store.rows import (
    ArticleSummary,
    Doubtful,
    EntitySummary,
    EventSummary,
    Facets,
    Filters,
    PlaceActivity,
)
from kg.store.schema import day_number, eid_of, iso_day

SUMMARY = "id, day, page, title_zh, title_en, section, column_title, langs, seq"
ENTITY = (
    "e.id, e.kind, e.subkind, e.label_zh, e.label_en, e.item, e.lat, e.lon, e.articles, e.first,"
    " e.last, e.verified"
)
_REPORT = (
    "r.rid, r.key, r.event, r.item, r.type, r.start, r.end, r.grain, r.label, r.confidence,"
    " a.id, a.day, a.title_zh, a.title_en"
)
_COMMON = 2_000  # reports from which an entity is a hub in lists of events
_FACETED = 1_500  # articles that the facets of a list are counted in: see `hit_facets`


def day(date: str) -> int:
    """An ISO date as a day number; `UsageError` where it is none."""
    try:
        return day_number(date)
    except ValueError:
        raise UsageError(f"date {date!r}", remedy="write it as 1953-12-14") from None


def summary(row: Sequence[Any]) -> ArticleSummary:
    """A row of `SUMMARY`."""
    id, day, page, title_zh, title_en, section, column, langs, seq = row
    return ArticleSummary(
        id, str(iso_day(day)), page, title_zh, title_en, section, column, langs, cursor=f"{day}.{seq}"
    )


def entity_summary(row: Sequence[Any]) -> EntitySummary:
    """A row of `ENTITY` and a count."""
    id, kind, subkind, zh, en, item, lat, lon, articles, first, last, verified, count = row
    return EntitySummary(
        id,
        kind,
        subkind,
        zh,
        en,
        item,
        lat,
        lon,
        articles,
        iso_day(first),
        iso_day(last),
        count,
        bool(verified),
    )


class Where:
    """Conditions on ``article a``, put together from `Filters`; values are always bound."""

    def __init__(self, filters: Filters) -> None:
        self.clauses: list[str] = []
        self.values: list[object] = []
        self.source = "article a"
        self._entities(filters)
        if filters.year is not None:
            self.add(f"{self.day} BETWEEN ? AND ?", filters.year * 10000, filters.year * 10000 + 9999)
        if filters.since:
            self.add(f"{self.day} >= ?", day(filters.since))
        if filters.until:
            self.add(f"{self.day} <= ?", day(filters.until))
        if filters.page is not None:
            self.add("a.page = ?", filters.page)
        if filters.lang:
            self.add("instr(a.langs, ?) > 0", filters.lang)
        if filters.event_type:
            self.add("EXISTS (SELECT 1 FROM report r WHERE r.seq = a.seq AND r.type = ?)", filters.event_type)

    def _entities(self, filters: Filters) -> None:
        """The first entity leads the query, in order of days; the others are looked up."""
        self.day, self.seq = "a.day", "a.seq"
        narrowed, values = _mention_filter(filters)
        for position, entity in enumerate(filters.entities):
            if position == 0:
                self.source = "mention m CROSS JOIN article a ON a.seq = m.seq"
                self.day, self.seq = "m.day", "m.seq"
                self.add("m.eid = ?", eid_of(entity))
                if narrowed:
                    self.add(narrowed.replace("x.", "m."), *values)
            else:
                self.add("EXISTS (SELECT 1 FROM mention x WHERE x.seq = a.seq AND x.eid = ?)", eid_of(entity))
        if narrowed and not filters.entities:
            sql = f"EXISTS (SELECT 1 FROM mention x WHERE x.seq = a.seq AND {narrowed})"
            self.add(sql, *values)

    def add(self, clause: str, *values: object) -> None:
        """One more condition."""
        self.clauses.append(clause)
        self.values.extend(values)

    def __str__(self) -> str:
        return f"WHERE {' AND '.join(self.clauses)}" if self.clauses else ""


def _mention_filter(filters: Filters) -> tuple[str, list[object]]:
    clauses, values = [], list[object]()
    if filters.kind:
        clauses.append("x.kind = ?")
        values.append(filters.kind)
    if filters.role:
        clauses.append("x.role = ?")
        values.append(filters.role)
    if filters.min_confidence is not None:
        clauses.append("x.confidence >= ?")
        values.append(round(filters.min_confidence * 100))
    return " AND ".join(clauses), values


def articles(
    db: sqlite3.Connection,
    filters: Filters,
    after: tuple[int, int] | None,
    limit: int,
    newest_first: bool,
) -> list[Any]:
    """Rows of `SUMMARY`, in order of days."""
    where = Where(filters)
    if after is not None:
        where.add(f"({where.day}, {where.seq}) {'<' if newest_first else '>'} (?, ?)", *after)
    down = " DESC" if newest_first else ""
    columns = ", ".join(f"a.{c.strip()}" for c in SUMMARY.split(","))
    sql = (
        f"SELECT {columns} FROM {where.source} {where}"
        f" GROUP BY {where.day}, {where.seq} ORDER BY {where.day}{down}, {where.seq}{down} LIMIT ?"
    )
    return db.execute(sql, [*where.values, limit]).fetchall()


def count(db: sqlite3.Connection, filters: Filters) -> int:
    """How many articles pass."""
    where = Where(filters)
    sql = f"SELECT count(DISTINCT {where.seq}) FROM {where.source} {where}"
    return int(db.execute(sql, where.values).fetchone()[0])


def ranked(
    db: sqlite3.Connection, kind: str | None, after: tuple[int, int] | None, limit: int
) -> list[EntitySummary]:
    """Entities that articles mention, by how many do."""
    clauses, values = ["e.articles > 0"], list[object]()
    if kind:
        clauses.append("e.kind = ?")
        values.append(kind)
    if after is not None:
        clauses.append("(e.articles, e.eid) < (?, ?)")
        values += after
    sql = (
        f"SELECT {ENTITY}, e.articles FROM entity e WHERE {' AND '.join(clauses)}"
        " ORDER BY e.articles DESC, e.eid DESC LIMIT ?"
    )
    return [entity_summary(r) for r in db.execute(sql, [*values, limit])]


def neighbours(db: sqlite3.Connection, eid: int, kind: str | None, limit: int) -> list[EntitySummary]:
    """Entities mentioned together with one."""
    known = db.execute("SELECT articles FROM entity WHERE eid = ?", (eid,)).fetchone()
    if known is None:
        return []
    counted = (
        "SELECT other, n FROM neighbour WHERE eid = ?"
        if known[0] > HUB
        else "SELECT b.eid other, count(*) n FROM (SELECT DISTINCT seq FROM mention WHERE eid = ?) a"
        " JOIN mention b ON b.seq = a.seq GROUP BY b.eid"
    )
    of_kind, values = ("AND e.kind = ?", [kind]) if kind else ("", [])
    sql = (
        f"SELECT {ENTITY}, c.n FROM ({counted}) c JOIN entity e ON e.eid = c.other"
        f" WHERE c.other <> ? {of_kind} ORDER BY c.n DESC, e.id LIMIT ?"
    )
    return [entity_summary(r) for r in db.execute(sql, [eid, eid, *values, limit])]


def reports_of(db: sqlite3.Connection, event: str, limit: int) -> list[EventSummary]:
    """Reports of an event or of its parts."""
    sql = (
        f"SELECT {_REPORT} FROM report r JOIN article a USING (seq) WHERE r.rid IN"
        " (SELECT rid FROM report WHERE event = ?1 UNION SELECT rid FROM report_part WHERE whole = ?1)"
        " ORDER BY a.day, r.rid LIMIT ?2"
    )
    return _reports(db, db.execute(sql, (event, limit)).fetchall())


def events(
    db: sqlite3.Connection,
    eid: int | None,
    type: str | None,
    since: str | None,
    until: str | None,
    after: str | None,
    limit: int,
) -> list[EventSummary]:
    """Reports in order of when it happened; those without a time are left out."""
    clauses, values = ["r.start NOTNULL"], list[object]()
    source = "report r"
    if eid is not None:
        values.append(eid)
        (reports,) = db.execute("SELECT sum(n) FROM entity_type WHERE eid = ?", (eid,)).fetchone()
        if (reports or 0) > _COMMON:
            # Of a hub the next page is near in the order of time: no need to gather and sort all.
            clauses.insert(0, "EXISTS (SELECT 1 FROM party p WHERE p.rid = r.rid AND p.eid = ?)")
        else:
            source = "(SELECT DISTINCT rid FROM party WHERE eid = ?) p CROSS JOIN report r ON r.rid = p.rid"
    for clause, value in (("r.type = ?", type), ("r.start >= ?", since)):
        if value:
            clauses.append(clause)
            values.append(value)
    if until:
        clauses.append("r.start <= ?")
        values.append(until + "~")  # 1953-12 takes in all its days
    if after is not None:
        start, _, rid = after.rpartition(".")
        if not (rid.isascii() and rid.isdigit() and len(rid) < 19):
            raise UsageError(f"cursor {after!r}: not one of ours", remedy="take it from the page before")
        clauses.append("(r.start, r.rid) > (?, ?)")
        values += [start, int(rid)]
    sql = (
        f"SELECT {_REPORT} FROM {source} JOIN article a ON a.seq = r.seq WHERE {' AND '.join(clauses)}"
        " ORDER BY r.start, r.rid LIMIT ?"
    )
    return _reports(db, db.execute(sql, [*values, limit]).fetchall())


def _reports(db: sqlite3.Connection, rows: list[Any]) -> list[EventSummary]:
    out = []
    for rid, key, event, item, type, start, end, grain, label, confidence, article, day, zh, en in rows:
        parties = db.execute(
            "SELECT e.id, p.role FROM party p JOIN entity e USING (eid) WHERE p.rid = ?"
            " ORDER BY p.role, e.id",
            (rid,),
        ).fetchall()
        whole = db.execute("SELECT whole FROM report_part WHERE rid = ? ORDER BY whole", (rid,)).fetchall()
        out.append(
            EventSummary(
                rid, key, event, item, type, start, end, grain, label, confidence, article,
                str(iso_day(day)), zh, en, tuple(parties), tuple(w for (w,) in whole),
                cursor=f"{start or ''}.{rid}",
            )
        )  # fmt: skip
    return out


# --- facets ---


def facets(db: sqlite3.Connection, filters: Filters) -> Facets:
    """Facets of a list: read where they were counted beforehand, else counted now."""
    if filters == Filters():
        return _all_facets(db)
    if filters == Filters(entities=filters.entities) and len(filters.entities) == 1:
        return _entity_facets(db, eid_of(filters.entities[0]))
    where = Where(filters)
    db.execute("DROP TABLE IF EXISTS temp.hit")
    sql = f"CREATE TEMP TABLE hit AS SELECT DISTINCT {where.seq} AS seq FROM {where.source} {where}"
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
    (total,) = db.execute("SELECT count(*) FROM hit").fetchone()
    step = -(-total // _FACETED) or 1
    by = {
        "year": "SELECT day / 10000, count(*) FROM hit CROSS JOIN article USING (seq) GROUP BY 1 ORDER BY 1",
        "lang": "SELECT langs, count(*) FROM hit CROSS JOIN article USING (seq) GROUP BY 1"
        " ORDER BY 2 DESC, 1",
        "type": f"SELECT type, count(DISTINCT seq) * {step} FROM hit CROSS JOIN report USING (seq)"
        f" WHERE hit.rowid % {step} = 0 GROUP BY 1"
        " ORDER BY 2 DESC, 1",
    }
    kinds, confidences = _hit_mentions(db, step, eid)
    return Facets(
        years=tuple(db.execute(by["year"]).fetchall()),
        kinds=kinds,
        langs=tuple(db.execute(by["lang"]).fetchall()),
        event_types=tuple(db.execute(by["type"]).fetchall()),
        sources=_hit_entities(db, "source", step),
        places=_hit_entities(db, "place", step),
        total=total,
        confidences=confidences,
    )


_LEVELS = ("0.9", "0.7", "0.5")


def _hit_mentions(
    db: sqlite3.Connection, step: int, eid: int | None
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """How many articles have a mention of each kind, and one (of `eid`) that is so sure at the least."""
    sure = "CASE WHEN eid = ?2 THEN confidence ELSE 0 END" if eid is not None else "confidence"
    sql = (
        "SELECT sum(p), sum(s), sum(u), sum(m), sum(c >= 90), sum(c >= 70), sum(c >= 50) FROM"
        " (SELECT max(kind = 'place') p, max(kind = 'source') s, max(kind = 'unit') u,"
        f" max(kind = 'measure') m, max({sure}) c FROM hit CROSS JOIN mention USING (seq)"
        " WHERE hit.rowid % ?1 = 0 GROUP BY seq)"
    )
    row = db.execute(sql, (step, eid) if eid is not None else (step,)).fetchone()
    counts = [(n or 0) * step for n in row]
    kinds = zip(("place", "source", "unit", "measure"), counts[:4], strict=True)
    return (
        tuple(sorted(((k, n) for k, n in kinds if n), key=lambda k: -k[1])),
        tuple((level, n) for level, n in zip(_LEVELS, counts[4:], strict=True) if n),
    )


def _hit_entities(db: sqlite3.Connection, kind: str, step: int) -> tuple[EntitySummary, ...]:
    sql = (
        f"SELECT {ENTITY}, c.n FROM (SELECT eid, count(*) * ?1 n FROM hit CROSS JOIN mention m USING (seq)"
        " WHERE hit.rowid % ?1 = 0 AND m.kind = ?2 GROUP BY eid ORDER BY n DESC LIMIT 15) c"
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


# --- the map of everything, what is unsure ---


def activity(db: sqlite3.Connection, limit: int) -> list[PlaceActivity]:
    """The located places that most articles name, with their years."""
    sql = (
        f"SELECT e.eid, {ENTITY}, 0 FROM entity e WHERE articles > 0 AND lat NOTNULL AND kind = 'place'"
        " ORDER BY articles DESC, e.id LIMIT ?"
    )
    out = []
    for eid, *row in db.execute(sql, (limit,)).fetchall():
        years = db.execute("SELECT year, n FROM entity_year WHERE eid = ? ORDER BY year", (eid,)).fetchall()
        events = db.execute("SELECT year, n FROM place_event WHERE eid = ? ORDER BY year", (eid,)).fetchall()
        out.append(PlaceActivity(entity_summary(row), tuple(years), tuple(events)))
    return out


def doubtful(
    db: sqlite3.Connection, kind: str | None, after: tuple[int, int] | None, limit: int, examples: int
) -> list[Doubtful]:
    """Entities with unsure links, those first that a judgement would settle most for."""
    clauses, values = ["1"], list[object]()
    if kind:
        clauses.append("d.kind = ?")
        values.append(kind)
    if after is not None:
        clauses.append("(d.value, d.eid) < (?, ?)")
        values += after
    sql = (
        f"SELECT d.eid, d.kind, d.n, d.confidence, d.value, {ENTITY}, d.n FROM doubt d"
        f" JOIN entity e USING (eid) WHERE {' AND '.join(clauses)}"
        " ORDER BY d.value DESC, d.eid DESC LIMIT ?"
    )
    out = []
    for eid, of, n, confidence, value, *row in db.execute(sql, [*values, limit]).fetchall():
        found = db.execute(
            "SELECT a.id FROM mention m JOIN article a USING (seq) WHERE m.eid = ? AND m.kind = ?"
            " AND m.confidence < ? AND NOT m.optional ORDER BY m.day, m.seq LIMIT ?",
            (eid, of, DOUBTFUL, examples),
        ).fetchall()
        out.append(
            Doubtful(
                entity_summary(row), of, n, confidence / 100, tuple(i for (i,) in found), f"{value}.{eid}"
            )
        )
    return out
