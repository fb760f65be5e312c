"""The index file: one compact SQLite database, written once, then only read.

Tables: ``item`` (a JSON row each), ``name`` (by folded text, for lookups), ``matcher`` (names merged by
folded text and kind, for the dictionary matcher), ``suggest`` (folded text without spaces, and Pinyin, for
completion), ``meta``.  Rows are written in key order, so the trees are packed and the same items always
give the same content, whose hash is the authority's version.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from kg.authority.aliases import WEIGHTS, ItemName, is_chinese, is_latin, names_of
from kg.authority.matching import is_common, is_faint, is_sought, personal_names
from kg.authority.records import dump_item
from kg.authority.suggest import suggest_keys
from kg.errors import AuthorityError
from kg.model import Item
from kg.text import fold

APPLICATION_ID = 0x444C4155  # "DLAU"
SCHEMA = 1
"""Version of the file's layout; raised whenever a reader of the old one would misread the new."""

HOWS = ("label", "alias", "generated")
MAX_ITEMS = 12
"""How many items one name may mean to the matcher; and, beyond given names, in a lookup."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (n INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, subkind TEXT NOT NULL,
  prior REAL NOT NULL, lat REAL, lon REAL, data TEXT NOT NULL);
CREATE TABLE name (key TEXT, item INTEGER, text TEXT, how INTEGER, script INTEGER, prior REAL,
  PRIMARY KEY (key, item, text)) WITHOUT ROWID;
CREATE TABLE matcher (key TEXT, kind TEXT, subkind TEXT, text TEXT, script INTEGER, items TEXT, prior REAL,
  PRIMARY KEY (key, kind)) WITHOUT ROWID;
CREATE TABLE suggest (key TEXT, item INTEGER, text TEXT, script INTEGER, prior REAL,
  PRIMARY KEY (key, item)) WITHOUT ROWID;
CREATE TEMP TABLE raw (key TEXT, item INTEGER, text TEXT, how INTEGER, script INTEGER, prior REAL,
  exclusive INTEGER);
"""
_INDEXES = (
    "CREATE UNIQUE INDEX item_id ON item (id)",
    "CREATE INDEX item_kind ON item (kind, subkind)",
    "CREATE INDEX item_place ON item (lat, lon) WHERE lat IS NOT NULL",
)


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What was written: counts, and the version that the content got."""

    items: int
    names: int
    matcher_names: int
    version: str
    size: int


def write_index(path: Path, items: Iterable[Item], *, date: str, sources: Iterable[str] = ()) -> IndexReport:
    """Write the index of `items` (unique ids, in order of id) to `path`, whole or not at all.

    `date` is the ISO date the knowledge is of; `sources` are named in the file.  Two processes may write
    the same path: the last one to finish wins and both files are whole.  Raises AuthorityError where the
    folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as db:
            _begin(db)
            report = _Writer(db).write(items, date=date, sources=tuple(sources))
            db.execute("COMMIT")
        size = temporary.stat().st_size
        temporary.replace(path)
    except (OSError, sqlite3.Error) as e:
        raise AuthorityError(
            f"authority index {path}: cannot be written: {e}", remedy="check the folder and the space left"
        ) from e
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return IndexReport(report.items, report.names, report.matcher_names, report.version, size)


def _begin(db: sqlite3.Connection) -> None:
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "page_size=8192"):
        db.execute(f"PRAGMA {pragma}")
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={SCHEMA}")
    db.executescript(_TABLES)
    db.execute("BEGIN")


_Raw = tuple[str, int, str, int, int, float, int]


class _Writer:
    """The passes that fill an index: items and raw names, then names by key, then what derives from them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._hash = hashlib.sha256(f"schema {SCHEMA}".encode())
        self._names = 0
        self._matcher = 0
        self._personal: set[str] = set()

    def write(self, items: Iterable[Item], *, date: str, sources: tuple[str, ...]) -> IndexReport:
        count = self._items(items)
        self._db.executemany("INSERT INTO name VALUES (?,?,?,?,?,?)", self._name_rows())
        self._db.executemany("INSERT OR IGNORE INTO matcher VALUES (?,?,?,?,?,?,?)", self._matcher_rows())
        self._suggest()
        self._db.execute("DROP TABLE temp.raw")
        for statement in _INDEXES:
            self._db.execute(statement)
        version = self._hash.hexdigest()[:16]
        meta = {"date": date, "version": version, "sources": "\n".join(sources), "items": str(count)}
        meta["names"] = str(self._names)
        self._db.executemany("INSERT INTO meta VALUES (?,?)", sorted(meta.items()))
        return IndexReport(count, self._names, self._matcher, version, 0)

    def _items(self, items: Iterable[Item]) -> int:
        n = 0
        for n, item in enumerate(items, start=1):
            data = dump_item(item)
            self._hash.update(data.encode())
            self._db.execute(
                "INSERT INTO item VALUES (?,?,?,?,?,?,?,?)",
                (n, item.id, item.kind, item.subkind, item.prior, item.lat, item.lon, data),
            )
            self._db.executemany("INSERT INTO raw VALUES (?,?,?,?,?,?,?)", _raw_names(n, item))
            for _, text in (*item.labels, *item.aliases):
                self._personal.update(fold(part) for part in personal_names(item, text))
        return n

    def _name_rows(self) -> Iterator[tuple[str, int, str, int, int, float]]:
        rows = self._db.execute("SELECT * FROM raw ORDER BY key, item, how, text")
        for _, group in groupby(rows, key=itemgetter(0)):
            for row in _settle(list(group)):
                self._names += 1
                self._hash.update(f"{row[0]}\t{row[1]}\t{row[2]}".encode())
                yield row[:6]

    def _matcher_rows(self) -> Iterator[tuple[str, str, str, str, int, str, float]]:
        rows = self._db.execute(
            "SELECT n.key, i.kind, i.subkind, n.text, n.script, i.id, n.prior, n.how, i.prior FROM name n"
            " JOIN item i ON i.n = n.item WHERE n.script < 2"
            " ORDER BY n.key, i.kind, n.prior DESC, n.how, i.n, n.text"
        )
        for (key, kind), group in groupby(rows, key=itemgetter(0, 1)):
            rows_of_key = list(group)
            best = rows_of_key[0]
            text = best[3]
            renown = max(row[8] for row in rows_of_key)
            known, prior = key in self._personal, best[6]
            looked_up = not prior and best[7] == 2
            if looked_up or not is_sought(text, key, kind, renown=renown, prior=prior, is_personal=known):
                if is_faint(text, key, kind, renown=renown):
                    prior = 0.0
                elif is_common(text, key, kind, best[2], renown=renown):
                    prior = -1.0
                elif looked_up or kind != "source" or best[4] != 0 or len(key) < 2:
                    continue
                else:  # a magazine called 时代 is one between title marks only
                    key, text = f"《{key}》", f"《{text}》"
            ids = dict.fromkeys(row[5] for row in rows_of_key)
            self._matcher += 1
            yield key, kind, best[2], text, best[4], " ".join(list(ids)[:MAX_ITEMS]), prior

    def _suggest(self) -> None:
        self._db.execute(
            "CREATE TEMP TABLE keys (key TEXT, item INTEGER, text TEXT, script INTEGER, prior REAL)"
        )
        names = self._db.execute("SELECT text, item, script, prior FROM name WHERE how < 2")
        self._db.executemany(
            "INSERT INTO keys VALUES (?,?,?,?,?)",
            ((k, item, text, s, p) for text, item, s, p in names for k in suggest_keys(text)),
        )
        self._db.execute(
            "INSERT INTO suggest SELECT key, item, text, script, max(prior) FROM keys GROUP BY key, item"
            " ORDER BY key, item"
        )
        self._db.execute("DROP TABLE temp.keys")


def _raw_names(n: int, item: Item) -> Iterator[_Raw]:
    for name in names_of(item):
        script = _script(name)
        prior = 0.0 if name.unsought else round(item.prior * WEIGHTS[name.how], 5)
        yield fold(name.text), n, name.text, HOWS.index(name.how), script, prior, int(name.exclusive)


def _script(name: ItemName) -> int:
    """Which text the name is looked for in: Chinese, English, or none (completion only)."""
    if name.foreign:
        return 2
    if is_chinese(name.text):
        return 0
    return 1 if is_latin(name.text) else 2


def _settle(rows: list[_Raw]) -> list[_Raw]:
    """The rows of one key that stay: given names all; derived ones under the rules of their kind.

    An added name yields to anybody's given name; two added ones of the same text both go, unless one item
    outweighs the others tenfold.  Dropped ones fill up to `MAX_ITEMS` items, weightiest first.
    """
    given = [r for r in rows if r[3] < 2]
    bearers = {r[1] for r in given}
    derived = [r for r in rows if r[3] == 2 and r[1] not in bearers]
    dropped = sorted((r for r in derived if not r[6]), key=lambda r: (-r[5], r[1]))
    added = sorted((r for r in derived if r[6]), key=lambda r: (-r[5], r[1]))
    kept = given + dropped[: max(0, MAX_ITEMS - len(bearers))]
    if added and not bearers and not dropped and (len(added) == 1 or added[0][5] >= 10 * added[1][5]):
        kept.append(added[0])
    return sorted(kept, key=lambda r: (r[1], r[2]))
