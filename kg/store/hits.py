"""The articles that filters or words let through, as sets (`kg.store.bitmaps`), remembered while open."""

from __future__ import annotations

import functools
import json
import operator
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping

from kg.store.bitmaps import CHUNK, STEPS, pack, seqs_of, to_bytes
from kg.store.containment import contents, inside
from kg.store.rows import Filters
from kg.store.schema import eid_of
from kg.store.selecting import day_of, mention_filter

_FEW = 300  # articles that are quicker sorted than met on a walk through a year
_KEPT = 64 << 20  # bytes of sets that are remembered


class Sets:
    """Sets of the articles of one release, which never changes; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], int] = OrderedDict()
        self._values: dict[str, tuple[str, ...]] = {}
        self._contents: Mapping[int, frozenset[int]] | None = None
        self._size = 0

    def _remembered(self, key: tuple[str, ...], make: Callable[[], int]) -> int:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._size += made.bit_length() // 8
            while self._size > _KEPT and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._size -= gone.bit_length() // 8
        return made

    def get(self, db: sqlite3.Connection, dimension: str, value: str) -> int:
        """The articles that have `value` in a dimension of `kg.store.bitmaps`."""
        return self._remembered((dimension, value), lambda: _read(db, dimension, value))

    def values(self, db: sqlite3.Connection, dimension: str) -> tuple[str, ...]:
        """The values of a dimension, in order."""
        if dimension not in self._values:
            sql = "SELECT DISTINCT value FROM bitmap WHERE dimension = ? ORDER BY 1"
            self._values[dimension] = tuple(str(v) for (v,) in db.execute(sql, (dimension,)))
        return self._values[dimension]

    def all(self, db: sqlite3.Connection) -> int:
        """All articles."""
        return self._remembered(
            ("all",), lambda: union(self.get(db, "langs", v) for v in self.values(db, "langs"))
        )

    def mentions(
        self, db: sqlite3.Connection, *, kind: str | None = None, role: str | None = None, step: int = 0
    ) -> int:
        """Articles with a mention of a kind, in a role, whose confidence reaches a step of `STEPS`."""
        key = ("mentions", kind or "", role or "", str(step))
        return self._remembered(key, lambda: union(self._cells(db, kind, role, step)))

    def conflicts(self, db: sqlite3.Connection, kind: str | None = None) -> int:
        """Articles whose two languages name different things somewhere; of a kind, if one is given."""
        kinds = [kind] if kind else self.values(db, "conflict")
        return union(self.get(db, "conflict", one) for one in kinds)

    def conflicts_at(self, db: sqlite3.Connection, eid: int) -> int:
        """Articles whose two languages differ where one of them names an entity."""
        sql = "SELECT DISTINCT seq FROM mention WHERE conflict AND eid = ?"
        return pack(s for (s,) in db.execute(sql, (eid,)))

    def _cells(self, db: sqlite3.Connection, kind: str | None, role: str | None, step: int) -> list[int]:
        cells = [(value, value.split(" ")) for value in self.values(db, "mention")]
        return [
            self.get(db, "mention", value)
            for value, (of, part, reached) in cells
            if (kind is None or of == kind) and (role is None or part == role) and int(reached) >= step
        ]

    def entity(self, db: sqlite3.Connection, eid: int) -> int:
        """The articles that mention an entity."""
        wide = self.get(db, "entity", str(eid))
        return wide or pack(
            s for (s,) in db.execute("SELECT DISTINCT seq FROM mention WHERE eid = ?", (eid,))
        )

    def inside(self, db: sqlite3.Connection, place: str) -> frozenset[int]:
        """A place and all that lies in it, by their numbers."""
        if self._contents is None:
            self._contents = contents(db)
        return inside(self._contents, eid_of(place))

    def within(self, db: sqlite3.Connection, place: str) -> int:
        """The articles that mention a place or one in it."""

        def mentioning() -> int:
            places = self.inside(db, place)
            wide = {int(v) for v in self.values(db, "entity")} & places
            sql = "SELECT DISTINCT seq FROM mention WHERE eid IN (SELECT value FROM json_each(?))"
            rest = db.execute(sql, (json.dumps(sorted(places - wide)),))
            return union([pack(s for (s,) in rest), *(self.entity(db, eid) for eid in wide)])

        return self._remembered(("within", place), mentioning)

    def matching(self, db: sqlite3.Connection, match: str) -> int:
        """The articles whose text matches an FTS5 expression."""
        sql = "SELECT rowid FROM words WHERE words MATCH ?"
        return self._remembered(("match", match), lambda: pack(s for (s,) in db.execute(sql, (match,))))

    def filtered(self, db: sqlite3.Connection, filters: Filters) -> int:
        """The articles that pass all filters."""
        passed = list[int]()
        if filters.year is not None:
            passed.append(self.get(db, "year", str(filters.year)))
        if filters.since or filters.until:
            passed.append(self._between(db, filters.since, filters.until))
        if filters.page is not None:
            passed.append(self.get(db, "page", str(filters.page)))
        if filters.lang:
            of_lang = [v for v in self.values(db, "langs") if filters.lang in v]
            passed.append(union(self.get(db, "langs", v) for v in of_lang))
        if filters.event_type:
            passed.append(self.get(db, "event", filters.event_type))
        if filters.within:
            passed.append(self.within(db, filters.within))
        passed += self._mentioning(db, filters)
        return functools.reduce(operator.and_, passed) if passed else self.all(db)

    def _mentioning(self, db: sqlite3.Connection, filters: Filters) -> list[int]:
        narrowed, values = mention_filter(filters)
        eids = [eid_of(entity) for entity in filters.entities]
        if not narrowed:
            return [self.entity(db, eid) for eid in eids]
        if filters.conflict and not eids and not filters.role and filters.min_confidence is None:
            return [self.conflicts(db, filters.kind)]
        step = round((filters.min_confidence or 0) * 100)
        if not eids and not filters.conflict and step in STEPS:
            return [self.mentions(db, kind=filters.kind, role=filters.role, step=step)]
        # What narrows is said of the first entity.
        of_it, first = (" AND x.eid = ?", eids[:1]) if eids else ("", [])
        few = " INDEXED BY mention_conflict" if filters.conflict else ""  # SQLite would read all mentions
        sql = f"SELECT DISTINCT x.seq FROM mention x{few} WHERE {narrowed}{of_it}"
        narrow = pack(s for (s,) in db.execute(sql, [*values, *first]))
        return [narrow, *(self.entity(db, eid) for eid in eids[1:])]

    def _between(self, db: sqlite3.Connection, since: str | None, until: str | None) -> int:
        """The articles printed between two days: whole years are kept, the ends are looked up."""
        first, last = day_of(since or "0001-01-01"), day_of(until or "9999-12-31")
        found = []
        for value in self.values(db, "year"):
            begin, end = int(value) * 10000 + 101, int(value) * 10000 + 1231
            if first <= begin and end <= last:
                found.append(self.get(db, "year", value))
            elif begin <= last and first <= end:
                sql = "SELECT seq FROM article WHERE day BETWEEN ? AND ?"
                days = (max(first, begin), min(last, end))
                found.append(pack(s for (s,) in db.execute(sql, days)))
        return union(found)

    def dated(
        self, db: sqlite3.Connection, found: int, after: tuple[int, int] | None, limit: int, *, newest: bool
    ) -> list[int]:
        """The first articles of a set in order of days, behind the day and number `after`.

        Only years in which there are any are looked at, one after the other.
        """
        out: list[int] = []
        way = -1 if newest else 1
        for value in sorted(self.values(db, "year"), key=int, reverse=newest):
            if after is not None and way * int(value) < way * (after[0] // 10000):
                continue
            here = found & self.get(db, "year", value)
            if not here:
                continue
            for day, seq in _in_order(db, here, int(value), newest):
                if after is None or ((day, seq) < after if newest else (day, seq) > after):
                    out.append(seq)
                    if len(out) == limit:
                        return out
        return out


def _in_order(db: sqlite3.Connection, found: int, year: int, newest: bool) -> Iterator[tuple[int, int]]:
    """Day and number of the articles of a set, all of them of one year."""
    down = " DESC" if newest else ""
    if found.bit_count() <= _FEW:
        sql = "SELECT day, seq FROM json_each(?) s CROSS JOIN article ON seq = s.value"
        rows = db.execute(sql, (json.dumps(seqs_of(found)),)).fetchall()
        yield from sorted(rows, reverse=newest)
        return
    sql = f"SELECT day, seq FROM article WHERE day BETWEEN ? AND ? ORDER BY day{down}, seq{down}"
    bits = to_bytes(found)
    for day, seq in db.execute(sql, (year * 10000, year * 10000 + 9999)):
        if seq >> 3 < len(bits) and bits[seq >> 3] >> (seq & 7) & 1:
            yield day, seq


def union(sets: Iterable[int]) -> int:
    """What is in any of some sets."""
    return functools.reduce(operator.or_, sets, 0)


def _read(db: sqlite3.Connection, dimension: str, value: str) -> int:
    sql = "SELECT chunk, bits FROM bitmap WHERE dimension = ? AND value = ? ORDER BY chunk"
    out = bytearray()
    for chunk, bits in db.execute(sql, (dimension, value)):
        out.extend(bytes(chunk * (CHUNK // 8) - len(out)))
        out.extend(bits)
    return int.from_bytes(out, "little")
