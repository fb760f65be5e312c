"""Counts of a changed archive, worked out from what has changed: the cost is that of the change.

Sums over articles (`kg.store.counting`) are taken back for articles that leave and added for those that
come.  Of a hub's neighbours only the first are kept, so that what takes the place of one that drops out is
not known: then, and only then, the hub is counted anew.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable

from kg.store import bitmaps, counting
from kg.store.counting import ENTITY_FACETS, ENTITY_SUMS, FACET_SUMS

_MOST = 0.1  # share of the articles above which counting everything is quicker
_LEAST = 2_000  # articles that are worth it in any case
_PAIRS = 60  # changed neighbours of a hub above which counting it anew is quicker
_KINDS = 4  # an entity is mentioned in one article under so many kinds at most
_SOME = "seq IN (SELECT seq FROM temp.changed)"
_TOUCHED = "eid IN (SELECT eid FROM temp.touched)"
_TABLES = """
CREATE TEMP TABLE changed (seq INTEGER PRIMARY KEY);
CREATE TEMP TABLE touched (eid INTEGER PRIMARY KEY, more INTEGER NOT NULL);
CREATE TEMP TABLE event_more (event TEXT PRIMARY KEY, more INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE day_more (day INTEGER PRIMARY KEY, more INTEGER NOT NULL);
"""


class Recount:
    """Tell it which articles leave, before they do, and which have come; then `apply` once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        counting.run(db, _TABLES)
        articles = int(db.execute("SELECT count(*) FROM article").fetchone()[0])
        self._left = max(_LEAST, int(articles * _MOST))
        self._came: set[int] = set()
        # How often two entities have become neighbours, or ceased to be.
        self._pairs: dict[int, Counter[int]] = {}

    def leaving(self, seqs: Collection[int]) -> None:
        """These articles are about to be removed."""
        self._spend(len(seqs))
        counted = [s for s in seqs if s not in self._came]
        self._came.difference_update(seqs)
        if self._left >= 0 and counted:
            self._sum(counted, -1)

    def coming(self, seqs: Collection[int]) -> None:
        """These articles were added."""
        self._spend(len(seqs))
        self._came.update(seqs)

    def _spend(self, articles: int) -> None:
        self._left -= articles
        if self._left < 0:
            self._came.clear()
            self._pairs.clear()

    def apply(self) -> None:
        """Bring all counts up to date."""
        db = self._db
        if self._left < 0:
            counting.recount(db)
            return
        self._sum(self._came, 1)
        for sum in ENTITY_SUMS:
            db.execute(f"DELETE FROM {sum.table} WHERE n = 0 AND {_TOUCHED}")
        counting.average_doubts(db, _TOUCHED)
        before = dict(db.execute(f"SELECT eid, articles FROM entity WHERE {_TOUCHED}"))
        db.execute(
            "UPDATE entity SET"
            " articles = articles + (SELECT more FROM temp.touched t WHERE t.eid = entity.eid),"
            " first = (SELECT min(day) FROM mention m WHERE m.eid = entity.eid),"
            f" last = (SELECT max(day) FROM mention m WHERE m.eid = entity.eid) WHERE {_TOUCHED}"
        )
        for eid, now in db.execute(f"SELECT eid, articles FROM entity WHERE {_TOUCHED}").fetchall():
            self._neighbours(eid, before[eid], now)
            if (before[eid] > bitmaps.WIDE) != (now > bitmaps.WIDE):
                bitmaps.forget_entity(db, eid)
                if now > bitmaps.WIDE:
                    bitmaps.build_entity(db, eid)
        db.execute(f"DELETE FROM neighbour WHERE {_TOUCHED} AND eid NOT IN (SELECT eid FROM entity)")
        counting.offer_names(db, _TOUCHED)
        self._distinct("events", "event", "event_more", "report")
        self._distinct("issues", "day", "day_more", "article")
        counting.run(db, ENTITY_FACETS)
        db.execute(
            "DELETE FROM facet WHERE n = 0 AND dimension NOT LIKE 'article_%' AND dimension <> 'total'"
        )

    # --- sums ---

    def _sum(self, seqs: Iterable[int], sign: int) -> None:
        """Add what these articles count for, or (`sign` -1) take it back."""
        db = self._db
        db.execute("DELETE FROM temp.changed")
        db.executemany("INSERT INTO temp.changed VALUES (?)", ((s,) for s in seqs))
        for sum in (*ENTITY_SUMS, *FACET_SUMS):
            more = ", ".join(f"{v} = {v} + excluded.{v}" for v in sum.values)
            select = sum.select.format(n=f"{sign} *", of=_SOME)
            db.execute(f"INSERT INTO {sum.table} {select} ON CONFLICT ({sum.keys}) DO UPDATE SET {more}")
        for table, select in (
            ("touched", f"SELECT eid, {sign} * count(DISTINCT seq) FROM mention WHERE {_SOME} GROUP BY 1"),
            ("touched", f"SELECT DISTINCT eid, 0 FROM report CROSS JOIN party USING (rid) WHERE {_SOME}"),
            ("event_more", f"SELECT event, {sign} * count(*) FROM report WHERE {_SOME} GROUP BY 1"),
            ("day_more", f"SELECT day, {sign} * count(*) FROM article WHERE {_SOME} GROUP BY 1"),
        ):
            db.execute(
                f"INSERT INTO temp.{table} {select} ON CONFLICT DO UPDATE SET more = more + excluded.more"
            )
        self._pair(sign)
        bitmaps.change(db, _SOME, come=sign > 0)

    def _pair(self, sign: int) -> None:
        """Note which entities these articles make neighbours."""
        together: dict[int, Counter[int]] = {}
        for seq, eid in self._db.execute(f"SELECT seq, eid FROM mention WHERE {_SOME}"):
            together.setdefault(seq, Counter())[eid] += sign
        for entities in together.values():
            for eid in entities:
                self._pairs.setdefault(eid, Counter()).update(entities)

    def _distinct(self, value: str, column: str, more: str, table: str) -> None:
        """What is counted once however often it is said: by what it was said before and is now."""
        came = self._db.execute(
            f"SELECT coalesce(sum((now > 0) - (now - more > 0)), 0) FROM (SELECT more,"
            f" (SELECT count(*) FROM {table} t WHERE t.{column} = m.{column}) AS now FROM temp.{more} m)"
        ).fetchone()[0]
        self._db.execute("UPDATE facet SET n = n + ? WHERE dimension = 'total' AND value = ?", (came, value))

    # --- neighbours ---

    def _neighbours(self, eid: int, before: int, now: int) -> None:
        """Bring the neighbours of an entity up to date, which was in `before` articles and is in `now`."""
        if before <= counting.HUB and now <= counting.HUB:
            return
        changed = {o: n for o, n in self._pairs.get(eid, {}).items() if n and o != eid}
        if before > counting.HUB and now > counting.HUB and (not changed or self._moved(eid, changed)):
            return
        self._db.execute("DELETE FROM neighbour WHERE eid = ?", (eid,))
        if now > counting.HUB:
            counting.count_neighbours(self._db, (eid,))

    def _moved(self, eid: int, changed: dict[int, int]) -> bool:
        """Change a hub's list by what has changed; False where that does not tell who is on it."""
        if len(changed) > _PAIRS:
            return False
        by_kind: dict[str, dict[int, int]] = {}
        for other in changed:
            kind = self._db.execute("SELECT kind FROM entity WHERE eid = ?", (other,)).fetchone()
            if kind is None:
                return False  # it has left with the last article that named it
            by_kind.setdefault(str(kind[0]), {})[other] = changed[other]
        lists = []
        for kind, more in by_kind.items():
            sql = (
                "SELECT other, n FROM neighbour JOIN entity e ON e.eid = other"
                " WHERE neighbour.eid = ? AND kind = ?"
            )
            held = {int(o): int(n) for o, n in self._db.execute(sql, (eid, kind))}
            new = self._list(eid, held, more)
            if new is None:
                return False
            lists.append((held, new))
        for held, new in lists:
            gone = ((eid, n, o) for o, n in held.items() if new.get(o) != n)
            self._db.executemany("DELETE FROM neighbour WHERE eid = ? AND n = ? AND other = ?", gone)
            come = ((eid, n, o) for o, n in new.items() if held.get(o) != n)
            self._db.executemany("INSERT INTO neighbour VALUES (?, ?, ?)", come)
        return True

    def _list(self, eid: int, held: dict[int, int], more: dict[int, int]) -> dict[int, int] | None:
        """The first neighbours of one kind, or None where one that is not on the list might come first."""
        full = len(held) == counting.NEIGHBOURS
        last = max((-n, o) for o, n in held.items()) if held else (0, 0)
        found = dict(held)
        for other, n in more.items():
            if other in held:
                found[other] += n
            elif not full:
                found[other] = n  # all that there are were on the list
            elif n > 0 and self._may_reach(other, -last[0]):
                found[other] = self._together(eid, other)
        ranked = sorted((-n, o) for o, n in found.items() if n > 0)[: counting.NEIGHBOURS]
        if full and (len(ranked) < counting.NEIGHBOURS or ranked[-1] > last):
            return None
        return {o: -n for n, o in ranked}

    def _may_reach(self, other: int, n: int) -> bool:
        sql = "SELECT articles FROM entity WHERE eid = ?"
        return int(self._db.execute(sql, (other,)).fetchone()[0]) * _KINDS >= n

    def _together(self, eid: int, other: int) -> int:
        """In how many articles both are mentioned, as `kg.store.counting.count_neighbours` counts."""
        sql = (
            "SELECT count(*) FROM mention m WHERE eid = ? AND EXISTS"
            " (SELECT 1 FROM mention h WHERE h.seq = m.seq AND h.eid = ?)"
        )
        return int(self._db.execute(sql, (other, eid)).fetchone()[0])
