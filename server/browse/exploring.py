"""Search with facets, completion, the timeline, the calendar of issues."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kg.model import EventType
from kg.store.rows import ArticleSummary, EntitySummary, EventFilters, EventSummary, Filters, SearchPage
from kg.store.tokens import apart
from server.app import current_site
from server.browse import asked
from server.browse.asking import articles_query, events_query
from server.browse.charts import bars
from server.browse.exporting import all_articles, all_events, exports, graph, report_triples, table
from server.browse.face import entity_path, face, here, here_with, page
from server.browse.i18n import chosen_lang
from server.errors import HttpError
from server.site import Site

_HITS = 20
_EVENTS = 50
_REMEMBERED = 40  # years before the first issue that the chart of a timeline still shows


def asked_text() -> str:
    """The words of a search; 400 where they are too many."""
    text = asked.text("q") or ""
    if len(text) > asked.LONGEST:
        raise HttpError(400, "the search is too long", remedy=f"use at most {asked.LONGEST} characters")
    return text


@face.get("/search")
def search() -> BaseResponse:
    """Articles by words and filters, and entities by name."""
    if (narrowed := named()) is not None:
        return narrowed
    site = current_site()
    archive = site.archive
    text = asked_text()
    filters = asked.filters()
    order = asked.choice("order", asked.ORDERS) or ("score" if text else "oldest")
    after = asked.text("after")
    if text:
        found = archive.search(text, filters, after=after, limit=_HITS, order=order)
    else:
        listed = archive.articles(filters, after=after, limit=_HITS, newest_first=order == "newest")
        facets = archive.facets(filters)
        found = SearchPage(listed, facets.total if listed.total is None else listed.total, facets)
    parted = apart(text) if text and not found.total else None
    return page(
        "search.html",
        parted=parted,
        unfiltered=_without_filters(text, filters) if text and not found.total else 0,
        parted_total=archive.search(parted, filters, limit=1, facets=False).total if parted else 0,
        **list_frame(text, filters, found),
        order=order,
        differing=_differing(found.page.articles, filters) if filters.conflict else {},
        names=archive.complete(text, limit=6) if text else [],
        view=exports(articles_query(site, text, filters, order)),
    )


def _without_filters(text: str, filters: Filters) -> int:
    """How many articles the words alone find, where filters let none of them through."""
    if filters == Filters():
        return 0
    return current_site().archive.search(text, limit=1, facets=False, snippets=False).total


def _differing(
    articles: Iterable[ArticleSummary], filters: Filters
) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """What the two languages of some articles name differently: mentions by key, and both words."""
    archive = current_site().archive
    docs = {a.id: stored.doc for a in articles if (stored := archive.article(a.id)) is not None}
    return {
        id: [(m["key"], c) for m in doc["mentions"] if _meant(m, filters) for c in m.get("conflicts", ())]
        for id, doc in docs.items()
    }


def _meant(mention: Mapping[str, Any], filters: Filters) -> bool:
    """Whether a mention is of the kind, in the role and of the entity that filters ask for."""
    return (
        filters.kind in (None, mention["kind"])
        and filters.role in (None, mention.get("role"))
        and (not filters.entities or mention["link"]["entity"] == filters.entities[0])
    )


def list_frame(text: str, filters: Filters, found: SearchPage) -> dict[str, Any]:
    """What all tabs of a search show: what is chosen, and what narrows it."""
    return {
        "q": text,
        "found": found,
        "filters": filters,
        "chosen": chosen(filters),
        "years": bars(found.facets.years),
        "langs": _langs(found.facets.langs),
        "noindex": True,
    }


def chosen(filters: Filters | EventFilters) -> dict[str, EntitySummary]:
    """The entities that filters name."""
    more = (filters.within, filters.event if isinstance(filters, EventFilters) else None)
    return current_site().archive.entities((*filters.entities, *(e for e in more if e)))


def named() -> BaseResponse | None:
    """The same address narrowed by the thing whose name is in ``named``; HttpError 404 where there is none.

    With scripts a name is chosen while one types; a form without them sends what was typed.
    """
    text = asked.text("named")
    if text is None:
        return None
    found = current_site().archive.complete(text[: asked.LONGEST], limit=1)
    if not found:
        raise HttpError(404, f"nothing is called {text!r}", remedy="write it otherwise, or search for it")
    return redirect(here_with("entity", found[0].entity.id, leave=("named",)), 303)


def _langs(counted: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """How many articles each choice of language lets through: "zh" takes in those that are in both."""
    known = list(counted)
    sums = [(one, sum(n for langs, n in known if one in langs)) for one in asked.LANGS]
    return [(one, n) for one, n in sums if n]


@face.get("/search.<extension>")
def search_data(extension: str) -> BaseResponse:
    """All articles of a search, as a table or with their triples."""
    site = current_site()
    text = asked_text()
    order = asked.choice("order", asked.ORDERS) or "oldest"
    # Rank is for reading; all of it comes by date.
    found = all_articles(site.archive, text, asked.filters(), "oldest" if order == "score" else order)
    if extension == "csv":
        head = ("article", "date", "page", "title_zh", "title_en", "section", "column", "languages")
        return table("articles", head, _rows(site, found))
    return graph(site, "articles", extension, (site.archive.triples(a.id) or b"" for a in found))


def _rows(site: Site, articles: Iterable[ArticleSummary]) -> Iterator[tuple[object, ...]]:
    for a in articles:
        yield (
            site.minter.article(a.id), a.date, a.page, a.title_zh, a.title_en, a.section, a.column, a.langs
        )  # fmt: skip


@face.get("/complete")
def complete() -> BaseResponse:
    """Names that begin as the reader types, as JSON."""
    lang = chosen_lang()
    text = (request.args.get("q") or "")[: asked.LONGEST]
    found = current_site().archive.complete(text, kind=asked.text("kind"), limit=10)
    response = jsonify([_completion(c, lang) for c in found])
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.update(["Accept-Language", "Cookie"])
    return response


def _completion(found: Any, lang: str) -> dict[str, object]:
    entity = found.entity
    labels = (entity.label_zh, entity.label_en)
    first, second = labels if lang == "zh" else labels[::-1]
    return {
        "text": found.text,
        "lang": found.lang,
        "id": entity.id,
        "kind": entity.kind,
        "articles": entity.articles,
        "label": first or second or entity.id,
        "other": second or first or entity.id,
        "page": entity_path(entity),
    }


@face.get("/timeline")
def timeline() -> BaseResponse:
    """Events in order of when they happened."""
    if (narrowed := named()) is not None:
        return narrowed
    site = current_site()
    archive = site.archive
    filters = asked.event_filters()
    events, following = archive.events(filters, after=asked.text("after"), limit=_EVENTS)
    statistics = archive.statistics()
    of_some = bool(filters.entities or filters.within or filters.event)
    told = sorted((int(y), n) for y, n in statistics.get("event_year", {}).items() if y.isdigit())
    begins = next(iter(archive.years()), 0) - _REMEMBERED
    return page(
        "timeline.html",
        events=events,
        following=following,
        types=[t.value for t in EventType if t.value in statistics.get("event_type", {})],
        filters=filters,
        chosen=chosen(filters),
        year=asked.year(),
        since=asked.date("since"),
        until=asked.date("until"),
        parties=archive.entities(dict.fromkeys(e for r in events for e, _ in r.parties)),
        years=bars([(y, n) for y, n in told if y >= begins]) if not of_some else [],
        begins=begins,
        earlier=sum(n for y, n in told if y < begins) if not of_some else 0,
        view=exports(events_query(site, filters)),
    )


@face.get("/timeline.<extension>")
def timeline_data(extension: str) -> BaseResponse:
    """All reports of a timeline, as a table or as triples."""
    site = current_site()
    found = all_events(site.archive, asked.event_filters())
    if extension == "csv":
        head = (
            "event", "report", "type", "begin", "end", "grain", "label", "confidence", "article", "date",
            "days_late", "places", "actors", "source",
        )  # fmt: skip
        return table("events", head, (_event_row(site, e) for e in found))
    return graph(site, "events", extension, report_triples(site, found))


def _event_row(site: Site, event: EventSummary) -> tuple[object, ...]:
    return (
        site.minter.event(event.event), site.minter.part(event.article, event.key), event.type, event.start,
        event.end, event.grain, event.label, event.confidence, site.minter.article(event.article), event.date,
        event.days_late, *(
            " ".join(site.minter.entity(e) for e, role in event.parties if role == wanted)
            for wanted in ("place", "actor", "source")
        ),
    )  # fmt: skip


@face.get("/issues")
def issues() -> BaseResponse:
    """A year's calendar of issues; ``?date=`` goes to one."""
    archive = current_site().archive
    date = asked.date("date")
    if date is not None:
        return _nearest(date)
    counted = archive.years()
    years = list(counted)
    year = asked.year() or (years[0] if years else 1946)
    printed = dict(archive.issues(year))
    months = [
        (month, calendar.Calendar().monthdayscalendar(year, month)) for month in range(1, 13)
    ] if year > 0 else []  # fmt: skip
    return page(
        "issues.html",
        year=year,
        months=months,
        printed=printed,
        years=bars(list(counted.items())),
        first=f"{years[0]}-01-01" if years else None,
        last=f"{years[-1]}-12-31" if years else None,
    )


def _nearest(date: str) -> BaseResponse:
    """The issue of a day, or the next one after it that there is."""
    archive = current_site().archive
    if not archive.issue(date):
        before, after = archive.around(date)
        date = after or before or date
    return redirect(f"/page/issue/{date}", 303)


@face.app_context_processor
def links() -> dict[str, Any]:
    """Addresses that the charts lead to."""
    return {
        "year_here": lambda year: here(year=year),
        "year_search": lambda year: f"/search?year={year}",
    }
