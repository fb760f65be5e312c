"""Full-text search and completion over ``articles.db``."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kg.authority.suggest import suggest_key
from kg.errors import UsageError
from kg.store.bitmaps import last
from kg.store.documents import load_document
from kg.store.faceting import set_facets, spread
from kg.store.hits import Sets
from kg.store.rows import ArticleSummary, Completion, Facets, Filters, Page, SearchPage
from kg.store.schema import eid_of
from kg.store.selecting import ENTITY, entity_summary, summaries, summary
from kg.store.tokens import TextQuery, highlights, parse_query

SCORED = 50_000  # hits that are ranked, at about a microsecond each; of more, those that were added last
_LETTER = re.compile(r"[^\W\u3400-\u9fff]")
_AROUND = 60  # characters on each side of a highlight in a snippet
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)


def search(
    db: sqlite3.Connection,
    sets: Sets,
    text: str,
    filters: Filters,
    after: str | None,
    limit: int,
    order: str,
    with_facets: bool,
    with_snippets: bool,
) -> SearchPage:
    """See `kg.store.archive.Archive.search`."""
    query = parse_query(text)
    if not query:
        return SearchPage(Page((), None, 0), 0)
    if order == "score" and not query.match:
        order = "oldest"  # what lacks a word has no rank
    found = found_by(db, sets, query, filters)
    total = found.bit_count()
    if order == "score":
        start = _offset(after)
        ranked = _ranked(db, query, found, start, limit + 1, narrowed=filters != Filters())
        following = str(start + limit) if len(ranked) > limit else None
    else:
        seqs = sets.dated(db, found, _dated(after), limit + 1, newest=order == "newest")
        ranked = [(seq, None) for seq in seqs]
        following = "" if len(ranked) > limit else None
    hits = tuple(_hits(db, query, ranked[:limit], with_snippets))
    if following == "":
        following = hits[-1].cursor
    lead = eid_of(filters.entities[0]) if filters.entities else None
    facets = set_facets(db, sets, found, lead) if with_facets else Facets(total=total)
    scored = min(total, SCORED) if order == "score" else 0
    return SearchPage(Page(hits, following, total), total, facets, scored)


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit()) or len(after) > 9:
        raise UsageError(f"cursor {after!r}: not one of ours", remedy="take it from the page before")
    return int(after)


def _dated(after: str | None) -> tuple[int, int] | None:
    """The day and number of a cursor."""
    if after is None:
        return None
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise UsageError(f"cursor {after!r}: not one of ours", remedy="take it from the page before")
    return int(match[1]), int(match[2])


def found_by(db: sqlite3.Connection, sets: Sets, query: TextQuery, filters: Filters) -> int:
    """The articles that match; `UsageError` where SQLite cannot look for the words."""
    try:
        if query.match:
            found = sets.matching(db, query.match)
        else:
            found = sets.all(db) & ~sets.matching(db, query.without)
    except sqlite3.OperationalError as e:
        raise UsageError(
            f"search {query.match!r}: {e}", remedy="write words, or words in quotation marks"
        ) from e
    return found if filters == Filters() else found & sets.filtered(db, filters)


def word_years(db: sqlite3.Connection, sets: Sets, text: str) -> list[tuple[int, int]]:
    """See `kg.store.archive.Archive.word_years`."""
    query = parse_query(text)
    found = found_by(db, sets, query, Filters()) if query else 0
    return sorted((int(y), n) for y, n in spread(db, sets, found, "year") if n)


def _ranked(
    db: sqlite3.Connection, query: TextQuery, found: int, start: int, limit: int, *, narrowed: bool
) -> list[tuple[int, float | None]]:
    """Numbers of articles with their scores, best first."""
    scored = last(found, SCORED)
    if not scored:
        return []
    some, values = "", list[object]()
    if narrowed:
        some, values = " AND +rowid IN (SELECT value FROM json_each(?))", [json.dumps(scored)]
    sql = (
        f"SELECT rowid, bm25(words) AS score FROM words WHERE words MATCH ? AND rowid >= ?{some}"
        " ORDER BY score, rowid LIMIT ? OFFSET ?"
    )
    rows = db.execute(sql, (query.match, scored[0], *values, limit, start))
    return [(seq, -score) for seq, score in rows]


def _hits(
    db: sqlite3.Connection, query: TextQuery, ranked: list[tuple[int, float | None]], with_snippets: bool
) -> Iterator[ArticleSummary]:
    rows = summaries(db, [seq for seq, _ in ranked])
    for row, (seq, score) in zip(rows, ranked, strict=True):
        found = replace(summary(row), score=score)
        if with_snippets:
            (doc,) = db.execute("SELECT doc FROM article_doc WHERE seq = ?", (seq,)).fetchone()
            found = replace(found, snippets=tuple(_snippets(load_document(doc)["article"], query)))
        yield found


def _snippets(
    article: dict[str, Any], query: TextQuery
) -> Iterator[tuple[str, str, tuple[tuple[int, int], ...]]]:
    """For each language in which something was found: a stretch of text and what to highlight in it."""
    for lang in ("zh", "en"):
        text = (article.get(lang) or {}).get("text", "")
        spans = highlights(text, query.words, limit=50)
        if spans:
            yield (lang, *_stretch(text, spans))


def _stretch(text: str, spans: list[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    r"""A stretch of text that begins shortly before the first highlight in it, and its highlights.

    It is of the body where that has any: the title stands above it anyway.  Words are not cut, and dots say
    where text is left out.

    >>> _stretch("Rice harvest\nThis year the rice is good.", [(0, 4), (27, 31)])
    ('This year the rice is good.', ((14, 18),))
    """
    body = text.find("\n") + 1
    shown = [span for span in spans if span[0] >= body] or spans
    floor = body if shown[0][0] >= body else 0
    begin = max(floor, shown[0][0] - _AROUND // 2)
    end = min(len(text), begin + 3 * _AROUND)
    if begin > floor:
        while begin < shown[0][0] and (_inside_word(text, begin) or text[begin].isspace()):
            begin += 1
    while end > shown[0][1] and (_inside_word(text, end) or text[end - 1].isspace()):
        end -= 1
    dots = "…" if begin > floor else ""
    by = len(dots) - begin
    inside = tuple((s + by, e + by) for s, e in shown if e <= end)
    return f"{dots}{text[begin:end]}{'…' if end < len(text) else ''}", inside


def _inside_word(text: str, at: int) -> bool:
    """Whether a Latin word stands on both sides of an offset."""
    return (
        0 < at < len(text) and _LETTER.match(text, at - 1) is not None and _LETTER.match(text, at) is not None
    )


def completions(db: sqlite3.Connection, prefix: str, kind: str | None, limit: int) -> list[Completion]:
    """See `kg.store.archive.Archive.complete`."""
    key = suggest_key(prefix)
    if not key:
        return []
    of_kind, values = ("AND e.kind = ?", [kind]) if kind else ("", [])
    sql = (
        f"SELECT n.text, n.lang, {ENTITY}, e.articles FROM name n JOIN entity e USING (eid)"
        f" WHERE n.key >= ? AND n.key < ? AND e.articles > 0 {of_kind}"
        " ORDER BY e.articles DESC, length(n.text), n.text LIMIT ?"
    )
    rows = db.execute(sql, [key, key + "\U0010ffff", *values, limit * 4]).fetchall()
    out: dict[str, Completion] = {}
    for text, lang, *rest in rows:
        entity = entity_summary(rest)
        out.setdefault(entity.id, Completion(text, lang, entity))
    return list(out.values())[:limit]
