"""A search on a map, over the years, and by what its articles name most: tabs of ``/search``.

Every tab has an address of its own, ``/search/map`` and so on, with the parameters of ``/search``; the same
with ``.csv`` or ``.json`` is its data.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response as BaseResponse

from kg.model import EventType
from kg.store.rows import EntitySummary, Filters, Mentioned, Page, SearchPage
from kg.vocab import EVENT_TYPES
from server.app import current_site
from server.browse import asked
from server.browse.asking import found_periods_query, found_places_query, found_tops_query
from server.browse.charts import lines
from server.browse.exploring import asked_text, list_frame
from server.browse.exporting import document, exports, table
from server.browse.face import entity_path, face, page
from server.browse.i18n import chosen_lang
from server.browse.maps import world
from server.browse.trends import MEASURES
from server.errors import HttpError
from server.site import Site

_PLACES = 300
_LISTED = 120
_TOP = 25  # of each kind on the page; as data:
_TOP_DATA = 200
_KINDS = ("place", "source", "unit", "measure")
_GEOJSON = "application/geo+json"


def _framed(text: str, filters: Filters, template: str, **values: Any) -> BaseResponse:
    """A tab inside the frame that all share: what is chosen, what narrows."""
    facets = current_site().archive.facets(filters, text=text)
    found = SearchPage(Page((), None, facets.total), facets.total, facets)
    return page(template, **list_frame(text, filters, found), **values)


def _unknown(extension: str) -> HttpError:
    return HttpError(404, f"there is no format .{extension}", remedy="one of: csv, json")


# --- on a map ---


def _places(site: Site, text: str, filters: Filters) -> Mentioned:
    return site.archive.most_mentioned(text, filters, "place", limit=_PLACES, located=True)


@face.get("/search/map")
def search_map() -> BaseResponse:
    """The places that the articles found name, each as large as it is often named."""
    site = current_site()
    text, filters = asked_text(), asked.filters()
    seen = _places(site, text, filters)
    return _framed(
        text,
        filters,
        "search_map.html",
        seen=seen,
        listed=seen.entities[:_LISTED],
        drawn=world([(e, e.count) for e in seen.entities], chosen_lang()),
        tiles=site.settings.tile_url,
        view=exports(found_places_query(site, text, filters), json=True),
    )


@face.get("/search/map.<extension>")
def search_map_data(extension: str) -> BaseResponse:
    """The places of that map as a table, or (``json``) as GeoJSON (RFC 7946)."""
    site = current_site()
    seen = _places(site, asked_text(), asked.filters())
    if extension == "csv":
        head = ("place", "label_zh", "label_en", "wikidata", "lat", "lon", "articles", "estimated")
        rows = (
            (site.minter.entity(e.id), e.label_zh, e.label_en, e.wikidata, e.lat, e.lon, e.count, told)
            for e, told in _told(seen)
        )
        return table("places", head, rows)
    if extension == "json":
        features = [
            {
                "type": "Feature",
                "id": site.minter.entity(e.id),
                "geometry": {"type": "Point", "coordinates": [e.lon, e.lat]},
                "properties": {**_named(e, estimated=told == "yes"), "entity": e.id},
            }
            for e, told in _told(seen)
        ]
        return document({"type": "FeatureCollection", "features": features}, _GEOJSON)
    raise _unknown(extension)


def _told(seen: Mentioned) -> Iterator[tuple[EntitySummary, str]]:
    """The entities, and whether their number is an estimate, as a word for tables."""
    return ((e, "yes" if e.id in seen.estimated else "no") for e in seen.entities)


def _named(e: EntitySummary, *, estimated: bool) -> dict[str, Any]:
    return {
        "zh": e.label_zh,
        "en": e.label_en,
        "wikidata": e.wikidata,
        "page": entity_path(e),
        "articles": e.count,
        "estimated": estimated,
    }


# --- over the years ---


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or a month of the year that is asked for; ``found`` of the articles ``printed`` in it."""

    name: str
    found: int
    printed: int

    @property
    def share(self) -> float:
        """Percent of what was printed."""
        return 100 * self.found / self.printed

    @property
    def narrowed(self) -> dict[str, object]:
        """The parameters that ask for it alone."""
        if "-" not in self.name:
            return {"year": self.name}
        year, month = map(int, self.name.split("-"))
        last = calendar.monthrange(year, month)[1]
        return {"year": None, "since": f"{self.name}-01", "until": f"{self.name}-{last}"}


def _periods(site: Site, text: str, filters: Filters) -> list[Period]:
    """Every year from the first to the last with an article found; the months where one year is asked for."""
    archive, year = site.archive, filters.year
    if year is not None:
        return [Period(f"{year:04}-{m:02}", n, of) for m, n, of in archive.months(text, filters, year)]
    found = {int(y): n for y, n in archive.spread(text, filters, "year")}
    return [
        Period(f"{y:04}", found.get(y, 0), n)
        for y, n in archive.years().items()
        if found and min(found) <= y <= max(found)
    ]


@face.get("/search/years")
def search_years() -> BaseResponse:
    """How many articles were found of each year, or of each month of one."""
    site = current_site()
    text, filters = asked_text(), asked.filters()
    measure = asked.choice("measure", MEASURES) or "number"
    periods = _periods(site, text, filters)
    values = [p.share if measure == "share" else float(p.found) for p in periods]
    by_year = filters.year is None
    return _framed(
        text,
        filters,
        "search_years.html",
        periods=periods,
        most=max((p.found for p in periods), default=0),
        by_year=by_year,
        measure=measure,
        measures=MEASURES,
        chart=lines([int(p.name) for p in periods], [values], "%" if measure == "share" else "")
        if by_year and len(periods) > 1
        else None,
        view=exports(found_periods_query(site, text, filters), json=True),
    )


@face.get("/search/years.<extension>")
def search_years_data(extension: str) -> BaseResponse:
    """The numbers of that tab."""
    periods = _periods(current_site(), asked_text(), asked.filters())
    if extension == "csv":
        return table("years", ("period", "articles", "of"), ((p.name, p.found, p.printed) for p in periods))
    if extension == "json":
        return document([{"period": p.name, "articles": p.found, "of": p.printed} for p in periods])
    raise _unknown(extension)


# --- what is named most ---


def _tops(site: Site, text: str, filters: Filters, limit: int) -> list[tuple[str, Mentioned]]:
    return [(k, site.archive.most_mentioned(text, filters, k, limit=limit)) for k in _KINDS]


def _event_types(site: Site, text: str, filters: Filters) -> Sequence[tuple[str, int]]:
    return sorted(site.archive.spread(text, filters, "event"), key=lambda c: (-c[1], c[0]))


@face.get("/search/tops")
def search_tops() -> BaseResponse:
    """The places, sources, units and types of events that most of the articles found name."""
    site = current_site()
    text, filters = asked_text(), asked.filters()
    tops = _tops(site, text, filters, _TOP)
    return _framed(
        text,
        filters,
        "search_tops.html",
        tops=[(kind, seen) for kind, seen in tops if seen.entities],
        types=_event_types(site, text, filters),
        estimated=any(seen.estimated for _, seen in tops),
        view=exports(found_tops_query(site, text, filters), json=True),
    )


@face.get("/search/tops.<extension>")
def search_tops_data(extension: str) -> BaseResponse:
    """The first 200 of each kind, and all types of events."""
    site = current_site()
    text, filters = asked_text(), asked.filters()
    tops, types = _tops(site, text, filters, _TOP_DATA), _event_types(site, text, filters)
    if extension == "csv":
        head = ("kind", "what", "label_zh", "label_en", "wikidata", "articles", "estimated")
        return table("tops", head, _top_rows(site, tops, types))
    if extension == "json":
        out: dict[str, object] = {
            kind: [
                {"id": site.minter.entity(e.id), **_named(e, estimated=told == "yes")}
                for e, told in _told(seen)
            ]
            for kind, seen in tops
        }
        out["event_type"] = [
            {"id": EVENT_TYPES[EventType(t)], "event_type": t, "articles": n} for t, n in types
        ]
        return document(out)
    raise _unknown(extension)


def _top_rows(
    site: Site, tops: Iterable[tuple[str, Mentioned]], types: Iterable[tuple[str, int]]
) -> Iterator[tuple[object, ...]]:
    for kind, seen in tops:
        for e, told in _told(seen):
            yield (
                kind, site.minter.entity(e.id), e.label_zh, e.label_en, e.wikidata, e.count, told
            )  # fmt: skip
    for type, n in types:
        yield "event_type", EVENT_TYPES[EventType(type)], type, type, "", n, "no"
