"""An archive that shares its file with an older one reads as a whole file does, and leaves that one alone."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store import overlay
from kg.store.archive import Archive
from kg.store.documents import pack
from kg.store.rows import ArticleRow
from kg.store.tokens import bigrams
from kg.store.writing import ArchiveWriter


def _row(number: int, text: str) -> ArticleRow:
    id = f"1953-12-{number % 28 + 1:02}/1/{number}"
    doc = pack(json.dumps({"article": {"id": id, "zh": {"text": text}}}).encode())
    return ArticleRow(
        id, id, "t", f"{number:064}", f"o{number}", id[:10], 1, "chinese", "zh", None, None, None, "题", None,
        1, doc, pack(b""), pack(b""), (bigrams(text), ""),
    )  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An archive of 60 articles."""
    (tmp_path / "old").mkdir()
    writer = ArchiveWriter(path := tmp_path / "old" / "articles.db", new=True)
    writer.add([_row(n, f"越盟军队第{n}次进攻奠边府") for n in range(60)])
    writer.index()
    writer.recount()
    writer.close()
    return path


def _change(path: Path, number: int) -> None:
    """Take one article out, and add one."""
    writer = ArchiveWriter(path, new=False)
    writer.remove([_row(number, "").id])
    writer.add([_row(100 + number, "法军撤退到河内")])
    writer.recount()
    writer.close()


def _clone(source: Path, name: str) -> Path:
    target = source.parent.parent / name
    target.mkdir()
    overlay.clone(source, target / "articles.db")
    return target / "articles.db"


def _bytes(path: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in path.parent.iterdir()}


def _content(path: Path) -> list[object]:
    db = overlay.open_read(path)
    tables = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    tables = [t for t in tables if not t.startswith(("words", "sqlite_"))]
    out: list[object] = [(t, sorted(db.execute(f"SELECT * FROM {t}").fetchall(), key=repr)) for t in tables]
    for words in ("河内", "越盟", "奠边"):
        sql = "SELECT rowid, bm25(words) FROM words WHERE words MATCH ? ORDER BY 2, 1"
        out.append(db.execute(sql, (words,)).fetchall())
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    return out


def test_clones_of_clones_share_one_file_and_differ_in_what_changed(old: Path) -> None:
    before, held = _bytes(old), _content(old)
    second = _clone(old, "second")
    _change(second, 3)
    kept, kept_content = _bytes(second), _content(second)
    third = _clone(second, "third")
    _change(third, 7)
    assert old.stat().st_ino == second.stat().st_ino == third.stat().st_ino
    assert _bytes(old) == before == {"articles.db": before["articles.db"]}
    assert _bytes(second) == kept  # readers have left nothing behind
    assert set(kept) == {"articles.db", "articles.db-wal"}
    assert _content(old) == held
    assert _content(second) == kept_content != held
    numbers = [{int(i.rpartition("/")[2]) for i in Archive(p).ids()} for p in (old, second, third)]
    every = set(range(60))
    assert numbers == [every, every - {3} | {103}, every - {3, 7} | {103, 107}]
    assert [Archive(p).search("河内").total for p in (old, second, third)] == [0, 1, 2]


def test_folding_gives_the_same_rows_and_scores(old: Path) -> None:
    before = _bytes(old)
    second = _clone(old, "second")
    _change(second, 3)
    told = _content(second)
    overlay.fold(second)
    assert [p.name for p in second.parent.iterdir()] == ["articles.db"]
    assert second.stat().st_ino != old.stat().st_ino
    assert _content(second) == told
    assert _bytes(old) == before
    third = _clone(second, "third")  # a folded one is shared again
    _change(third, 9)
    assert third.stat().st_ino == second.stat().st_ino
    assert _content(second) == told


def test_a_long_log_is_folded_when_the_writer_closes(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay, "_LEAST", 0)
    second = _clone(old, "second")
    _change(second, 3)
    assert [p.name for p in second.parent.iterdir()] == ["articles.db"]
    assert Archive(second).search("河内").total == 1
    assert Archive(old).search("河内").total == 0


@pytest.mark.parametrize("end", ["abandoned", "forgotten"])
def test_a_writer_that_ends_anyhow_leaves_the_shared_file(old: Path, end: str) -> None:
    before = _bytes(old)
    second = _clone(old, "second")
    _change(second, 3)
    kept = _bytes(second)
    third = _clone(second, "third")  # its log has pages that a checkpoint would write
    writer = ArchiveWriter(third, new=False)
    writer.add([_row(200, "法军")])
    writer.commit()
    if end == "abandoned":
        writer.abandon()
    del writer
    gc.collect()
    assert _bytes(old) == before
    assert _bytes(second) == kept


def test_tools_of_the_owner_cannot_write_to_it(old: Path) -> None:
    second = _clone(old, "second")
    _change(second, 3)
    for path in (old, second, overlay.log_of(second)):
        assert path.stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("cut", [1, 200, 8192 + 24, -1])
def test_a_torn_log_is_refused(old: Path, cut: int) -> None:
    second = _clone(old, "second")
    _change(second, 3)
    log = overlay.log_of(second)
    log.chmod(0o644)
    os.truncate(log, log.stat().st_size - cut if cut > 0 else 0)
    with pytest.raises(StoreError, match="damaged"):
        Archive(second)
    with pytest.raises(StoreError, match="damaged"):
        _clone(second, "third")


def test_an_empty_log_that_another_program_left_is_none(old: Path) -> None:
    """SQLite makes one for whoever opens the file, with ``mode=ro`` too; an update's own may not be empty."""
    log, manifest = overlay.log_of(old), old.with_name("manifest.json")
    log.touch()
    manifest.write_text('{"files": {"articles.db": "…"}}')
    assert overlay.open_read(old).execute("SELECT count(*) FROM article").fetchone() == (60,)
    for said in ('{"files": {"articles.db-wal": "…"}}', None):
        manifest.write_text(said) if said else manifest.unlink()
        with pytest.raises(StoreError, match="damaged"):
            overlay.open_read(old)


def test_a_file_that_may_have_no_log_is_copied_first(old: Path) -> None:
    copy = old.parent / "older.db"
    shutil.copyfile(old, copy)
    db = sqlite3.connect(copy)
    assert db.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    db.close()
    before = hashlib.sha256(copy.read_bytes()).hexdigest()
    second = _clone(copy, "second")
    assert second.stat().st_ino != copy.stat().st_ino
    _change(second, 3)
    assert Archive(second).search("河内").total == 1
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == before
