"""Search with facets, the map of everything, the timeline."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from kg.model import EventType
from kg.store.rows import Filters, SearchPage
from server.app import current_site
from server.browse.charts import bars
from server.browse.face import face, page
from server.browse.maps import markers

_HITS = 20
_EVENTS = 50


def filters_of_request() -> Filters:
    """The filters that the address holds: every filtered view has one of its own."""
    args = request.args
    return Filters(
        year=args.get("year", type=int),
        since=args.get("since") or None,
        until=args.get("until") or None,
        entities=tuple(e for e in args.getlist("entity") if e),
        kind=args.get("kind") or None,
        role=args.get("role") or None,
        event_type=args.get("event_type") or None,
        lang=args.get("text_lang") or None,
        min_confidence=args.get("confidence", type=float),
    )


@face.get("/search")
def search() -> BaseResponse:
    """Articles by words and filters, and entities by name."""
    archive = current_site().archive
    text = request.args.get("q", "").strip()
    filters = filters_of_request()
    order = request.args.get("order", "score")
    after = request.args.get("after")
    if text:
        found = archive.search(text, filters, after=after, limit=_HITS, order=order)
    else:
        listed = archive.articles(filters, after=after, limit=_HITS, newest_first=order == "newest")
        found = SearchPage(listed, listed.total or 0, archive.facets(filters))
    chosen = archive.entities(filters.entities)
    return page(
        "search.html",
        q=text,
        found=found,
        filters=filters,
        order=order,
        chosen=chosen,
        names=archive.complete(text, limit=6) if text else [],
        years=bars(found.facets.years),
        noindex=True,
    )


@face.get("/complete")
def complete() -> BaseResponse:
    """Names that begin as the reader types, as JSON."""
    found = current_site().archive.complete(
        request.args.get("q", ""), kind=request.args.get("kind") or None, limit=10
    )
    response = jsonify(
        [
            {
                "text": c.text,
                "lang": c.lang,
                "id": c.entity.id,
                "kind": c.entity.kind,
                "articles": c.entity.articles,
                "zh": c.entity.label_zh,
                "en": c.entity.label_en,
            }
            for c in found
        ]
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@face.get("/map")
def map_of_places() -> BaseResponse:
    """All places that the articles name, by how often."""
    found = current_site().archive.located(limit=3000)
    places = [e for e in found if e.kind == "place"]
    return page("map.html", view=markers(places[:400]), places=places)


@face.get("/timeline")
def timeline() -> BaseResponse:
    """Events in order of when they happened."""
    archive = current_site().archive
    kind = request.args.get("type") or None
    year = request.args.get("year", type=int)
    since, until = (f"{year}-01-01", f"{year}-12-31") if year else (None, None)
    events, following = archive.events(
        entity=request.args.get("entity") or None,
        type=kind,
        since=since,
        until=until,
        after=request.args.get("after"),
        limit=_EVENTS,
    )
    statistics: dict[str, Any] = archive.statistics()
    return page(
        "timeline.html",
        events=events,
        following=following,
        types=[t.value for t in EventType],
        type=kind,
        year=year,
        years=bars(sorted((int(y), n) for y, n in statistics.get("year", {}).items())),
    )
