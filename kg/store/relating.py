"""Articles that tell of the same as one: reports of its events, and those that name the same rare things.

What few articles name weighs most, by the logarithm of how few (the inverse document frequency of Spärck
Jones, 1972); what very many name says nothing, and is not looked at.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

_COMMON = 1_000  # articles from which an entity says nothing of what an article is about,
_SHARE = 20  # or one in so many
_NAMES = 12  # rarest entities of the article that are looked at
_ALONE = 10  # articles up to which one shared entity is enough


@dataclass(slots=True)
class _Shared:
    score: float = 0.0
    entities: list[str] = field(default_factory=list)
    event: bool = False
    enough: bool = False


def related(db: sqlite3.Connection, seq: int, limit: int) -> list[tuple[int, tuple[str, ...], bool]]:
    """The nearest articles first: their number, what they name too (rarest first), if they report the same
    event.
    """
    (total,) = db.execute("SELECT n FROM facet WHERE dimension = 'total' AND value = 'articles'").fetchone()
    found: dict[int, _Shared] = defaultdict(_Shared)
    for eid, id, articles in db.execute(
        "SELECT e.eid, e.id, e.articles FROM"
        " (SELECT DISTINCT eid FROM mention WHERE seq = ? AND optional = 0)"
        " JOIN entity e USING (eid) WHERE e.kind IN ('place', 'source', 'unit')"
        " AND NOT (e.kind = 'unit' AND e.item IS NULL) AND e.articles BETWEEN 2 AND ?"
        " ORDER BY e.articles, e.eid LIMIT ?",
        (seq, min(_COMMON, max(_ALONE, total // _SHARE)), _NAMES),
    ):
        weight = math.log(total / articles)
        for (other,) in db.execute(
            "SELECT DISTINCT seq FROM mention WHERE eid = ? AND optional = 0 AND seq <> ?", (eid, seq)
        ):
            shared = found[other]
            shared.score += weight
            shared.enough |= bool(shared.entities) or articles <= _ALONE
            shared.entities.append(id)
    for (other,) in db.execute(
        "SELECT DISTINCT b.seq FROM report a JOIN report b USING (event) WHERE a.seq = ?1 AND b.seq <> ?1"
        " LIMIT ?2",
        (seq, _COMMON),
    ):
        shared = found[other]
        shared.score += math.log(total)
        shared.event = shared.enough = True
    near = sorted((-s.score, other) for other, s in found.items() if s.enough)[:limit]
    return [(other, tuple(found[other].entities), found[other].event) for _, other in near]
