"""Writing ``articles.db``: one owner, one thread at a time, never a file that is being served."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kg.authority.suggest import suggest_keys
from kg.errors import StoreError
from kg.store import counting, overlay
from kg.store.documents import load_document, pack, unpack, without_text
from kg.store.recounting import Recount
from kg.store.rows import ArticleRow, DuplicateRow, ItemRow
from kg.store.schema import INDEXES, TABLES, VERSION, day_number, eid_of
from kg.store.tokens import bigrams

_CACHE = 256 << 10  # KiB
_HASH = 64 << 20  # bytes that the full-text index gathers before it writes
_REMEMBERED = 500_000  # entities known to be in the table already


class ArchiveWriter:
    """Adds articles to a new archive, or changes a clone of one (`kg.store.overlay`).

    There is no way back: a crash leaves a file to be thrown away, which is why a release is written beside
    the published one and never in its place.
    """

    def __init__(self, path: Path, *, new: bool) -> None:
        self._path = path
        try:
            self._change = None if new else overlay.Change(path)
            self._db = self._change.db if self._change else _create(path)
            self._prepare()
        except sqlite3.Error as e:
            raise StoreError(f"{path}: cannot be opened: {e}", remedy="is the disk full?") from e
        self._seq = self._number("SELECT coalesce(max(seq), 0) FROM article")
        self._rid = self._number("SELECT coalesce(max(rid), 0) FROM report")
        self._known: set[int] = set()
        self._recount = None if new else Recount(self._db)

    def _prepare(self) -> None:
        db = self._db
        db.execute(f"PRAGMA cache_size = -{_CACHE}")
        db.execute("PRAGMA temp_store = FILE")
        if self._change is None:
            db.executescript(TABLES)
            db.execute("INSERT INTO words(words, rank) VALUES ('hashsize', ?)", (_HASH,))
            self.set_meta({"schema": str(VERSION)})
        db.execute("BEGIN")

    def _number(self, sql: str) -> int:
        return int(self._db.execute(sql).fetchone()[0])

    # --- articles ---

    def add(self, rows: Sequence[ArticleRow], *, text: bool = True) -> None:
        """Add articles; `text` false leaves their words out of the full-text index."""
        first = self._seq + 1
        self._seq += len(rows)
        numbered = list(enumerate(rows, first))
        many = self._db.executemany
        try:
            many(f"INSERT INTO article VALUES ({','.join('?' * 16)})", map(_article, numbered))
            many("INSERT INTO article_doc VALUES (?, ?)", ((s, r.doc) for s, r in numbered))
            many("INSERT INTO article_triples VALUES (?, ?, ?)", ((s, r.own, r.shared) for s, r in numbered))
            many("INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _mentions(numbered))
            many("INSERT INTO article_item VALUES (?, ?)", ((s, i) for s, r in numbered for i in r.items))
            if text:
                many("INSERT INTO words(rowid, zh, en) VALUES (?, ?, ?)",
                     ((s, *r.search) for s, r in numbered))  # fmt: skip
            self._add_entities(rows)
            self._add_events(numbered)
            if self._recount is not None:
                self._recount.coming([seq for seq, _ in numbered])
        except sqlite3.Error as e:
            raise StoreError(f"{self._path}: {e}", remedy="is the disk full?") from e

    def _add_entities(self, rows: Sequence[ArticleRow]) -> None:
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        new = {}
        for row in rows:
            for m in row.mentions:
                eid = eid_of(m.entity)
                if eid not in known:
                    known.add(eid)
                    new[eid] = (eid, m.entity, m.kind, m.subkind, m.item, m.label_zh, m.label_en)
        self._db.executemany(
            "INSERT OR IGNORE INTO entity (eid, id, kind, subkind, item, label_zh, label_en)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            new.values(),
        )

    def _add_events(self, numbered: Sequence[tuple[int, ArticleRow]]) -> None:
        reports: list[tuple[object, ...]] = []
        parties: list[tuple[int, int, str]] = []
        parts: list[tuple[int, str]] = []
        for seq, row in numbered:
            day = day_number(row.date)
            for e in row.events:
                self._rid += 1
                rid = self._rid
                reports.append((rid, seq, e.key, e.event, e.item, e.type, e.start, e.end, e.grain,
                                e.label, e.confidence, day))  # fmt: skip
                parties.extend((rid, eid_of(entity), role) for entity, role in e.parties)
                parts.extend((rid, whole) for whole in e.part_of)
        self._db.executemany(f"INSERT INTO report VALUES ({','.join('?' * 12)})", reports)
        self._db.executemany("INSERT OR IGNORE INTO party VALUES (?, ?, ?)", parties)
        self._db.executemany("INSERT OR IGNORE INTO report_part VALUES (?, ?)", parts)

    def remove(self, ids: Iterable[str], *, text: bool = True) -> None:
        """Take articles out."""
        db = self._db
        found = [db.execute("SELECT seq FROM article WHERE id = ?", (id,)).fetchone() for id in ids]
        seqs = [int(row[0]) for row in found if row is not None]
        if self._recount is not None:
            self._recount.leaving(seqs)
        for seq in seqs:
            if text:
                self._forget_words(seq)
            for table in ("party", "report_part"):
                of = "SELECT rid FROM report WHERE seq = ?"
                db.execute(f"DELETE FROM {table} WHERE rid IN ({of})", (seq,))
            for table in ("article", "article_doc", "article_triples", "mention", "article_item", "report"):
                db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))
        self._known.clear()

    def _forget_words(self, seq: int) -> None:
        """A contentless index is told the words that it should forget."""
        (doc,) = self._db.execute("SELECT doc FROM article_doc WHERE seq = ?", (seq,)).fetchone()
        self._db.execute(
            "INSERT INTO words(words, rowid, zh, en) VALUES ('delete', ?, ?, ?)",
            (seq, *search_words(load_document(doc)["article"])),
        )

    def put_duplicates(self, rows: Iterable[DuplicateRow]) -> None:
        """Remember inputs that were set aside; replaces those of the same origins."""
        self._db.executemany(
            "INSERT OR REPLACE INTO duplicate VALUES (?, ?, ?, ?, ?)",
            ((r.origin, r.sha256, r.claimed, r.text_hash, r.doc) for r in rows),
        )

    def drop_duplicates(self, origins: Iterable[str]) -> None:
        """Forget inputs that were set aside."""
        self._db.executemany("DELETE FROM duplicate WHERE origin = ?", ((o,) for o in origins))

    def keep(self, name: str, data: bytes) -> None:
        """Keep what the release was made with, for the next update to compare."""
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, pack(data)))

    def kept(self, name: str) -> bytes:
        """What `keep` was given; empty where there is nothing."""
        found = self._db.execute("SELECT data FROM kept WHERE name = ?", (name,)).fetchone()
        return unpack(found[0]) if found else b""

    def moved(self, id: str, origin: str) -> None:
        """Record that the input of an article has another name now."""
        self._db.execute("UPDATE article SET origin = ? WHERE id = ?", (origin, id))

    # --- what the articles share ---

    def put_items(self, items: Iterable[ItemRow]) -> None:
        """Write authority items that the articles use, with their triples and names; replaces."""
        for item in items:
            eid = eid_of(item.id)
            self._db.execute(
                "INSERT INTO entity (eid, id, kind, subkind, item, label_zh, label_en, lat, lon, verified)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (eid) DO UPDATE SET kind = excluded.kind,"
                " subkind = excluded.subkind, item = excluded.item, label_zh = excluded.label_zh,"
                " label_en = excluded.label_en, lat = excluded.lat, lon = excluded.lon,"
                " verified = excluded.verified",
                (eid, item.id, item.kind, item.subkind, item.id, item.label_zh, item.label_en, item.lat,
                 item.lon, item.verified),
            )  # fmt: skip
            self._db.execute("INSERT OR REPLACE INTO item VALUES (?, ?)", (eid, item.triples))
            self._db.execute("DELETE FROM name WHERE eid = ?", (eid,))
            self._db.executemany(
                "INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)",
                ((key, text, lang, eid) for text, lang in item.names for key in suggest_keys(text)),
            )

    def drop_items(self, ids: Iterable[str]) -> None:
        """Remove authority items that no article uses any more."""
        for id in ids:
            eid = eid_of(id)
            for table in ("item", "name", "entity"):
                self._db.execute(f"DELETE FROM {table} WHERE eid = ?", (eid,))

    def count_shared(self, lines: Iterable[tuple[int, int]]) -> None:
        """Set how often lines (by `line_hash`) are said; counts below two are not kept."""
        for hash, n in lines:
            if n > 1:
                self._db.execute("INSERT OR REPLACE INTO shared_line VALUES (?, ?)", (hash, n))
            else:
                self._db.execute("DELETE FROM shared_line WHERE hash = ?", (hash,))

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Set values that describe the whole archive."""
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def index(self) -> None:
        """Make the indexes; once, after the first articles are in."""
        self._db.executescript(INDEXES)
        self._db.execute("BEGIN")

    def recount(self) -> None:
        """Count everything in a new archive, and in a changed one what has changed."""
        if self._recount is None:
            counting.recount(self._db)
        else:
            self._recount.apply()

    def strip_text(self) -> None:
        """Take the articles' text out of their documents."""
        for (seq,) in self._db.execute("SELECT seq FROM article_doc").fetchall():
            (doc,) = self._db.execute("SELECT doc FROM article_doc WHERE seq = ?", (seq,)).fetchone()
            self._db.execute("UPDATE article_doc SET doc = ? WHERE seq = ?", (without_text(doc), seq))

    # --- reading while writing ---

    def commit(self) -> None:
        """Write what is pending, so that another connection would see it."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def triples_of(self, id: str) -> tuple[bytes, bytes]:
        """The own and shared lines of an article, unpacked."""
        own, shared = self._db.execute(
            "SELECT own, shared FROM article JOIN article_triples USING (seq) WHERE id = ?", (id,)
        ).fetchone()
        return unpack(own), unpack(shared)

    def document(self, id: str) -> bytes:
        """The document of an article, as it is kept."""
        (doc,) = self._db.execute(
            "SELECT doc FROM article JOIN article_doc USING (seq) WHERE id = ?", (id,)
        ).fetchone()
        return bytes(doc)

    def items_of(self, id: str) -> list[str]:
        """The authority items that an article refers to."""
        sql = "SELECT item FROM article JOIN article_item USING (seq) WHERE id = ?"
        return [str(item) for (item,) in self._db.execute(sql, (id,))]

    def is_used(self, item: str) -> bool:
        """Whether any article refers to an authority item."""
        sql = "SELECT 1 FROM article_item WHERE item = ? LIMIT 1"
        return self._db.execute(sql, (item,)).fetchone() is not None

    def items_used(self) -> Iterator[str]:
        """The authority items that articles refer to: each once, in steps along the index."""
        found = self._db.execute("SELECT min(item) FROM article_item").fetchone()[0]
        while found is not None:
            yield str(found)
            sql = "SELECT min(item) FROM article_item WHERE item > ?"
            found = self._db.execute(sql, (found,)).fetchone()[0]

    def item_ids(self) -> set[str]:
        """The authority items that have triples in this release."""
        return {str(id) for (id,) in self._db.execute("SELECT id FROM item JOIN entity USING (eid)")}

    def item_triples(self, id: str) -> bytes:
        """The triples of an authority item; empty where it has none."""
        row = self._db.execute("SELECT triples FROM item WHERE eid = ?", (eid_of(id),)).fetchone()
        return unpack(row[0]) if row else b""

    def shared_count(self, hash: int) -> int:
        """How often a line is said, if more than once; else 0."""
        row = self._db.execute("SELECT n FROM shared_line WHERE hash = ?", (hash,)).fetchone()
        return int(row[0]) if row else 0

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Rows of a query, for what the pipeline needs to know while it writes."""
        return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        """Write everything."""
        try:
            self._db.execute("PRAGMA optimize").fetchall()
            self._db.execute("COMMIT")
            if self._change is None:
                self._db.execute("PRAGMA journal_mode = WAL").fetchall()  # so that updates can share it
            self.abandon()
            if overlay.is_long(self._path):
                overlay.fold(self._path)
            overlay.protect(self._path)
        except sqlite3.Error as e:
            raise StoreError(f"{self._path}: {e}", remedy="is the disk full?") from e

    def abandon(self) -> None:
        """Close without a care for what is pending."""
        (self._change or self._db).close()


def _create(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    db.execute("PRAGMA page_size = 8192")
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    return db


def search_words(article: Mapping[str, object]) -> tuple[str, str]:
    """The words of an article's document for the full-text index: zh and en."""
    return _words(article.get("zh")), _words(article.get("en"))


def _words(body: object) -> str:
    return bigrams(str(body.get("text", ""))) if isinstance(body, dict) else ""


def _article(numbered: tuple[int, ArticleRow]) -> tuple[object, ...]:
    seq, r = numbered
    return (seq, r.id, r.claimed, r.text_hash, r.sha256, r.origin, day_number(r.date), r.page, r.form,
            r.langs, r.section, r.column, r.author, r.title_zh, r.title_en, r.triples)  # fmt: skip


def _mentions(numbered: Sequence[tuple[int, ArticleRow]]) -> Iterator[tuple[object, ...]]:
    for seq, row in numbered:
        day = day_number(row.date)
        for m in sorted(row.mentions, key=lambda m: (eid_of(m.entity), m.kind)):
            yield (seq, eid_of(m.entity), m.kind, day, m.role, round(m.confidence * 100), int(m.optional),
                   int(m.conflict))  # fmt: skip
