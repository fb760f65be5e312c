"""Counts that an update works out are those that counting everything gives."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.store import bitmaps, counting, recounting
from kg.store.documents import pack
from kg.store.rows import ArticleRow, EventRow, MentionRow
from kg.store.writing import ArchiveWriter

_COUNTED = ("entity_year", "entity_type", "place_event", "doubt", "neighbour", "facet")
_KINDS = {
    "Q1": "place",
    "Q2": "place",
    "Q3": "source",
    "place-a": "place",
    "place-b": "place",
    "unit-c": "unit",
}
mentions = st.lists(
    st.tuples(st.sampled_from(sorted(_KINDS)), st.sampled_from([0.5, 0.7, 0.95]), st.booleans()),
    max_size=5,
    unique_by=lambda m: m[0],
)
events = st.lists(
    st.tuples(
        st.sampled_from("xyz"), st.sampled_from([None, "1950", "1951-02"]), st.sampled_from(sorted(_KINDS))
    ),
    max_size=2,
)
articles = st.tuples(st.sampled_from(["1950-01-02", "1951-03-04"]), mentions, events)
# Numbers name articles; each step removes some and adds others, and ends with counting.
steps = st.lists(st.lists(st.tuples(st.integers(0, 7), st.none() | articles), max_size=4), max_size=4)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hubs and lists of neighbours small enough to be crossed all the time."""
    monkeypatch.setattr(counting, "HUB", 2)
    monkeypatch.setattr(counting, "NEIGHBOURS", 2)
    monkeypatch.setattr(bitmaps, "WIDE", 2)
    monkeypatch.setattr(bitmaps, "CHUNK", 8)


def _row(number: int, article: object) -> ArticleRow:
    date, mentioned, reported = article  # type: ignore[misc]
    id = f"{date}/1/{number}"
    found = tuple(
        MentionRow(
            e,
            _KINDS[e],
            "city",
            "cited" if _KINDS[e] == "source" else None,
            "linked",
            c,
            None,
            "某",
            "X",
            o,
            o,
        )
        for e, c, o in mentioned
    )
    told = tuple(
        EventRow(
            f"event-{i}", f"battle-{event}", None, "battle", start, start, "day", "…", 0.8, ((e, "place"),)
        )
        for i, (event, start, e) in enumerate(reported)
    )
    doc = pack(b'{"article": {}}')
    return ArticleRow(
        id, id, "t", "0" * 64, f"o{number}", date, 1, "chinese", "zh", None, None, None, "题", None, 1,
        doc, pack(b""), pack(b""), ("", ""), found, told,
    )  # fmt: skip


def _counts(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = sqlite3.connect(path)
    out = {t: sorted(db.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in _COUNTED}
    out["facet"] = [r for r in out["facet"] if r[2]]
    out["entity"] = sorted(db.execute("SELECT eid, articles, first, last FROM entity WHERE articles > 0"))
    sets = Counter[tuple[str, str]]()
    for dimension, value, bits in db.execute("SELECT dimension, value, bits FROM bitmap"):
        sets[dimension, value] += int.from_bytes(bits, "little").bit_count()
    out["bitmap"] = sorted(sets.items())
    out["name"] = sorted(db.execute("SELECT key, eid, lang FROM name"))
    db.close()
    return out


@settings(max_examples=60)
@given(first=st.lists(articles, min_size=1, max_size=8), edits=steps)
def test_what_is_worked_out_is_what_counting_gives(
    tmp_path: Path, first: list[object], edits: list[list[tuple[int, object]]]
) -> None:
    path, whole = tmp_path / "a.db", tmp_path / "whole.db"
    for old in (path, whole):
        old.unlink(missing_ok=True)
    held = dict(enumerate(_row(i, a) for i, a in enumerate(first)))
    writer = ArchiveWriter(path, new=True)
    writer.add(list(held.values()))
    writer.index()
    writer.recount()
    writer.close()
    for edit in edits:
        writer = ArchiveWriter(path, new=False)
        for number, article in edit:
            gone = held.pop(number, None)
            if gone is not None:
                writer.remove([gone.id])
            if article is not None:
                held[number] = _row(number, article)
                writer.add([held[number]])
        writer.recount()
        writer.close()
    writer = ArchiveWriter(whole, new=True)
    writer.add(list(held.values()))
    writer.index()
    writer.recount()
    writer.close()
    ours, theirs = _counts(path), _counts(whole)
    for name, rows in theirs.items():
        assert ours[name] == rows, name


def test_above_a_share_everything_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "_LEAST", 1)
    path = tmp_path / "a.db"
    rows = [_row(i, ("1950-01-02", [("Q1", 0.5, False), ("Q3", 0.9, False)], [])) for i in range(6)]
    writer = ArchiveWriter(path, new=True)
    writer.add(rows[:3])
    writer.index()
    writer.recount()
    writer.close()
    writer = ArchiveWriter(path, new=False)
    writer.remove([rows[0].id])
    writer.add(rows[3:])
    writer.recount()
    writer.close()
    counts = _counts(path)
    assert sorted(n for _, n, *_ in counts["entity"]) == [5, 5]
    assert ("total", "articles", 5) in counts["facet"]
