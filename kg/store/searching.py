"""Full-text search and completion over ``articles.db``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from kg.authority.suggest import suggest_key
from kg.errors import UsageError
from kg.store.documents import load_document
from kg.store.faceting import hit_facets
from kg.store.rows import ArticleSummary, Completion, Facets, Filters, Page, SearchPage
from kg.store.schema import eid_of
from kg.store.selecting import ENTITY, SUMMARY, Where, entity_summary, summary
from kg.store.tokens import TextQuery, highlights, parse_query

_SCORED = 3_000  # hits that are ranked; of more, the newest are taken first
_AROUND = 60  # characters on each side of a highlight in a snippet
_COLUMNS = ", ".join(f"a.{c.strip()}" for c in SUMMARY.split(","))


def search(
    db: sqlite3.Connection,
    text: str,
    filters: Filters,
    after: str | None,
    limit: int,
    order: str,
    with_facets: bool,
) -> SearchPage:
    """See `kg.store.archive.Archive.search`."""
    query = parse_query(text)
    if not query:
        return SearchPage(Page((), None, 0), 0)
    start = _offset(after)
    db.execute("PRAGMA query_only = 0")
    try:
        _find(db, query, filters)
        (total,) = db.execute("SELECT count(*) FROM hit").fetchone()
        rows = _ranked(db, query, order, start, limit + 1)
        lead = eid_of(filters.entities[0]) if filters.entities else None
        facets = hit_facets(db, lead) if with_facets else Facets(total=total)
    finally:
        db.execute("DROP TABLE IF EXISTS temp.hit")
        db.execute("PRAGMA query_only = 1")
    hits = tuple(_hit(db, query, row) for row in rows[:limit])
    following = str(start + limit) if len(rows) > limit else None
    return SearchPage(Page(hits, following, total), total, facets)


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit()) or len(after) > 9:
        raise UsageError(f"cursor {after!r}: not one of ours", remedy="take it from the page before")
    return int(after)


def _find(db: sqlite3.Connection, query: TextQuery, filters: Filters) -> None:
    """Put the numbers of all articles that match into the temporary table ``hit``."""
    db.execute("DROP TABLE IF EXISTS temp.hit")
    matched = "SELECT rowid AS seq FROM words WHERE words MATCH ?"
    try:
        if filters == Filters():
            db.execute(f"CREATE TEMP TABLE hit AS {matched}", (query.match,))
            return
        where = Where(db, filters)
        where.add(f"{where.seq} IN ({matched})", query.match)
        db.execute(
            f"CREATE TEMP TABLE hit AS SELECT {where.seq} AS seq FROM {where.lean} {where}{where.once}",
            where.values,
        )
    except sqlite3.OperationalError as e:
        raise UsageError(
            f"search {query.match!r}: {e}", remedy="write words, or words in quotation marks"
        ) from e


def _ranked(db: sqlite3.Connection, query: TextQuery, order: str, start: int, limit: int) -> list[Any]:
    if order != "score":
        down = " DESC" if order == "newest" else ""
        sql = (
            f"SELECT {_COLUMNS}, NULL FROM hit JOIN article a USING (seq)"
            f" ORDER BY a.day{down}, a.seq{down} LIMIT ? OFFSET ?"
        )
        return db.execute(sql, (limit, start)).fetchall()
    sql = (
        f"SELECT {_COLUMNS}, -s.score FROM (SELECT rowid AS seq, bm25(words) AS score FROM words"
        " WHERE words MATCH ? AND +rowid IN (SELECT seq FROM hit ORDER BY seq DESC LIMIT ?)"
        " ORDER BY score, rowid LIMIT ? OFFSET ?) s JOIN article a USING (seq) ORDER BY s.score, s.seq"
    )
    return db.execute(sql, (query.match, _SCORED, limit, start)).fetchall()


def _hit(db: sqlite3.Connection, query: TextQuery, row: Any) -> ArticleSummary:
    *head, score = row
    found = summary(head)
    (doc,) = db.execute("SELECT doc FROM article_doc WHERE seq = ?", (head[-1],)).fetchone()
    snippets = tuple(_snippets(load_document(doc)["article"], query))
    return ArticleSummary(
        found.id, found.date, found.page, found.title_zh, found.title_en, found.section, found.column,
        found.langs, found.cursor, snippets, score,
    )  # fmt: skip


def _snippets(
    article: dict[str, Any], query: TextQuery
) -> Iterator[tuple[str, str, tuple[tuple[int, int], ...]]]:
    """For each language in which something was found: a stretch of text and what to highlight in it."""
    for lang in ("zh", "en"):
        text = (article.get(lang) or {}).get("text", "")
        spans = highlights(text, query.words, limit=50)
        if spans:
            begin = max(0, spans[0][0] - _AROUND // 2)
            end = min(len(text), begin + 3 * _AROUND)
            inside = tuple((s - begin, e - begin) for s, e in spans if e <= end)
            yield lang, text[begin:end], inside


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
