"""A search or a filtered list seen in other ways: what its articles mention most, when they were printed."""

from __future__ import annotations

import json
import sqlite3

from kg.store import bitmaps
from kg.store.bitmaps import to_bytes
from kg.store.faceting import facets, part_of, set_facets
from kg.store.hits import Sets
from kg.store.rows import Facets, Filters, Mentioned
from kg.store.schema import eid_of
from kg.store.searching import found_by
from kg.store.selecting import ENTITY, entity_summary
from kg.store.tokens import parse_query

COUNTED = 8_000  # articles of a set whose mentions are all counted: about 40 ms


def found(db: sqlite3.Connection, sets: Sets, text: str, filters: Filters) -> int:
    """The articles that words and filters let through; all that the filters do where there are no words.

    `UsageError` where the words cannot be looked for.
    """
    if not text:
        return sets.filtered(db, filters)
    query = parse_query(text)
    return found_by(db, sets, query, filters) if query else 0


def view_facets(db: sqlite3.Connection, sets: Sets, text: str, filters: Filters) -> Facets:
    """The facets of a search, or of a filtered list."""
    if not text:
        return facets(db, sets, filters)
    lead = eid_of(filters.entities[0]) if filters.entities else None
    return set_facets(db, sets, found(db, sets, text, filters), lead)


def most_mentioned(
    db: sqlite3.Connection, sets: Sets, articles: int, kind: str, limit: int, *, located: bool = False
) -> Mentioned:
    """The entities of a kind that most of the articles of a set mention; `located`: those with a position.

    Of a set of more than `COUNTED` articles, as many at the most are looked at, spread evenly over it.  The
    counts of hubs are then those of their bitmaps, exact; rarer ones are scaled up, and said to be estimates.
    """
    total = articles.bit_count()
    placed = " AND e.lat NOTNULL" if located else ""
    if total and total == sets.all(db).bit_count():
        sql = (
            f"SELECT {ENTITY}, e.articles FROM entity e WHERE e.kind = ? AND e.articles > 0{placed}"
            " ORDER BY e.articles DESC, e.id LIMIT ?"
        )
        everything = tuple(entity_summary(r) for r in db.execute(sql, (kind, limit)))
        return Mentioned(everything, frozenset(), total)
    part = part_of(articles, COUNTED)
    sql = (
        f"SELECT c.eid, {ENTITY}, c.n FROM (SELECT m.eid, count(*) n FROM json_each(?) s CROSS JOIN mention m"
        " ON m.seq = s.value WHERE m.kind = ? GROUP BY m.eid) c CROSS JOIN entity e ON e.eid = c.eid"
        f" WHERE 1{placed} ORDER BY c.n DESC, e.id LIMIT ?"
    )
    scale = total / len(part) if part else 1.0
    entities, estimated = [], set[str]()
    for eid, *row, n in db.execute(sql, (json.dumps(part), kind, limit)).fetchall():
        if scale > 1:
            named = row[8]  # in how many articles of the release
            wide = sets.get(db, "entity", str(eid)) if named > bitmaps.WIDE else 0
            n = (articles & wide).bit_count() if wide else min(named, round(n * scale))
            if not wide:
                estimated.add(row[0])
        entities.append(entity_summary([*row, n]))
    entities.sort(key=lambda e: (-e.count, e.id))
    return Mentioned(tuple(entities), frozenset(estimated), len(part))


def months(db: sqlite3.Connection, articles: int, year: int) -> list[tuple[int, int, int]]:
    """Each month of a year: its number, how many articles of a set it has, and how many in all."""
    bits = to_bytes(articles)
    ours, all_of_them = [0] * 13, [0] * 13
    sql = "SELECT day / 100 % 100, seq FROM article WHERE day BETWEEN ? AND ?"
    for month, seq in db.execute(sql, (year * 10000, year * 10000 + 9999)):
        all_of_them[month] += 1
        if seq >> 3 < len(bits) and bits[seq >> 3] >> (seq & 7) & 1:
            ours[month] += 1
    return [(m, ours[m], all_of_them[m]) for m in range(1, 13) if all_of_them[m]]
