"""The SQL behind `kg.store.archive`: lists, counts, neighbours, facets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from kg.errors import UsageError
from kg.store.counting import DOUBTFUL, HUB
from kg.store.rows import (
    ArticleSummary,
    Doubtful,
    EntitySummary,
    EventFilters,
    EventSummary,
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
_COLUMNS = ", ".join(f"a.{c.strip()}" for c in SUMMARY.split(","))
OF_EVENT = "SELECT rid FROM report WHERE event = ? UNION SELECT rid FROM report_part WHERE whole = ?"
_THERE = "eid IN (SELECT value FROM json_each(?)) AND role = 'place'"
_COMMON = 2_000  # reports from which an entity is a hub in lists of events


def day_of(date: str) -> int:
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


def nameless(entity: EntitySummary) -> bool:
    """Whether it is a unit without an item: mostly what several are called by, such as "the enemy troops"."""
    return entity.kind == "unit" and entity.item is None


def mention_filter(filters: Filters) -> tuple[str, list[object]]:
    """Conditions on ``mention x`` that narrow which mentions count, and their values; empty for none."""
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
    if filters.conflict:
        clauses.append("x.conflict")
    return " AND ".join(clauses), values


def is_plain(filters: Filters) -> bool:
    """Whether an index gives the articles in order: only days are asked for, and one entity at the most."""
    plain = Filters(
        year=filters.year, since=filters.since, until=filters.until, entities=filters.entities[:1]
    )
    return filters == plain


def articles(
    db: sqlite3.Connection,
    filters: Filters,
    after: tuple[int, int] | None,
    limit: int,
    newest_first: bool,
) -> list[Any]:
    """Rows of `SUMMARY`, in order of days, of filters that are plain (`is_plain`)."""
    clauses, values = list[str](), list[object]()
    source, of, once = "article a", "a", ""
    if filters.entities:
        source, of, once = "mention m CROSS JOIN article a ON a.seq = m.seq", "m", " GROUP BY m.day, m.seq"
        clauses.append("m.eid = ?")
        values.append(eid_of(filters.entities[0]))
    if filters.year is not None:
        clauses.append(f"{of}.day BETWEEN ? AND ?")
        values += [filters.year * 10000, filters.year * 10000 + 9999]
    for date, sign in ((filters.since, ">="), (filters.until, "<=")):
        if date:
            clauses.append(f"{of}.day {sign} ?")
            values.append(day_of(date))
    if after is not None:
        clauses.append(f"({of}.day, {of}.seq) {'<' if newest_first else '>'} (?, ?)")
        values += after
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    down = " DESC" if newest_first else ""
    sql = f"SELECT {_COLUMNS} FROM {source} {where}{once} ORDER BY {of}.day{down}, {of}.seq{down} LIMIT ?"
    return db.execute(sql, [*values, limit]).fetchall()


def summaries(db: sqlite3.Connection, seqs: Sequence[int]) -> list[Any]:
    """Rows of `SUMMARY`, in the order of `seqs`."""
    sql = f"SELECT {_COLUMNS} FROM json_each(?) s CROSS JOIN article a ON a.seq = s.value"
    return db.execute(sql, (json.dumps(seqs),)).fetchall()


def _from(kind: str | None, of: str, after: tuple[int, int] | None, order: str) -> tuple[str, list[object]]:
    """Conditions, each with AND before it: that `of` is `kind`, and that `order` comes behind `after`."""
    where, values = "", list[object]()
    if kind:
        where += f" AND {of} = ?"
        values.append(kind)
    if after is not None:
        where += f" AND ({order}) < (?, ?)"
        values += after
    return where, values


def ranked(
    db: sqlite3.Connection, kind: str | None, after: tuple[int, int] | None, limit: int
) -> list[EntitySummary]:
    """Entities that articles mention, by how many do."""
    where, values = _from(kind, "e.kind", after, "e.articles, e.eid")
    sql = (
        f"SELECT {ENTITY}, e.articles FROM entity e WHERE e.articles > 0{where}"
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
        f" WHERE c.other <> ? {of_kind} ORDER BY e.kind = 'unit' AND e.item IS NULL, c.n DESC, e.id LIMIT ?"
    )
    return [entity_summary(r) for r in db.execute(sql, [eid, eid, *values, limit])]


def reports_of(db: sqlite3.Connection, event: str, limit: int) -> list[EventSummary]:
    """Reports of an event or of its parts."""
    sql = (
        f"SELECT {_REPORT} FROM report r JOIN article a USING (seq) WHERE r.rid IN ({OF_EVENT})"
        " ORDER BY a.day, r.rid LIMIT ?"
    )
    return _reports(db, db.execute(sql, (event, event, limit)).fetchall())


def known_events(db: sqlite3.Connection) -> list[EntitySummary]:
    """The events of the authority that are in the release; ``count``: reports of each and of its parts."""
    sql = (
        f"SELECT {ENTITY}, (SELECT count(*) FROM report WHERE event = e.id)"
        " + (SELECT count(*) FROM report_part WHERE whole = e.id) FROM entity e WHERE e.kind = 'event'"
        " ORDER BY e.id"
    )
    return [entity_summary(row) for row in db.execute(sql)]


def events(
    db: sqlite3.Connection,
    filters: EventFilters,
    places: frozenset[int] | None,
    after: str | None,
    limit: int,
) -> list[EventSummary]:
    """Reports in order of when it happened; those without a time are left out.

    `places` are those of which one must be where it happened.
    """
    source, clauses, values = _narrowed(db, filters, places)
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


def _narrowed(
    db: sqlite3.Connection, filters: EventFilters, places: frozenset[int] | None
) -> tuple[str, list[str], list[object]]:
    """Where reports are read from, what they must fulfil, and the values for both."""
    clauses, values, source = ["r.start NOTNULL"], list[object](), "report r"
    eids = _rarest_first(db, [eid_of(entity) for entity in filters.entities])
    if eids and eids[0][0] <= _COMMON:
        # Few enough to gather and sort; of hubs the next page is near in the order of time.
        source = "(SELECT DISTINCT rid FROM party WHERE eid = ?) p CROSS JOIN report r ON r.rid = p.rid"
        values.append(eids.pop(0)[1])
    for _, eid in eids:
        clauses.append("EXISTS (SELECT 1 FROM party p WHERE p.rid = r.rid AND p.eid = ?)")
        values.append(eid)
    if places is not None:
        inside = json.dumps(sorted(places))
        if source == "report r" and _reports_in(db, inside) <= _COMMON:
            source = f"(SELECT DISTINCT rid FROM party WHERE {_THERE}) p CROSS JOIN report r ON r.rid = p.rid"
            values.insert(0, inside)
        else:
            # The plus: few parties are held against the places, not all places looked up for each report.
            clauses.append(f"EXISTS (SELECT 1 FROM party p WHERE p.rid = r.rid AND +{_THERE})")
            values.append(inside)
    if filters.event:
        clauses.append(f"r.rid IN ({OF_EVENT})")
        values += [filters.event, filters.event]
    for clause, value in (("r.type = ?", filters.type), ("r.start >= ?", filters.since)):
        if value:
            clauses.append(clause)
            values.append(value)
    if filters.until:
        clauses.append("r.start <= ?")
        values.append(filters.until + "~")  # 1953-12 takes in all its days
    return source, clauses, values


def _rarest_first(db: sqlite3.Connection, eids: list[int]) -> list[tuple[int, int]]:
    """Entities with how many reports they are in."""
    sql = "SELECT coalesce(sum(n), 0) FROM entity_type WHERE eid = ?"
    return sorted((db.execute(sql, (eid,)).fetchone()[0], eid) for eid in eids)


def _reports_in(db: sqlite3.Connection, places: str) -> int:
    """How many reports name one of some places, or a little more."""
    sql = "SELECT coalesce(sum(n), 0) FROM entity_type WHERE eid IN (SELECT value FROM json_each(?))"
    return int(db.execute(sql, (places,)).fetchone()[0])


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


def of_issue(db: sqlite3.Connection, day: int) -> list[EntitySummary]:
    """The entities that articles of a day mention; ``count`` says in how many of them."""
    sql = (
        f"SELECT {ENTITY}, c.n FROM (SELECT m.eid, count(DISTINCT seq) n FROM article CROSS JOIN mention m"
        " USING (seq) WHERE article.day = ? GROUP BY m.eid) c JOIN entity e USING (eid)"
        " ORDER BY e.kind = 'unit' AND e.item IS NULL, c.n DESC, e.articles DESC, e.id"
    )
    return [entity_summary(r) for r in db.execute(sql, (day,))]


# --- the map of everything, what is unsure ---


def activity(db: sqlite3.Connection, limit: int) -> list[PlaceActivity]:
    """The located places that most articles name, with their years."""
    sql = (
        f"SELECT e.eid, {ENTITY}, 0 FROM entity e WHERE articles > 0 AND lat NOTNULL AND kind = 'place'"
        " ORDER BY articles DESC, e.id LIMIT ?"
    )
    places = db.execute(sql, (limit,)).fetchall()
    known = {eid for eid, *_ in places}
    years, events = (_years(db, table, known) for table in ("entity_year", "place_event"))
    return [
        PlaceActivity(entity_summary(row), tuple(years.get(eid, ())), tuple(events.get(eid, ())))
        for eid, *row in places
    ]


def _years(db: sqlite3.Connection, table: str, eids: set[int]) -> dict[int, list[tuple[int, int]]]:
    """The years of some entities in a table of counts."""
    found: dict[int, list[tuple[int, int]]] = {}
    wanted = sorted(eids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ",".join("?" * len(part))
        sql = f"SELECT eid, year, n FROM {table} WHERE eid IN ({marks}) ORDER BY eid, year"
        for eid, year, n in db.execute(sql, part):
            found.setdefault(eid, []).append((year, n))
    return found


def doubtful(
    db: sqlite3.Connection, kind: str | None, after: tuple[int, int] | None, limit: int, examples: int
) -> list[Doubtful]:
    """Entities with unsure links, those first that a judgement would settle most for."""
    where, values = _from(kind, "d.kind", after, "d.value, d.eid")
    sql = (
        f"SELECT d.eid, d.kind, d.n, d.confidence, d.value, {ENTITY}, d.n FROM doubt d"
        f" JOIN entity e USING (eid) WHERE 1{where}"
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
