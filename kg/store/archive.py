"""Reading ``articles.db``: articles, entities, events, lists, facets.  What pages are made of.

An `Archive` never writes, may be used from several threads, and survives ``fork``.  Every list is paged by
cursors: give back the ``next`` of one page to get the one after it; a page costs the same wherever it is.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kg.connections import Connections
from kg.errors import StoreError, UsageError
from kg.store import faceting, overlay, selecting, viewing
from kg.store.documents import load_document, unpack
from kg.store.hits import Sets
from kg.store.relating import related
from kg.store.rows import (
    ArticleSummary,
    Completion,
    Doubtful,
    EntitySummary,
    EventFilters,
    EventSummary,
    Facets,
    Filters,
    Mentioned,
    Page,
    PlaceActivity,
    Related,
    SearchPage,
    StoredArticle,
)
from kg.store.schema import VERSION, eid_of, iso_day
from kg.store.searching import completions, search, word_years
from kg.store.selecting import ENTITY, SUMMARY, entity_summary, summary

_LIMIT = 1000
_SEARCHED = 10_000
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,19})", re.ASCII)


class Archive:
    """The articles of one release."""

    def __init__(self, path: Path) -> None:
        """Open; `StoreError` where the file is missing or of another version."""
        self._path = path
        self._connections = Connections(lambda: overlay.open_read(path))
        self._sets = Sets()
        self._known_events: list[EntitySummary] | None = None
        self._activity: tuple[int, list[PlaceActivity]] | None = None
        self.meta = {str(k): str(v) for k, v in self._all("SELECT key, value FROM meta")}
        if self.meta.get("schema") != str(VERSION):
            raise StoreError(f"{path}: made by another version of the code", remedy="run kg build")

    @property
    def _db(self) -> sqlite3.Connection:
        """A connection of this thread in this process."""
        return self._connections.here()

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as e:
            raise StoreError(f"{self._path}: {e}", remedy="run kg releases verify") from e

    def _one(self, sql: str, values: Sequence[object] = ()) -> Any:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    # --- articles ---

    def article(self, id: str) -> StoredArticle | None:
        """An article with its document; None where there is none."""
        row = self._one(
            f"SELECT {SUMMARY}, author, form, sha256, origin, doc"
            " FROM article JOIN article_doc USING (seq) WHERE id = ?", (id,)
        )  # fmt: skip
        if row is None:
            return None
        *head, author, form, sha256, origin, doc = row
        return StoredArticle(summary(head), author, form, sha256, origin, load_document(doc))

    def triples(self, id: str) -> bytes | None:
        """The triples that an article owns, as N-Triples."""
        row = self._one("SELECT own FROM article JOIN article_triples USING (seq) WHERE id = ?", (id,))
        return None if row is None else unpack(row[0])

    def packed_triples(self, year: int) -> Iterator[tuple[str, bytes]]:
        """The articles of a year in order of their identities, with their triples still compressed.

        Equal triples are equal bytes, as long as the same library compressed them.
        """
        rows = self._db.cursor().execute(
            "SELECT id, own FROM article JOIN article_triples USING (seq)"
            " WHERE id >= ? AND id < ? ORDER BY id", (f"{year:04}-", f"{year:04}.")
        )  # fmt: skip
        return ((str(id), bytes(own)) for id, own in rows)

    def query(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Rows of a query, for what the pipeline needs to know of a whole archive."""
        return self._all(sql, values)

    def kept(self, name: str) -> bytes:
        """What `kg.store.writing.ArchiveWriter.keep` was given; empty where there is nothing."""
        row = self._one("SELECT data FROM kept WHERE name = ?", (name,))
        return unpack(row[0]) if row else b""

    def summaries(self, ids: Iterable[str]) -> list[ArticleSummary]:
        """Articles in the order of `ids`; those that are not there are left out."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._all(f"SELECT {SUMMARY} FROM article WHERE id IN ({marks})", wanted)
        found = {s.id: s for s in map(summary, rows)}
        return [found[id] for id in wanted if id in found]

    def articles(
        self,
        filters: Filters | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
        newest_first: bool = False,
    ) -> Page:
        """Articles in order of printing.

        ``total`` of the page is set where it is known at once: not for an entity, or none, with days.
        """
        filters = filters or Filters()
        start, most = _cursor(after), min(limit, _LIMIT) + 1
        total = self._known_total(filters)
        if selecting.is_plain(filters):
            rows = selecting.articles(self._db, filters, start, most, newest_first)
        else:
            found = self._sets.filtered(self._db, filters)
            total = found.bit_count()
            seqs = self._sets.dated(self._db, found, start, most, newest=newest_first)
            rows = selecting.summaries(self._db, seqs)
        page = [summary(r) for r in rows[:limit]]
        following = page[-1].cursor if len(rows) > limit else None
        return Page(tuple(page), following, total)

    def _known_total(self, filters: Filters) -> int | None:
        if filters == Filters():
            return self.statistics().get("total", {}).get("articles", 0)
        if filters == Filters(year=filters.year):
            row = self._one(
                "SELECT n FROM facet WHERE dimension = 'year' AND value = ?", (str(filters.year),)
            )
        elif filters == Filters(entities=filters.entities) and len(filters.entities) == 1:
            row = self._one("SELECT articles FROM entity WHERE eid = ?", (eid_of(filters.entities[0]),))
        elif filters == Filters(entities=filters.entities, year=filters.year) and len(filters.entities) == 1:
            sql = "SELECT n FROM entity_year WHERE eid = ? AND year = ?"
            row = self._one(sql, (eid_of(filters.entities[0]), filters.year))
        else:
            return None
        return int(row[0]) if row else 0

    def count(self, filters: Filters) -> int:
        """How many articles `filters` let through."""
        known = self._known_total(filters)
        return self._sets.filtered(self._db, filters).bit_count() if known is None else known

    def related(self, id: str, *, limit: int = 6) -> list[Related]:
        """The articles that tell of the same as one, the nearest first; see `kg.store.relating`."""
        row = self._one("SELECT seq FROM article WHERE id = ?", (id,))
        near = related(self._db, int(row[0]), limit) if row else []
        rows = selecting.summaries(self._db, [seq for seq, _, _ in near])
        known = {row[-1]: summary(row) for row in rows}
        return [Related(known[seq], entities, event) for seq, entities, event in near]

    def issue(self, date: str) -> list[ArticleSummary]:
        """The articles printed on a day, by page."""
        sql = f"SELECT {SUMMARY} FROM article WHERE day = ? ORDER BY coalesce(page, 999), seq"
        return [summary(r) for r in self._all(sql, (selecting.day_of(date),))]

    def issue_entities(self, date: str) -> list[EntitySummary]:
        """The entities in the paper of a day, those first that most of its articles mention."""
        return selecting.of_issue(self._db, selecting.day_of(date))

    def around(self, date: str) -> tuple[str | None, str | None]:
        """The days of the issues before and after a day."""
        day = selecting.day_of(date)
        before = self._one("SELECT max(day) FROM article WHERE day < ?", (day,))
        after = self._one("SELECT min(day) FROM article WHERE day > ?", (day,))
        return iso_day(before[0]), iso_day(after[0])

    def issues(self, year: int) -> list[tuple[str, int]]:
        """The days of a year with how many articles were printed."""
        sql = "SELECT day, count(*) FROM article WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day"
        return [(str(iso_day(d)), n) for d, n in self._all(sql, (year * 10000, year * 10000 + 9999))]

    # --- entities ---

    def entity(self, id: str) -> EntitySummary | None:
        """An entity with its counts; None where no article mentions it and nothing refers to it."""
        row = self._one(f"SELECT {ENTITY}, 0 FROM entity e WHERE eid = ?", (eid_of(id),))
        return entity_summary(row) if row else None

    def entities(self, ids: Iterable[str]) -> dict[str, EntitySummary]:
        """Entities by id; those that are not there are left out."""
        wanted = [eid_of(i) for i in ids]
        out: dict[str, EntitySummary] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._all(f"SELECT {ENTITY}, 0 FROM entity e WHERE eid IN ({marks})", part)
            out.update((e.id, e) for e in map(entity_summary, rows))
        return out

    def top_entities(self, kind: str | None = None, *, limit: int = 50) -> list[EntitySummary]:
        """The entities that most articles mention, known ones before units that are only called something."""
        where = "AND kind = ?" if kind else ""
        values = [kind] if kind else []
        sql = (
            f"SELECT {ENTITY}, articles FROM entity e WHERE articles > 0 {where}"
            " ORDER BY articles DESC LIMIT ?"
        )
        found = [entity_summary(r) for r in self._all(sql, [*values, limit * 5])]
        return sorted(found, key=selecting.nameless)[:limit]

    def ranked(
        self, kind: str | None = None, *, after: str | None = None, limit: int = 50
    ) -> tuple[list[EntitySummary], str | None]:
        """All entities, those first that most articles mention, and the cursor of the next page."""
        found = selecting.ranked(self._db, kind, _cursor(after), min(limit, _LIMIT) + 1)
        following = (
            f"{found[limit - 1].articles}.{eid_of(found[limit - 1].id)}" if len(found) > limit else None
        )
        return found[:limit], following

    def located(self, *, limit: int = 5000) -> list[EntitySummary]:
        """The entities with a position that most articles mention: for a map of everything."""
        sql = (
            f"SELECT {ENTITY}, articles FROM entity e WHERE articles > 0 AND lat NOTNULL"
            " ORDER BY articles DESC LIMIT ?"
        )
        return [entity_summary(r) for r in self._all(sql, (limit,))]

    def aliases(self, id: str) -> list[tuple[str, str]]:
        """All names of an entity: ``(text, lang)``, Chinese first."""
        sql = "SELECT DISTINCT text, lang FROM name WHERE eid = ? ORDER BY lang DESC, length(text), text"
        return [(str(text), str(lang)) for text, lang in self._all(sql, (eid_of(id),))]

    def activity(self, *, limit: int = 1000) -> list[PlaceActivity]:
        """The located places that most articles name, with the years of articles and of events there."""
        known = self._activity
        if known is None or known[0] != limit:
            known = self._activity = (limit, selecting.activity(self._db, limit))
        return known[1]

    def doubtful(
        self, *, kind: str | None = None, after: str | None = None, limit: int = 20, examples: int = 3
    ) -> tuple[list[Doubtful], str | None]:
        """Entities with unsure links, most valuable to judge first, and the cursor of the next page."""
        found = selecting.doubtful(self._db, kind, _cursor(after), limit + 1, examples)
        return found[:limit], found[limit - 1].cursor if len(found) > limit else None

    def entity_years(self, id: str) -> list[tuple[int, int]]:
        """How many articles mention an entity, by year."""
        return self._all("SELECT year, n FROM entity_year WHERE eid = ? ORDER BY year", (eid_of(id),))

    def entity_event_types(self, id: str) -> list[tuple[str, int]]:
        """How many event reports involve an entity, by type."""
        return self._all("SELECT type, n FROM entity_type WHERE eid = ? ORDER BY n DESC, type", (eid_of(id),))

    def neighbours(self, id: str, *, kind: str | None = None, limit: int = 20) -> list[EntitySummary]:
        """The entities most often mentioned together with one; ``count`` says how often.

        Counted beforehand for hubs (their first 60), now for the others.
        """
        return selecting.neighbours(self._db, eid_of(id), kind, limit)

    def entity_triples(self, id: str) -> bytes | None:
        """The triples of an authority item in this release, as N-Triples; None for other entities."""
        row = self._one("SELECT triples FROM item WHERE eid = ?", (eid_of(id),))
        return unpack(row[0]) if row else None

    # --- events ---

    def event_reports(self, event: str, *, limit: int = 200) -> list[EventSummary]:
        """The reports of an event, and of what is part of it, in order of printing."""
        return selecting.reports_of(self._db, event, limit)

    def count_reports(self, event: str) -> int:
        """How many reports there are of an event and of what is part of it."""
        sql = f"SELECT count(*) FROM ({selecting.OF_EVENT})"
        return int(self._one(sql, (event, event))[0])

    def events(
        self, filters: EventFilters | None = None, *, after: str | None = None, limit: int = 50
    ) -> tuple[list[EventSummary], str | None]:
        """Event reports in order of when it happened, and the cursor of the next page."""
        filters = filters or EventFilters()
        places = self._sets.inside(self._db, filters.within) if filters.within else None
        found = selecting.events(self._db, filters, places, after, limit + 1)
        return found[:limit], found[limit - 1].cursor if len(found) > limit else None

    def known_events(self) -> list[EntitySummary]:
        """The events that the authority knows; ``count``: the reports of each and of its parts."""
        if self._known_events is None:
            self._known_events = selecting.known_events(self._db)
        return self._known_events

    def places_in(self, id: str) -> int:
        """How many places of the release lie in one."""
        return len(self._sets.inside(self._db, id)) - 1

    # --- searching ---

    def search(
        self,
        text: str,
        filters: Filters | None = None,
        *,
        after: str | None = None,
        limit: int = 20,
        order: str = "score",
        facets: bool = True,
        snippets: bool = True,
    ) -> SearchPage:
        """Full-text search: see `kg.store.tokens.parse_query` for what may be written.

        `order` is ``score``, ``oldest`` or ``newest``.  Snippets come with their highlights.  At most 10,000
        articles at once.
        """
        if order not in ("score", "oldest", "newest"):
            raise UsageError(f"order {order!r}", remedy="one of: score, oldest, newest")
        return search(
            self._db,
            self._sets,
            text,
            filters or Filters(),
            after,
            min(limit, _SEARCHED),
            order,
            facets,
            snippets,
        )

    def word_years(self, text: str) -> list[tuple[int, int]]:
        """How many articles a full-text search finds, by year."""
        return word_years(self._db, self._sets, text)

    def complete(self, prefix: str, *, kind: str | None = None, limit: int = 10) -> list[Completion]:
        """Names of entities that begin with `prefix` (case, diacritics, traditional forms set aside)."""
        return completions(self._db, prefix, kind, limit)

    def facets(self, filters: Filters | None = None, *, text: str = "") -> Facets:
        """How the articles that `filters` let through (and `text` finds) are spread.

        Counted beforehand where possible.
        """
        return viewing.view_facets(self._db, self._sets, text, filters or Filters())

    def most_mentioned(
        self, text: str, filters: Filters, kind: str, *, limit: int = 50, located: bool = False
    ) -> Mentioned:
        """The entities of a kind that the articles of a search mention most; see `kg.store.viewing`."""
        found = viewing.found(self._db, self._sets, text, filters)
        return viewing.most_mentioned(self._db, self._sets, found, kind, limit, located=located)

    def spread(self, text: str, filters: Filters, dimension: str) -> list[tuple[str, int]]:
        """How many articles of a search have each value of a dimension of `kg.store.bitmaps`, if any has."""
        found = viewing.found(self._db, self._sets, text, filters)
        return [(v, n) for v, n in faceting.spread(self._db, self._sets, found, dimension) if n]

    def months(self, text: str, filters: Filters, year: int) -> list[tuple[int, int, int]]:
        """Each month of a year: its number, how many articles of a search it has, and how many in all."""
        found = viewing.found(self._db, self._sets, text, filters)
        return viewing.months(self._db, found, year)

    def statistics(self) -> dict[str, dict[str, int]]:
        """All that was counted for the release: dimension -> value -> number.

        Dimensions: ``total`` (articles, mentions, reports, events, issues), ``year``, ``lang``, ``form``,
        ``kind`` (mentions), ``article_kind``, ``article_confidence``, ``role``, ``event_type``,
        ``event_year``, ``entities`` and ``linked`` (entities by kind; linked: with a verified item).
        """
        out: dict[str, dict[str, int]] = {}
        for dimension, value, n in self._all("SELECT dimension, value, n FROM facet"):
            out.setdefault(dimension, {})[value] = n
        return out

    def years(self) -> dict[int, int]:
        """The years with a paper, the first first, and how many articles were printed in each."""
        return dict(sorted((int(year), n) for year, n in self.statistics().get("year", {}).items()))

    def ids(self, *, after: str = "", limit: int = 50_000) -> Iterator[str]:
        """Identities of articles in order: for site maps and exports."""
        sql = "SELECT id FROM article WHERE id > ? ORDER BY id LIMIT ?"
        return (id for (id,) in self._all(sql, (after, limit)))

    def close(self) -> None:
        """Close this thread's connection."""
        self._connections.close()


def _cursor(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = _CURSOR.fullmatch(text)
    if match is None or int(match[2]) >= 1 << 63:
        raise UsageError(f"cursor {text!r}: not one of ours", remedy="take it from the page before")
    return int(match[1]), int(match[2])
