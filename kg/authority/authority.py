"""The authority as readers see it: items, names, completion, places and times.  It cannot be written to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from kg.authority.geography import kilometres, window
from kg.authority.index import APPLICATION_ID, HOWS, SCHEMA
from kg.authority.lifetimes import overlaps
from kg.authority.records import load_item
from kg.authority.suggest import Suggestion, suggest_key
from kg.connections import Connections
from kg.errors import AuthorityError
from kg.model import Item, Lang, Name, NameHit
from kg.text import fold

K = TypeVar("K")
V = TypeVar("V")

_REMEMBER = 50_000
_DEPTH = 6
_SCRIPT = {Lang.ZH: 0, Lang.EN: 1}
_LANGS = (Lang.ZH, Lang.EN)
_MMAP = 1 << 30
_LOOKUP = (
    "SELECT i.id, n.text, n.script, n.how, n.prior FROM name n JOIN item i ON i.n = n.item"
    " WHERE n.key = ? AND n.script < 2"
)


class Authority:
    """What is known of the items of one index file.

    Opened in milliseconds whatever its size and mapped into memory, so that processes share it.  May be used
    from several threads, survives ``fork`` and pickles (each thread and process opens the file for itself).
    Items and lookups are remembered, up to a bound.
    """

    def __init__(self, path: Path) -> None:
        """Open the index; AuthorityError where it is missing, damaged or of another version."""
        self.path = path
        self._items: dict[str, Item | None] = {}
        self._hits: dict[tuple[str, Lang | None], tuple[NameHit, ...]] = {}
        self._connections = Connections(lambda: _open(path))
        meta = self.meta
        self.date: str = meta["date"]
        self.version: str = meta["version"]
        self._size = int(meta["items"])
        self._events: tuple[Item, ...] | None = None

    def __len__(self) -> int:
        return self._size

    def __reduce__(self) -> tuple[type[Authority], tuple[Path]]:
        return Authority, (self.path,)

    @property
    def meta(self) -> dict[str, str]:
        """What the file says of itself: ``date``, ``version``, ``items``, ``names``, ``sources``."""
        return dict(self._query("SELECT key, value FROM meta"))

    # --- items -------------------------------------------------------------------------------------

    def item(self, id: str) -> Item | None:
        """The item, or None where the authority does not have it."""
        try:
            return self._items[id]
        except KeyError:
            rows = self._query("SELECT data FROM item WHERE id = ?", id)
            return _kept(self._items, id, load_item(rows[0][0]) if rows else None)

    def items(self, kind: str | None = None, subkind: str | None = None) -> Iterator[Item]:
        """All items in order of id, or those of one kind (and subkind)."""
        where = " WHERE kind = ?" if kind else ""
        where += " AND subkind = ?" if kind and subkind else ""
        arguments = [a for a in (kind, subkind) if a] if kind else []
        for (data,) in self._stream(f"SELECT data FROM item{where} ORDER BY n", *arguments):  # noqa: S608
            yield load_item(data)

    def events(self, start: str | None = None, end: str | None = None) -> tuple[Item, ...]:
        """Events in order of their start; with ISO dates, those that overlap the stretch between them."""
        if self._events is None:
            self._events = tuple(sorted(self.items("event"), key=lambda e: (e.start or "9999", e.id)))
        if start is None and end is None:
            return self._events
        return tuple(e for e in self._events if e.start and overlaps(e, start or end, end or start))

    # --- names -------------------------------------------------------------------------------------

    def lookup(self, surface: str, lang: Lang | None = None) -> tuple[NameHit, ...]:
        """The items that `surface` may name: those so written first, then those equal when folded, by prior.

        One hit an item.  `lang` keeps Chinese names out of English text and the other way round; English
        stands for all that is written in Latin letters.  A leading "the" is ignored if need be.
        """
        key = (surface, lang)
        try:
            return self._hits[key]
        except KeyError:
            hits = self._lookup(surface, lang)
            if not hits and surface[:4].lower() == "the ":
                hits = self._lookup(surface[4:], lang)
            return _kept(self._hits, key, hits)

    def _lookup(self, surface: str, lang: Lang | None) -> tuple[NameHit, ...]:
        found: dict[str, tuple[tuple[Any, ...], NameHit]] = {}
        for id, text, script, how, prior in self._query(_LOOKUP, fold(surface)):
            if lang is not None and _SCRIPT[lang] != script:
                continue
            exact = text == surface
            rank = (not exact, -prior, how, text)
            hit = NameHit(id, text, _LANGS[script], HOWS[how] if exact or how == 2 else "folded", prior)
            if id not in found or rank < found[id][0]:
                found[id] = rank, hit
        return tuple(hit for _, hit in sorted(found.values(), key=lambda f: (f[0], f[1].item)))

    def names(self) -> Iterator[Name]:
        """Every name worth looking for in text, once a folded text and kind, in order of the folded text.

        One-character names and the common words of the stop list are left out.  `items` are the weightiest
        bearers, best first, twelve at most.
        """
        rows = self._stream(
            "SELECT text, script, kind, subkind, items, prior FROM matcher ORDER BY key, kind"
        )
        for text, script, kind, subkind, items, prior in rows:
            yield Name(text, _LANGS[script], kind, subkind, tuple(items.split()), prior)

    def suggest(
        self, prefix: str, lang: Lang | None = None, kind: str | None = None, *, limit: int = 10
    ) -> tuple[Suggestion, ...]:
        """Items a name of which begins with `prefix`, weightiest first.

        Diacritics, case, spaces and traditional characters do not matter; Chinese names answer to their
        Pinyin too.  `lang` chooses the label that is shown (English where there is none).
        """
        key = suggest_key(prefix)
        if not key or limit < 1:
            return ()
        rows = self._query(
            "SELECT i.id, s.text, max(s.prior) AS p FROM suggest s JOIN item i ON i.n = s.item"
            " WHERE s.key >= ? AND s.key < ? AND (? IS NULL OR i.kind = ?)"
            " GROUP BY s.item ORDER BY p DESC, length(s.key), i.id LIMIT ?",
            key, key + "\U0010ffff", kind, kind, limit,
        )  # fmt: skip
        return tuple(self._suggestion(id, text, prior, lang) for id, text, prior in rows)

    def _suggestion(self, id: str, name: str, prior: float, lang: Lang | None) -> Suggestion:
        item = self.item(id)
        assert item is not None  # noqa: S101  # the row came from the item table
        shown = item.label(lang or Lang.EN) or item.label(Lang.EN) or item.label(Lang.ZH) or id
        return Suggestion(id, name, shown, item.kind, item.subkind, prior)

    # --- geography ---------------------------------------------------------------------------------

    def ancestors(self, id: str) -> tuple[str, ...]:
        """What the item lies in or belongs to, nearest first: `part_of` and `country`, and theirs in turn."""
        found: dict[str, None] = {}
        level = [id]
        for _ in range(_DEPTH):
            above: list[str] = []
            for at in level:
                if (item := self.item(at)) is not None:
                    above += [*item.part_of, *([item.country] if item.country else [])]
            level = [a for a in dict.fromkeys(above) if a not in found and a != id]
            if not level:
                break
            found.update(dict.fromkeys(level))
        return tuple(found)

    def contains(self, outer: str, inner: str) -> bool:
        """Whether `inner` lies in or belongs to `outer` (an item contains itself)."""
        return outer == inner or outer in self.ancestors(inner)

    def near(
        self, lat: float, lon: float, km: float, kind: str | None = None
    ) -> tuple[tuple[float, Item], ...]:
        """Distance in km and item of those within `km` of a point, nearest first."""
        box = window(lat, lon, km)
        rows = self._query(
            "SELECT data FROM item WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?"
            " AND (? IS NULL OR kind = ?)",
            *box, kind, kind,
        )  # fmt: skip
        found = [load_item(data) for (data,) in rows]
        measured = (
            (kilometres(lat, lon, i.lat, i.lon), i) for i in found if i.lat is not None and i.lon is not None
        )
        return tuple(sorted((m for m in measured if m[0] <= km), key=lambda m: (m[0], m[1].id)))

    # --- the file ----------------------------------------------------------------------------------

    def _query(self, sql: str, *arguments: object) -> list[Any]:
        return list(self._stream(sql, *arguments))

    def _stream(self, sql: str, *arguments: object) -> Iterator[Any]:
        try:
            yield from self._connections.here().execute(sql, arguments)
        except sqlite3.DatabaseError as e:
            raise _damaged(self.path, str(e)) from e


def _kept(known: dict[K, V], key: K, value: V) -> V:
    """The value, remembered; a thread that forgets all takes nothing from another that has just looked."""
    if len(known) >= _REMEMBER:
        known.clear()
    known[key] = value
    return value


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise AuthorityError(
            f"authority index {path}: no such file", remedy="kg authority build -o FILE makes one"
        )
    uri = path.absolute().as_uri() + "?mode=ro&immutable=1"
    try:
        db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        db.execute(f"PRAGMA mmap_size={_MMAP}")
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (schema,) = db.execute("PRAGMA user_version").fetchone()
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        (page,) = db.execute("PRAGMA page_size").fetchone()
    except sqlite3.DatabaseError as e:
        raise _damaged(path, str(e)) from e
    if application != APPLICATION_ID:
        raise _damaged(path, "not an authority index")
    if schema != SCHEMA:
        raise AuthorityError(
            f"authority index {path}: layout {schema}, this version reads {SCHEMA}",
            remedy=f"build it again: kg authority build -o {path}",
        )
    if path.stat().st_size < pages * page:
        raise _damaged(path, "the file is cut short")
    return db


def _damaged(path: Path, reason: str) -> AuthorityError:
    return AuthorityError(
        f"authority index {path}: damaged: {reason}", remedy=f"build it again: kg authority build -o {path}"
    )
