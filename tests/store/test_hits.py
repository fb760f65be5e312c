"""Lists, counts and facets by sets are those that looking at every article gives."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.store import bitmaps, faceting, hits, searching, viewing
from kg.store.archive import Archive
from kg.store.documents import pack
from kg.store.rows import ArticleRow, EventRow, Facets, Filters, MentionRow
from kg.store.schema import VERSION
from kg.store.writing import ArchiveWriter

DAYS = ("1950-01-01", "1950-06-15", "1950-12-31", "1951-03-04", "1953-07-27")
ENTITIES = {"Q1": "place", "Q2": "place", "Q3": "source", "Q4": "unit"}
ROLES = {"source": ["dateline", "cited", None], "place": ["dateline", None], "unit": [None]}

mention = st.sampled_from(sorted(ENTITIES)).flatmap(
    lambda e: st.tuples(
        st.just(e),
        st.sampled_from(ROLES[ENTITIES[e]]),
        st.sampled_from([0.2, 0.5, 0.69, 0.7, 0.95]),
        st.sampled_from([False, False, True]),
    )
)
article = st.tuples(
    st.sampled_from(DAYS),
    st.sampled_from([None, 1, 4]),
    st.sampled_from(["zh", "en", "zh+en"]),
    st.lists(mention, max_size=4, unique_by=lambda m: m[0]),
    st.lists(st.sampled_from(["battle", "visit"]), max_size=2),
    st.sampled_from(["战斗 开始", "访问 结束", "战斗 结束"]),
)
filters = st.builds(
    Filters,
    year=st.sampled_from([None, None, 1950, 1952]),
    since=st.sampled_from([None, None, "1950-06-15", "1951-01-01"]),
    until=st.sampled_from([None, None, "1950-12-31", "1953-01-01"]),
    entities=st.lists(st.sampled_from([*ENTITIES, "Q9"]), max_size=2, unique=True).map(tuple),
    kind=st.sampled_from([None, None, "place", "source"]),
    role=st.sampled_from([None, None, "dateline", "cited"]),
    event_type=st.sampled_from([None, None, "battle"]),
    lang=st.sampled_from([None, None, "zh", "zh+en"]),
    min_confidence=st.sampled_from([None, None, 0.5, 0.65, 0.7]),
    page=st.sampled_from([None, None, 4]),
    conflict=st.sampled_from([False, False, True]),
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, hubs and walks small enough to be crossed all the time."""
    monkeypatch.setattr(bitmaps, "CHUNK", 8)
    monkeypatch.setattr(hits, "CHUNK", 8)
    monkeypatch.setattr(hits, "_FEW", 2)
    monkeypatch.setattr(bitmaps, "WIDE", 3)


def _row(number: int, given: tuple[object, ...]) -> ArticleRow:
    date, page, langs, mentioned, types, text = given
    return ArticleRow(
        f"{date}/{page}/{number}", f"{number}", "t", "0" * 64, f"o{number}", date, page, "chinese", langs,
        None, None, None, text, None, 1, pack(b'{"article": {}}'), pack(b""), pack(b""),
        ("".join(text[:2]) + " " + text[3:], ""),
        tuple(
            MentionRow(e, ENTITIES[e], "", r, "linked", c, None, e, e, False, d) for e, r, c, d in mentioned
        ),
        tuple(
            EventRow(f"event-{n}", f"{t}-{number}", None, t, date, date, "day", t, 0.8)
            for n, t in enumerate(types)
        ),
    )  # fmt: skip


def _archive(path: Path, rows: list[ArticleRow]) -> Archive:
    """The archive of these articles, counted."""
    writer = ArchiveWriter(path, new=True)
    writer.add(rows)
    writer.index()
    writer.recount()
    writer.set_meta({"schema": str(VERSION)})
    writer.close()
    return Archive(path)


def _passes(row: ArticleRow, f: Filters) -> bool:
    def narrow(m: MentionRow) -> bool:
        return (
            (f.kind is None or m.kind == f.kind)
            and (f.role is None or m.role == f.role)
            and (f.min_confidence is None or m.confidence >= f.min_confidence)
            and (not f.conflict or m.conflict)
        )

    first = [m for m in row.mentions if narrow(m) and (not f.entities or m.entity == f.entities[0])]
    narrowed = f.kind or f.role or f.min_confidence is not None or f.conflict
    return (
        (f.year is None or row.year == f.year)
        and (f.since is None or row.date >= f.since)
        and (f.until is None or row.date <= f.until)
        and (f.page is None or row.page == f.page)
        and (f.lang is None or f.lang in row.langs)
        and (f.event_type is None or any(e.type == f.event_type for e in row.events))
        and all(any(m.entity == e for m in row.mentions) for e in f.entities)
        and (bool(first) or not narrowed)
    )


def _counted(rows: list[ArticleRow], f: Filters) -> Facets:
    def most_first(values: Iterator[str]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(Counter(values).items(), key=lambda c: (-c[1], c[0])))

    lead = f.entities[0] if f.entities else None
    surest = [max((m.confidence for m in r.mentions if lead in (None, m.entity)), default=0.0) for r in rows]
    differ = [{m.kind for m in r.mentions if m.conflict and lead in (None, m.entity)} for r in rows]
    any_kind = (("", sum(map(bool, differ))),) if any(differ) else ()
    levels = [(level, sum(c >= float(level) for c in surest)) for level in ("0.9", "0.7", "0.5")]
    return Facets(
        years=tuple(sorted(Counter(r.year for r in rows).items())),
        kinds=most_first(k for r in rows for k in {m.kind for m in r.mentions}),
        langs=most_first(r.langs for r in rows),
        event_types=most_first(t for r in rows for t in {e.type for e in r.events}),
        total=len(rows),
        confidences=tuple((level, n) for level, n in levels if n),
        conflicts=any_kind + (() if lead else most_first(k for kinds in differ for k in kinds)),
    )


def _paged(archive: Archive, f: Filters, newest: bool) -> list[str]:
    after, out = None, []
    while True:
        page = archive.articles(f, after=after, limit=2, newest_first=newest)
        out += [a.id for a in page.articles]
        if page.next is None:
            return out
        after = page.next


@settings(max_examples=120)
@given(given=st.lists(article, min_size=1, max_size=20), f=filters, newest=st.booleans())
def test_sets_tell_what_looking_at_every_article_tells(
    tmp_path: Path, given: list[tuple[object, ...]], f: Filters, newest: bool
) -> None:
    path = tmp_path / "a.db"
    path.unlink(missing_ok=True)
    rows = [_row(n, g) for n, g in enumerate(given)]
    archive = _archive(path, rows)
    wanted = [r for r in rows if _passes(r, f)]
    dated = sorted(wanted, key=lambda r: (r.date, rows.index(r)), reverse=newest)
    assert archive.count(f) == len(wanted)
    assert _paged(archive, f, newest) == [r.id for r in dated]
    found = archive.facets(f)
    expected = _counted(wanted, f)
    if f not in (
        Filters(),
        Filters(entities=f.entities[:1]),
    ):  # those are counted beforehand, not all of them
        assert replace(found, sources=(), places=()) == expected
        for kind, of in (("source", found.sources), ("place", found.places)):
            counts = Counter(m.entity for r in wanted for m in r.mentions if m.kind == kind)
            assert {e.id: e.count for e in of} == dict(counts)
    assert (found.event_types, found.conflicts) == (expected.event_types, expected.conflicts)
    battles = archive.search("战斗", f, order="newest" if newest else "oldest", limit=50)
    assert [a.id for a in battles.page.articles] == [r.id for r in dated if "战斗" in (r.title_zh or "")]
    assert battles.total == len(battles.page.articles)
    scored = archive.search("战斗", f, limit=50).page.articles
    assert {a.id for a in scored} == {a.id for a in battles.page.articles}
    _views_agree(archive, "", f, rows, wanted)
    _views_agree(archive, "战斗", f, rows, [r for r in wanted if "战斗" in (r.title_zh or "")])
    archive.close()


def _views_agree(
    archive: Archive, text: str, f: Filters, rows: list[ArticleRow], wanted: list[ArticleRow]
) -> None:
    """What the articles mention, and in which months they were printed, is what looking at them tells."""
    for kind in ("place", "source", "unit"):
        seen = archive.most_mentioned(text, f, kind)
        counts = Counter(m.entity for r in wanted for m in r.mentions if m.kind == kind)
        assert [(e.id, e.count) for e in seen.entities] == sorted(counts.items(), key=lambda c: (-c[1], c[0]))
        assert not seen.estimated
    assert archive.most_mentioned(text, f, "place", located=True).entities == ()
    assert archive.spread(text, f, "year") == sorted(Counter(str(r.year) for r in wanted).items())
    ours, printed = (Counter(int(r.date[5:7]) for r in of if r.year == 1950) for of in (wanted, rows))
    assert archive.months(text, f, 1950) == [(m, ours[m], printed[m]) for m in sorted(printed)]
    assert archive.facets(f, text=text).total == len(wanted)


def test_the_counts_of_a_long_list_are_near_the_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faceting, "_SAMPLED", 50)
    given = [
        (
            "1950-01-01",
            1,
            "zh",
            [("Q1", None, 0.9, False), *([("Q2", None, 0.9, False)] if n % 4 == 0 else [])],
            [],
            "战斗 开始",
        )
        for n in range(800)
    ]
    monkeypatch.setattr(bitmaps, "WIDE", 500)
    archive = _archive(tmp_path / "a.db", [_row(n, g) for n, g in enumerate(given)])
    found = archive.facets(Filters(page=1))
    counts = {e.id: e.count for e in found.places}
    assert counts["Q1"] == 800  # a hub is counted
    assert counts["Q2"] == pytest.approx(200, rel=0.25)
    archive.close()


def test_a_cursor_of_another_order_is_refused(tmp_path: Path) -> None:
    archive = _archive(
        tmp_path / "a.db", [_row(n, (DAYS[0], 1, "zh", [], [], "战斗 开始")) for n in range(3)]
    )
    first = archive.search("战斗", limit=2, order="oldest")
    assert first.page.next is not None
    with pytest.raises(UsageError, match="cursor"):
        archive.search("战斗", after=first.page.next, order="score")
    rest = archive.search("战斗", after=first.page.next, limit=2, order="oldest").page
    assert ([len(rest.articles)], rest.next) == ([1], None)
    archive.close()


@given(st.sets(st.integers(0, 300)), st.integers(1, 9))
def test_a_set_gives_back_what_was_put_in(seqs: set[int], n: int) -> None:
    bits = bitmaps.pack(seqs)
    assert bitmaps.seqs_of(bits) == sorted(seqs)
    assert bits.bit_count() == len(seqs)
    assert bitmaps.last(bits, n) == sorted(seqs)[-n:]


def test_sets_that_are_remembered_stay_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "_KEPT", 2)
    db = sqlite3.connect(tmp_path / "a.db")
    db.execute("CREATE TABLE bitmap (dimension TEXT, value TEXT, chunk INTEGER, bits BLOB)")
    db.executemany("INSERT INTO bitmap VALUES ('page', ?, 1, ?)", [(str(n), bytes([n])) for n in range(1, 9)])
    sets = hits.Sets()
    for n in (1, 2, 3, 1, 8):
        assert bitmaps.seqs_of(sets.get(db, "page", str(n))) == [8 + b for b in range(8) if n >> b & 1]
    assert len(sets._kept) == 2
    db.close()


def test_of_a_large_set_hubs_are_counted_and_others_estimated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "COUNTED", 30)
    monkeypatch.setattr(bitmaps, "WIDE", 120)
    both = [("Q1", None, 0.9, False), ("Q2", None, 0.9, False)]
    given = [("1950-01-01", n % 2, "zh", both if n % 5 == 0 else both[:1], [], "开始") for n in range(400)]
    archive = _archive(tmp_path / "a.db", [_row(n, g) for n, g in enumerate(given)])
    seen = archive.most_mentioned("开始", Filters(page=1), "place")
    assert {e.id: e.count for e in seen.entities} == {"Q1": 200, "Q2": pytest.approx(40, rel=0.3)}
    even = archive.most_mentioned("", Filters(entities=("Q2",)), "place")
    assert even.estimated == {"Q2"}
    assert 20 < even.looked_at <= 30
    assert {e.id: e.count for e in even.entities} == {"Q1": 80, "Q2": 80}
    archive.close()


def test_a_search_says_how_many_articles_were_ranked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = [("1950-01-01", 1, "zh", [], [], "战斗 结束" if n % 2 else "访问 结束") for n in range(12)]
    archive = _archive(tmp_path / "a.db", [_row(n, g) for n, g in enumerate(given)])
    assert archive.search("战斗").ranked == 6
    assert archive.search("战斗", order="newest").ranked == 0
    monkeypatch.setattr(searching, "SCORED", 4)
    some = archive.search("战斗")
    assert (some.total, some.ranked, len(some.page.articles)) == (6, 4, 4)
    archive.close()


def test_more_than_a_thousand_hits_come_at_once(tmp_path: Path) -> None:
    archive = _archive(
        tmp_path / "a.db", [_row(n, (DAYS[0], 1, "zh", [], [], "战斗 开始")) for n in range(1_050)]
    )
    page = archive.search("战斗", limit=2_000, snippets=False).page
    assert (len(page.articles), page.next) == (1_050, None)
    archive.close()
