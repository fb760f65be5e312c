"""Which articles have a property, as bitmaps in ``articles.db``: what searches and facets count with.

A set of articles is an integer whose bit ``seq`` says whether the article is in it: two sets of a million
articles are intersected and counted in a tenth of a millisecond.  Kept are

    year      ``1953``                      printed in that year
    langs     ``zh+en``                     has these languages
    page      ``4``                         stands on that page
    event     ``battle``                    reports an event of that type
    mention   ``place dateline 70``         has a mention of that kind, in that role (may be empty), whose
                                            surest link reaches this step of `STEPS`, and not the next
    conflict  ``place``                     names a thing of that kind differently in its two languages
    entity    the number of an entity       mentions an entity that more than `WIDE` articles do

in rows of `CHUNK` articles, so that an update writes no more than has changed.
"""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator

CHUNK = 4096  # articles of a row: half a kilobyte, which SQLite keeps in the tree itself
WIDE = 10_000  # the articles of rarer entities are read from the index in milliseconds
STEPS = (0, 50, 70, 90)  # hundredths of confidence
_SET = re.compile(rb"[^\0]")
_BITS = tuple(tuple(b for b in range(8) if byte >> b & 1) for byte in range(256))


# --- sets ---


def pack(seqs: Iterable[int]) -> int:
    """The set of some articles.

    >>> pack([1, 3]), seqs_of(0b1010)
    (10, [1, 3])
    """
    found = list(seqs)
    if not found:
        return 0
    bits = bytearray((max(found) >> 3) + 1)
    for seq in found:
        bits[seq >> 3] |= 1 << (seq & 7)
    return int.from_bytes(bits, "little")


def to_bytes(bits: int) -> bytes:
    """A set as bytes: article ``seq`` is bit ``seq & 7`` of byte ``seq >> 3``."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def seqs_of(bits: int) -> list[int]:
    """The articles of a set, in order."""
    data = to_bytes(bits)
    return [m.start() * 8 + b for m in _SET.finditer(data) for b in _BITS[data[m.start()]]]


def last(bits: int, n: int) -> list[int]:
    """The `n` articles of a set that were added last, in order.

    >>> last(0b1011, 2)
    [1, 3]
    """
    low, high = 0, bits.bit_length()
    while low < high:
        middle = (low + high) // 2
        if (bits >> middle).bit_count() > n:
            low = middle + 1
        else:
            high = middle
    return [low + seq for seq in seqs_of(bits >> low)]


# --- writing ---


def _articles(db: sqlite3.Connection, of: str) -> Iterator[tuple[int, str, str]]:
    """Each article that the condition `of` lets through, with each dimension and value it has."""
    for seq, day, langs, page in db.execute(f"SELECT seq, day, langs, page FROM article WHERE {of}"):
        yield seq, "year", str(day // 10000)
        yield seq, "langs", langs
        if page is not None:
            yield seq, "page", str(page)
    for seq, type in db.execute(f"SELECT DISTINCT seq, type FROM report WHERE {of}"):
        yield seq, "event", type
    mentioned = (
        f"SELECT seq, kind, coalesce(role, ''), max(confidence) FROM mention WHERE {of} GROUP BY 1, 2, 3"
    )
    for seq, kind, role, confidence in db.execute(mentioned):
        yield seq, "mention", f"{kind} {role} {STEPS[bisect_right(STEPS, confidence) - 1]}"
    for seq, kind in db.execute(f"SELECT DISTINCT seq, kind FROM mention WHERE conflict AND {of}"):
        yield seq, "conflict", kind


def build(db: sqlite3.Connection) -> None:
    """Make all bitmaps, inside the open transaction; entities are counted already."""
    db.execute("DELETE FROM bitmap")
    size = (db.execute("SELECT coalesce(max(seq), 0) FROM article").fetchone()[0] >> 3) + 1
    found: dict[tuple[str, str], bytearray] = {}
    for seq, *of in _articles(db, "true"):
        key = (of[0], of[1])
        bits = found.get(key)
        if bits is None:
            bits = found[key] = bytearray(size)
        bits[seq >> 3] |= 1 << (seq & 7)
    for (dimension, value), bits in found.items():
        _write(db, dimension, value, bits)
    for (eid,) in db.execute("SELECT eid FROM entity WHERE articles > ?", (WIDE,)).fetchall():
        build_entity(db, eid)


def build_entity(db: sqlite3.Connection, eid: int) -> None:
    """Make the bitmap of one entity, which has none."""
    seqs = db.execute("SELECT DISTINCT seq FROM mention WHERE eid = ?", (eid,))
    _write(db, "entity", str(eid), to_bytes(pack(seq for (seq,) in seqs)))


def forget_entity(db: sqlite3.Connection, eid: int) -> None:
    """Remove the bitmap of one entity."""
    db.execute("DELETE FROM bitmap WHERE dimension = 'entity' AND value = ?", (str(eid),))


def _write(db: sqlite3.Connection, dimension: str, value: str, bits: bytes | bytearray) -> None:
    step = CHUNK // 8
    rows = (
        (dimension, value, n, bytes(bits[n * step : (n + 1) * step])) for n in range(-(-len(bits) // step))
    )
    db.executemany("INSERT INTO bitmap VALUES (?, ?, ?, ?)", (r for r in rows if r[3].strip(b"\0")))


def change(db: sqlite3.Connection, of: str, *, come: bool) -> None:
    """Put the articles that the condition `of` lets through into the bitmaps, or take them out."""
    masks: dict[tuple[str, str, int], int] = {}
    wide: dict[int, bool] = {}

    def note(seq: int, dimension: str, value: str) -> None:
        key = (dimension, value, seq // CHUNK)
        masks[key] = masks.get(key, 0) | 1 << seq % CHUNK

    for seq, dimension, value in _articles(db, of):
        note(seq, dimension, value)
    for seq, eid in db.execute(f"SELECT DISTINCT seq, eid FROM mention WHERE {of}").fetchall():
        if eid not in wide:
            sql = "SELECT 1 FROM bitmap WHERE dimension = 'entity' AND value = ?"
            wide[eid] = db.execute(sql, (str(eid),)).fetchone() is not None
        if wide[eid]:
            note(seq, "entity", str(eid))
    for key, mask in masks.items():
        where = "WHERE dimension = ? AND value = ? AND chunk = ?"
        row = db.execute(f"SELECT bits FROM bitmap {where}", key).fetchone()
        before = int.from_bytes(row[0], "little") if row else 0
        after = before | mask if come else before & ~mask
        if after:
            bits = after.to_bytes(CHUNK // 8, "little")
            db.execute("INSERT OR REPLACE INTO bitmap VALUES (?, ?, ?, ?)", (*key, bits))
        elif row:
            db.execute(f"DELETE FROM bitmap {where}", key)
