"""Facets: how the articles of a list are spread over years, languages, event types, sources, places."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Iterable

from kg.store.bitmaps import seqs_of
from kg.store.hits import Sets
from kg.store.rows import EntitySummary, Facets, Filters
from kg.store.schema import eid_of
from kg.store.selecting import ENTITY, entity_summary, neighbours

_SAMPLED = 1_000  # articles of a longer list in which its sources and places are looked for
_SHOWN = 15
_LEVELS = (("0.9", 90), ("0.7", 70), ("0.5", 50))
_KINDS = ("place", "source", "unit", "measure")
# One in so many articles is looked at: primes, so that no rhythm of the archive is in step with them.
_STRIDES = (1, 2, 3, 5, 7, 11, 17, 29, 47, 79, 127, 211, 347, 577, 941, 1531)


def facets(db: sqlite3.Connection, sets: Sets, filters: Filters) -> Facets:
    """Facets of a list: read where they were counted beforehand, else counted now."""
    if filters == Filters():
        return _all_facets(db, sets)
    if filters == Filters(entities=filters.entities) and len(filters.entities) == 1:
        return _entity_facets(db, sets, eid_of(filters.entities[0]))
    lead = eid_of(filters.entities[0]) if filters.entities else None
    return set_facets(db, sets, sets.filtered(db, filters), lead)


def set_facets(db: sqlite3.Connection, sets: Sets, found: int, eid: int | None = None) -> Facets:
    """Facets of a set of articles; confidences are those of links to `eid`.

    All are counted, but that sources and places of a long list are those of a part that is spread evenly over
    it, and the rarer ones (and confidences of `eid`) are scaled up from there.
    """
    total = found.bit_count()
    part = part_of(found, _SAMPLED)
    scale = total / len(part) if part else 0.0
    return Facets(
        years=tuple(sorted((int(y), n) for y, n in spread(db, sets, found, "year") if n)),
        kinds=_most_first((k, (found & sets.mentions(db, kind=k)).bit_count()) for k in _KINDS),
        langs=_most_first(spread(db, sets, found, "langs")),
        event_types=_most_first(spread(db, sets, found, "event")),
        sources=_entities(db, sets, found, "source", part, scale),
        places=_entities(db, sets, found, "place", part, scale),
        total=total,
        confidences=_surest(db, sets, found) if eid is None else _surest_of(db, eid, part, scale),
        conflicts=_conflicts(db, sets, found, eid),
    )


def spread(db: sqlite3.Connection, sets: Sets, found: int, dimension: str) -> list[tuple[str, int]]:
    """How many articles of a set have each value."""
    return [(v, (found & sets.get(db, dimension, v)).bit_count()) for v in sets.values(db, dimension)]


def _most_first(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((v, n) for v, n in counts if n), key=lambda c: (-c[1], c[0])))


def part_of(found: int, most: int) -> list[int]:
    """The articles of a set, or `most` of them (about) that are spread evenly over it."""
    total = found.bit_count()
    stride = next((s for s in _STRIDES if total <= s * most), _STRIDES[-1])
    return seqs_of(found & _every(stride, -(-found.bit_length() // _BLOCK)) if stride > 1 else found)


_BLOCK = 65_536


@functools.lru_cache(maxsize=32)
def _every(stride: int, blocks: int) -> int:
    """Every so manieth of the numbers below so many blocks."""
    return int(("1" + "0" * (stride - 1)) * (blocks * _BLOCK // stride + 1), 2)


def _conflicts(
    db: sqlite3.Connection, sets: Sets, found: int, eid: int | None = None
) -> tuple[tuple[str, int], ...]:
    """How many articles name things differently in their two languages: any, then by kind; or `eid` alone."""
    if eid is not None:
        counts = [("", (found & sets.conflicts_at(db, eid)).bit_count())]
    else:
        counts = [("", (found & sets.conflicts(db)).bit_count())]
        counts += _most_first((k, (found & sets.conflicts(db, k)).bit_count()) for k in _KINDS)
    return tuple((kind, n) for kind, n in counts if n)


def _surest(db: sqlite3.Connection, sets: Sets, found: int) -> tuple[tuple[str, int], ...]:
    """How many articles have a link that is so sure at the least."""
    counts = ((level, (found & sets.mentions(db, step=step)).bit_count()) for level, step in _LEVELS)
    return tuple((level, n) for level, n in counts if n)


def _surest_of(
    db: sqlite3.Connection, eid: int, part: list[int], scale: float
) -> tuple[tuple[str, int], ...]:
    """The same of links to one entity."""
    sql = (
        "SELECT max(x.confidence) FROM json_each(?) s CROSS JOIN mention x ON x.seq = s.value AND x.eid = ?"
        " GROUP BY x.seq"
    )
    surest = [c for (c,) in db.execute(sql, (json.dumps(part), eid))]
    counts = ((level, round(sum(c >= step for c in surest) * scale)) for level, step in _LEVELS)
    return tuple((level, n) for level, n in counts if n)


def _entities(
    db: sqlite3.Connection, sets: Sets, found: int, kind: str, part: list[int], scale: float
) -> tuple[EntitySummary, ...]:
    """The entities of a kind that most of the articles mention."""
    sql = (
        "SELECT m.eid, count(*) AS n FROM json_each(?) s CROSS JOIN mention m ON m.seq = s.value"
        " WHERE m.kind = ? GROUP BY m.eid ORDER BY n DESC LIMIT ?"
    )
    counts = dict(db.execute(sql, (json.dumps(part), kind, _SHOWN)).fetchall())
    if scale > 1:
        for eid, n in counts.items():
            wide = sets.get(db, "entity", str(eid))
            counts[eid] = (found & wide).bit_count() if wide else round(n * scale)
    marks = ",".join("?" * len(counts))
    columns = f"SELECT {ENTITY}, e.eid FROM entity e WHERE eid IN ({marks})"
    rows = [(*row[:-1], counts[row[-1]]) for row in db.execute(columns, tuple(counts))]
    return tuple(sorted(map(entity_summary, rows), key=lambda e: (-e.count, e.id)))


def _all_facets(db: sqlite3.Connection, sets: Sets) -> Facets:
    def counted(dimension: str) -> tuple[tuple[str, int], ...]:
        sql = "SELECT value, n FROM facet WHERE dimension = ? ORDER BY n DESC, value"
        return tuple(db.execute(sql, (dimension,)).fetchall())

    def top(kind: str) -> tuple[EntitySummary, ...]:
        sql = (
            f"SELECT {ENTITY}, articles FROM entity e WHERE kind = ? AND articles > 0"
            " ORDER BY articles DESC LIMIT ?"
        )
        return tuple(entity_summary(r) for r in db.execute(sql, (kind, _SHOWN)))

    return Facets(
        years=tuple(sorted((int(y), n) for y, n in counted("year"))),
        kinds=counted("article_kind"),
        confidences=tuple(sorted(counted("article_confidence"), reverse=True)),
        langs=counted("lang"),
        event_types=_most_first(spread(db, sets, sets.all(db), "event")),
        sources=top("source"),
        places=top("place"),
        conflicts=_conflicts(db, sets, sets.all(db)),
        total=dict(counted("total")).get("articles", 0),
    )


def _entity_facets(db: sqlite3.Connection, sets: Sets, eid: int) -> Facets:
    row = db.execute("SELECT articles FROM entity WHERE eid = ?", (eid,)).fetchone()
    years = db.execute("SELECT year, n FROM entity_year WHERE eid = ? ORDER BY year", (eid,)).fetchall()
    return Facets(
        years=tuple(years),
        event_types=_most_first(spread(db, sets, sets.entity(db, eid), "event")),
        sources=tuple(neighbours(db, eid, "source", _SHOWN)),
        places=tuple(neighbours(db, eid, "place", _SHOWN)),
        total=row[0] if row else 0,
        conflicts=_conflicts(db, sets, sets.all(db), eid),
    )
