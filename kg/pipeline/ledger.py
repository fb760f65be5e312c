"""Which inputs a new release rests on, compared with those of the old one.

A release is a function of its inputs: pairs of origin and bytes.  An update therefore first writes down
which pairs are new and which are gone; only identities that one of them claims can change.  The ledger is a
scratch database beside the old archive, since there may be a million entries.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from kg.model import Reject
from kg.pipeline.convert import Converted
from kg.pipeline.settling import Member, seats
from kg.store import overlay
from kg.store.rows import DuplicateRow

_TABLES = """
CREATE TABLE seen (origin TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE gone (origin TEXT PRIMARY KEY) WITHOUT ROWID;  -- of the old release, as it was
CREATE TABLE entry (origin TEXT PRIMARY KEY, sha256 TEXT NOT NULL, claimed TEXT NOT NULL,
  text_hash TEXT NOT NULL, place INTEGER);  -- place: in the spill; none: the old release has it
CREATE INDEX entry_claimed ON entry (claimed);
CREATE INDEX entry_sha256 ON entry (sha256);
CREATE TABLE stale (seq INTEGER PRIMARY KEY);  -- articles of the old release to be converted again
CREATE TEMP VIEW held AS SELECT origin, sha256, claimed, text_hash, seq, id, NULL AS doc FROM old.article
  UNION ALL SELECT origin, sha256, claimed, text_hash, NULL, NULL, doc FROM old.duplicate;
"""
_COLUMNS = "origin, sha256, claimed, text_hash"
# Every identity that a new or gone input claims, looked up by origins: nothing goes through the old release.
_CLAIMS = (
    "SELECT claimed FROM entry"
    + "".join(
        f" UNION SELECT o.claimed FROM {ours} CROSS JOIN old.{theirs} o USING (origin)"
        for ours in ("gone", "entry")
        for theirs in ("article", "duplicate")
    )
    + " ORDER BY 1"
)


class Seen(Enum):
    """What an input is, compared with the old release."""

    NEW = "new"  # to be converted
    MOVED = "moved"  # the bytes of a held article, under another name
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"  # unchanged, and set aside as before
    AGAIN = "again"  # named twice


@dataclass(frozen=True, slots=True)
class Winner:
    """An article that is to be in the new release under `id`, and is not so in the old one.

    Its content is `place` in the spill, or `doc`.
    """

    member: Member
    id: str
    place: int | None
    doc: bytes | None


@dataclass(slots=True)
class Group:
    """What becomes of all inputs that claim one identity."""

    removed: list[str] = field(default_factory=list)  # identities
    moved: list[tuple[str, str]] = field(default_factory=list)  # identity, new origin
    winners: list[Winner] = field(default_factory=list)
    duplicates: list[DuplicateRow] = field(default_factory=list)  # all that there are now
    undone: list[str] = field(default_factory=list)  # origins that are no duplicates any more
    beside: list[tuple[str, str]] = field(default_factory=list)  # a new input, and another of its title
    rejects: list[Reject] = field(default_factory=list)  # of new duplicates that were among the inputs
    converted: int = 0  # of the inputs that were seen
    unchanged: int = 0  # more (or fewer) than counted when they were seen
    set_aside: int = 0


class Ledger:
    """The inputs of a new release beside those of the old (`archive`); `folder` holds scratch files."""

    def __init__(self, folder: Path, archive: Path) -> None:
        self._spill_path = folder / "converted"
        self._spill = self._spill_path.open("w+b")
        self._db = sqlite3.connect(
            f"file:{folder / 'ledger.db'}", uri=True, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        overlay.attach(self._db, archive, "old")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self.all_stale = False

    def convert_again(self, ids: list[str]) -> None:
        """These articles of the old release are to be converted again, though their inputs are the same."""
        self._db.executemany(
            "INSERT OR IGNORE INTO stale SELECT seq FROM old.article WHERE id = ?", ((id,) for id in ids)
        )

    # --- writing down what is there ---

    def see(self, origin: str, sha256: str) -> Seen:
        """Note an input."""
        db = self._db
        if db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (origin,)).rowcount == 0:
            return Seen.AGAIN
        before = db.execute("SELECT sha256, seq FROM held WHERE origin = ?", (origin,)).fetchone()
        if before is not None and before[0] == sha256 and not self._stale(before[1], sha256):
            return Seen.DUPLICATE if before[1] is None else Seen.UNCHANGED
        if before is not None:
            db.execute("INSERT OR IGNORE INTO gone VALUES (?)", (origin,))
        known = db.execute("SELECT claimed, text_hash, seq FROM held WHERE sha256 = ?", (sha256,)).fetchone()
        if known is None or self._stale(known[2], sha256):
            return Seen.NEW
        db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, NULL)", (origin, sha256, *known[:2]))
        return Seen.MOVED

    def _stale(self, seq: int | None, sha256: str) -> bool:
        if self.all_stale:
            return True
        sql = "SELECT 1 FROM stale JOIN old.article USING (seq) WHERE seq = ? OR sha256 = ? LIMIT 1"
        return self._some_stale and self._db.execute(sql, (seq, sha256)).fetchone() is not None

    @property
    def _some_stale(self) -> bool:
        return self._db.execute("SELECT 1 FROM stale LIMIT 1").fetchone() is not None

    def see_reject(self, reject: Reject) -> None:
        """Note an input that cannot be read (any more)."""
        names = {reject.origin, f"{reject.origin}:{reject.line}"}
        for origin in names:
            self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (origin,))
            self._db.execute("INSERT OR IGNORE INTO gone SELECT origin FROM held WHERE origin = ?", (origin,))

    def add(self, article: Converted) -> None:
        """Note what an input has become."""
        row = article.row
        place = self._spill.seek(0, 2)
        pickle.dump(article, self._spill)
        values = (row.origin, row.sha256, row.claimed, row.text_hash, place)
        self._db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)", values)

    def kept_stale(self) -> Iterator[tuple[str, str, bytes]]:
        """Origin, claimed identity and document of what is to be converted again and was not seen."""
        which = "" if self.all_stale else "AND a.seq IN (SELECT seq FROM stale)"
        cursor = self._db.cursor().execute(
            "SELECT a.origin, a.claimed, d.doc FROM old.article a JOIN old.article_doc d USING (seq)"
            f" WHERE a.origin NOT IN (SELECT origin FROM seen) {which} ORDER BY a.seq"
        )
        yield from cursor
        if self.all_stale:
            yield from self._db.cursor().execute(
                "SELECT origin, claimed, doc FROM old.duplicate"
                " WHERE doc NOTNULL AND origin NOT IN (SELECT origin FROM seen) ORDER BY origin"
            )

    def finish(self, *, delete_missing: bool, replace: bool = False) -> None:
        """Nothing more is coming: what was not seen stays, or (`delete_missing`) goes; so does (`replace`)
        what has the date, page and title of an input that was.
        """
        db = self._db
        if delete_missing:
            db.execute("INSERT OR IGNORE INTO gone SELECT origin FROM held"
                       " WHERE origin NOT IN (SELECT origin FROM seen)")  # fmt: skip
        elif self.all_stale or self._some_stale:
            db.execute("INSERT OR IGNORE INTO gone SELECT origin FROM old.article"
                       + ("" if self.all_stale else " WHERE seq IN (SELECT seq FROM stale)"))  # fmt: skip
            # Inputs with the same bytes as one that was converted again have become the same.
            db.execute(
                "INSERT OR IGNORE INTO entry SELECT d.origin, e.sha256, e.claimed, e.text_hash, e.place"
                " FROM old.duplicate d JOIN entry e ON e.sha256 = d.sha256 AND e.place NOTNULL"
                " WHERE d.origin NOT IN (SELECT origin FROM seen)"
            )

        if replace:
            self._replace()

    def _replace(self) -> None:
        """Let go of articles that were not seen where another of their identity was.

        Only where there is one of each: of several nobody can tell which corrects which.
        """
        db = self._db
        claims = db.execute(
            "SELECT claimed FROM (SELECT claimed, text_hash FROM entry JOIN seen USING (origin)"
            " UNION SELECT claimed, text_hash FROM seen JOIN held USING (origin)"
            " WHERE origin NOT IN (SELECT origin FROM gone)) GROUP BY claimed HAVING count(*) = 1"
        ).fetchall()
        for claim in claims:
            older = db.execute(
                "SELECT origin, text_hash FROM held"
                " WHERE claimed = ? AND origin NOT IN (SELECT origin FROM seen)",
                claim,
            ).fetchall()
            if len({text_hash for _, text_hash in older}) == 1:
                origins = [(origin,) for origin, _ in older]
                db.executemany("INSERT OR IGNORE INTO gone VALUES (?)", origins)
                db.executemany("DELETE FROM entry WHERE origin = ?", origins)

    @property
    def changed(self) -> bool:
        """Whether anything is new or gone."""
        sql = "SELECT EXISTS (SELECT 1 FROM entry) OR EXISTS (SELECT 1 FROM gone)"
        return bool(self._db.execute(sql).fetchone()[0])

    @property
    def size(self) -> int:
        """How many entries there are."""
        return int(self._db.execute("SELECT count(*) FROM entry").fetchone()[0])

    # --- working out what follows ---

    def groups(self) -> Iterator[Group]:
        """What changes, identity by identity, in order."""
        for (claimed,) in self._db.cursor().execute(_CLAIMS):
            yield self._group(claimed)

    def converted(self, place: int) -> Converted:
        """What `add` was given."""
        self._spill.seek(place)
        return pickle.load(self._spill)  # type: ignore[no-any-return]  # noqa: S301  written by this very run

    def _group(self, claimed: str) -> Group:
        db = self._db
        held = db.execute(
            f"SELECT {_COLUMNS}, seq, id, doc, origin IN (SELECT origin FROM gone)"
            " OR origin IN (SELECT origin FROM entry), origin IN (SELECT origin FROM seen)"
            " FROM held WHERE claimed = ?",
            (claimed,),
        ).fetchall()
        entries = db.execute(
            f"SELECT {_COLUMNS}, place, origin IN (SELECT origin FROM seen) FROM entry WHERE claimed = ?",
            (claimed,),
        ).fetchall()
        stale = {row[4] for row in held if row[4] is not None and self._stale(row[4], "")}
        return _Settling(held, entries, stale, self).group()

    def doc(self, seq: int) -> bytes:
        """The document of an article of the old release."""
        (doc,) = self._db.execute("SELECT doc FROM old.article_doc WHERE seq = ?", (seq,)).fetchone()
        return bytes(doc)

    def close(self) -> None:
        """Let go of the scratch files; may be called again."""
        self._db.close()
        self._spill.close()


class _Settling:
    """One identity: `held` and `entries` are rows of `Ledger`'s queries."""

    def __init__(self, held: list[Any], entries: list[Any], stale: set[int], ledger: Ledger) -> None:
        self._ledger = ledger
        self._members: list[Member] = []
        self._seen: dict[str, str] = {}  # origin -> what it was counted as
        self._places: dict[str, int] = {}  # by sha256
        self._docs: dict[str, int | bytes] = {}  # by sha256: the number of an article, or a document
        self._articles: dict[tuple[str, str], str] = {}  # sha256, identity -> origin
        self._set_aside: set[str] = set()
        self._before = {row[0] for row in held}  # origins
        self._out = Group()
        for *member, seq, id, doc, replaced, seen in held:
            self._hold(Member(*member), seq, id, doc, bool(replaced), bool(seen), seq in stale)
        for *member, place, seen in entries:
            self._members.append(m := Member(*member))
            if place is not None:
                self._places[m.sha256] = place
            if seen:
                self._seen[m.origin] = ""

    def _hold(
        self, m: Member, seq: int | None, id: str, doc: bytes | None, replaced: bool, seen: bool, stale: bool
    ) -> None:
        """A row of the old release; `replaced` if its origin holds something else now."""
        if seq is None:
            self._set_aside.add(m.origin)
            if doc is not None:
                self._docs.setdefault(m.sha256, doc)
        else:
            self._docs[m.sha256] = seq
            if stale:
                self._out.removed.append(id)
            else:
                self._articles[m.sha256, id] = m.origin
        if not replaced:
            self._members.append(m)
            if seen:
                self._seen[m.origin] = "set_aside" if seq is None else "unchanged"

    def group(self) -> Group:
        """Settle it."""
        out = self._out
        verdicts = seats(self._members)
        aside: list[Member] = []
        for member in sorted(self._members, key=lambda m: m.origin):
            verdict = verdicts[member.origin]
            if isinstance(verdict, Reject):
                aside.append(member)
                if self._count(member, "set_aside"):
                    out.rejects.append(verdict)
            else:
                self._seat(member, verdict)
        out.beside = self._neighbours([m for m in self._members if m not in aside])
        out.removed += [id for _, id in self._articles]
        seated = {m.sha256 for m in self._members if not isinstance(verdicts[m.origin], Reject)}
        for m in aside:
            doc = None if m.sha256 in seated else self._document(m.sha256)
            out.duplicates.append(DuplicateRow(m.origin, m.sha256, m.claimed, m.text_hash, doc))
        out.undone = sorted(self._set_aside - {m.origin for m in aside})
        return out

    def _neighbours(self, seated: list[Member]) -> list[tuple[str, str]]:
        """The inputs of this run that have come to an identity which others claim, each with one of these."""
        new = [m.origin for m in seated if m.origin in self._seen and m.origin not in self._before]
        others = [m.origin for m in seated if m.origin not in new] or new[:1]
        return [(origin, others[0]) for origin in sorted(new) if origin != others[0]]

    def _seat(self, member: Member, id: str) -> None:
        origin = self._articles.pop((member.sha256, id), None)
        if origin is None:
            place = self._places.get(member.sha256)
            doc = self._document(member.sha256) if place is None else None
            self._out.winners.append(Winner(member, id, place, doc))
            self._count(member, "converted")
            return
        if origin != member.origin:
            self._out.moved.append((id, member.origin))
        self._count(member, "unchanged")

    def _count(self, member: Member, outcome: str) -> bool:
        """Count what became of an input; False where it was counted so before, or was not seen."""
        before = self._seen.get(member.origin)
        if before is None or before == outcome:
            return False
        setattr(self._out, outcome, getattr(self._out, outcome) + 1)
        if before:
            setattr(self._out, before, getattr(self._out, before) - 1)
        return True

    def _document(self, sha256: str) -> bytes:
        if (place := self._places.get(sha256)) is not None:
            return self._ledger.converted(place).row.doc
        held = self._docs[sha256]
        return held if isinstance(held, bytes) else self._ledger.doc(held)
