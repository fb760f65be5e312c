"""The tables of ``articles.db`` (SQLite).

``seq`` numbers articles, ``eid`` is `eid_of` of an entity's local name, ``day`` is the day of printing as
a number (19531214).  Everything that a page needs counted is counted here when the release is made.
"""

from __future__ import annotations

import functools
import hashlib

VERSION = 5

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE article (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, claimed TEXT NOT NULL, text_hash TEXT NOT NULL,
  sha256 TEXT NOT NULL, origin TEXT NOT NULL, day INTEGER NOT NULL, page INTEGER, form TEXT NOT NULL,
  langs TEXT NOT NULL, section TEXT, column_title TEXT, author TEXT, title_zh TEXT, title_en TEXT,
  triples INTEGER NOT NULL);
CREATE TABLE duplicate (  -- inputs set aside for another with the same text (no doc: the same bytes)
  origin TEXT PRIMARY KEY, sha256 TEXT NOT NULL, claimed TEXT NOT NULL, text_hash TEXT NOT NULL, doc BLOB);
CREATE TABLE kept (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;  -- what it was made with
CREATE TABLE article_doc (seq INTEGER PRIMARY KEY, doc BLOB NOT NULL);
CREATE TABLE article_triples (seq INTEGER PRIMARY KEY, own BLOB NOT NULL, shared BLOB NOT NULL);
CREATE TABLE shared_line (hash INTEGER PRIMARY KEY, n INTEGER NOT NULL);  -- of lines said more than once
CREATE TABLE mention (
  seq INTEGER NOT NULL, eid INTEGER NOT NULL, kind TEXT NOT NULL, day INTEGER NOT NULL, role TEXT,
  confidence INTEGER NOT NULL, optional INTEGER NOT NULL,
  conflict INTEGER NOT NULL,  -- whether the two languages name different things
  PRIMARY KEY (seq, eid, kind)) WITHOUT ROWID;
CREATE TABLE article_item (seq INTEGER NOT NULL, item TEXT NOT NULL, PRIMARY KEY (seq, item)) WITHOUT ROWID;
CREATE TABLE entity (
  eid INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, subkind TEXT NOT NULL, item TEXT,
  label_zh TEXT, label_en TEXT, lat REAL, lon REAL, verified INTEGER NOT NULL DEFAULT 0,
  articles INTEGER NOT NULL DEFAULT 0, first INTEGER, last INTEGER);
CREATE TABLE item (eid INTEGER PRIMARY KEY, triples BLOB NOT NULL);
CREATE TABLE report (
  rid INTEGER PRIMARY KEY, seq INTEGER NOT NULL, key TEXT NOT NULL, event TEXT NOT NULL, item TEXT,
  type TEXT NOT NULL, start TEXT, end TEXT, grain TEXT, label TEXT NOT NULL, confidence REAL NOT NULL,
  day INTEGER NOT NULL);
CREATE TABLE party (rid INTEGER NOT NULL, eid INTEGER NOT NULL, role TEXT NOT NULL,
  PRIMARY KEY (rid, eid, role)) WITHOUT ROWID;
CREATE TABLE report_part (rid INTEGER NOT NULL, whole TEXT NOT NULL, PRIMARY KEY (rid, whole)) WITHOUT ROWID;
CREATE TABLE entity_year (eid INTEGER, year INTEGER, n INTEGER, PRIMARY KEY (eid, year)) WITHOUT ROWID;
CREATE TABLE entity_type (eid INTEGER, type TEXT, n INTEGER, PRIMARY KEY (eid, type)) WITHOUT ROWID;
CREATE TABLE place_event (eid INTEGER, year INTEGER, n INTEGER, PRIMARY KEY (eid, year)) WITHOUT ROWID;
CREATE TABLE doubt (eid INTEGER, kind TEXT, n INTEGER, confidence INTEGER, value INTEGER,
  PRIMARY KEY (eid, kind)) WITHOUT ROWID;
CREATE TABLE neighbour (eid INTEGER, n INTEGER, other INTEGER, PRIMARY KEY (eid, n, other)) WITHOUT ROWID;
CREATE TABLE facet (dimension TEXT, value TEXT, n INTEGER, PRIMARY KEY (dimension, value)) WITHOUT ROWID;
CREATE TABLE bitmap (dimension TEXT, value TEXT, chunk INTEGER, bits BLOB,  -- see kg.store.bitmaps
  PRIMARY KEY (dimension, value, chunk)) WITHOUT ROWID;
CREATE TABLE name (key TEXT NOT NULL, text TEXT NOT NULL, lang TEXT NOT NULL, eid INTEGER NOT NULL,
  PRIMARY KEY (key, eid, text, lang)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(zh, en, content='', tokenize='unicode61 remove_diacritics 2');
"""

INDEXES = """
CREATE UNIQUE INDEX article_id ON article (id);
CREATE INDEX article_claimed ON article (claimed);
CREATE INDEX article_sha256 ON article (sha256);
CREATE INDEX article_origin ON article (origin);
CREATE INDEX duplicate_claimed ON duplicate (claimed);
CREATE INDEX duplicate_sha256 ON duplicate (sha256);
CREATE INDEX article_day ON article (day, seq);
CREATE INDEX mention_eid ON mention (eid, day, seq, kind, role, confidence, optional);
CREATE INDEX mention_conflict ON mention (eid, seq, kind, role, confidence) WHERE conflict;
CREATE INDEX article_item_item ON article_item (item);
CREATE UNIQUE INDEX entity_id ON entity (id);
CREATE INDEX entity_articles ON entity (articles);
CREATE INDEX report_seq ON report (seq);
CREATE INDEX report_event ON report (event);
CREATE INDEX report_start ON report (start, rid);
CREATE INDEX report_type ON report (type, start, rid);
CREATE INDEX party_eid ON party (eid, rid);
CREATE INDEX report_part_whole ON report_part (whole);
CREATE INDEX name_eid ON name (eid);
CREATE INDEX doubt_value ON doubt (value, eid, kind);
CREATE INDEX article_brief ON article (seq, day, langs);
"""


@functools.lru_cache(maxsize=50_000)  # few entities make up most mentions
def eid_of(entity: str) -> int:
    """The number of an entity: 63 bits of a hash, so that writers need not ask each other.

    >>> eid_of("Q36027") == eid_of("Q36027") != eid_of("Q36028")
    True
    """
    return int.from_bytes(hashlib.blake2b(entity.encode(), digest_size=8).digest(), "big") >> 1


def line_hash(line: bytes) -> int:
    """The number under which a line of shared triples is counted."""
    return int.from_bytes(hashlib.blake2b(line, digest_size=8).digest(), "big", signed=True)


def day_number(date: str) -> int:
    """An ISO date as a number.

    >>> day_number("1953-12-14")
    19531214
    """
    return int(date[:4] + date[5:7] + date[8:10])


def iso_day(day: int | None) -> str | None:
    """The opposite of `day_number`.

    >>> iso_day(19531214)
    '1953-12-14'
    """
    if day is None:
        return None
    return f"{day // 10000:04}-{day // 100 % 100:02}-{day % 100:02}"
