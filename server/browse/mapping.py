"""The map of all places and events, with a slider over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response as BaseResponse

from kg.store.rows import EntitySummary, PlaceActivity
from server.app import current_site
from server.browse import asked
from server.browse.asking import event_places_query, places_query
from server.browse.exporting import exports, graph, table
from server.browse.face import entity_path, face, page
from server.browse.i18n import chosen_lang
from server.browse.maps import world
from server.sending import revalidated
from server.site import Site

_PLACES = 1500  # on the map that moves
_DRAWN = 300  # on the one drawn here
WHAT = ("articles", "events")


def _asked() -> tuple[str, int | None, int | None]:
    """What is counted, and the years between which; a single ``year`` is both ends."""
    what = asked.choice("what", WHAT) or "articles"
    only = asked.year()
    return what, only or asked.year("from"), only or asked.year("to")


def _counted(
    places: Sequence[PlaceActivity], what: str, since: int | None, until: int | None
) -> list[tuple[EntitySummary, int]]:
    """The places with what is counted in these years, most first."""
    found = []
    for place in places:
        if what == "articles" and since is None and until is None:
            n = place.entity.articles
        else:
            years = place.articles if what == "articles" else place.events
            n = sum(c for y, c in years if (since is None or y >= since) and (until is None or y <= until))
        if n:
            found.append((place.entity, n))
    return sorted(found, key=lambda f: (-f[1], f[0].id))


@face.get("/map")
def map_of_places() -> BaseResponse:
    """Places by how many articles name them, or how many events happened there."""
    site = current_site()
    what, since, until = _asked()
    places = site.archive.activity(limit=_PLACES)
    counted = _counted(places, what, since, until)
    statistics = site.archive.statistics()
    years = sorted(int(y) for y in statistics.get("year", {}) if y.isdigit())
    query = places_query if what == "articles" else event_places_query
    return page(
        "map.html",
        what=what,
        choices=WHAT,
        since=since,
        until=until,
        first=years[0] if years else 1946,
        last=years[-1] if years else 2003,
        view=exports(query(since, until)),
        drawn=world(counted[:_DRAWN], chosen_lang()),
        counted=counted[:120],
        total=len(counted),
        tiles=site.settings.tile_url,
    )


@face.get("/map.<extension>")
def map_data(extension: str) -> BaseResponse:
    """The places of the map as a table, as triples, or (``json``) with their years for the slider."""
    site = current_site()
    what, since, until = _asked()
    places = site.archive.activity(limit=_PLACES)
    if extension == "json":
        response = jsonify([_place(p) for p in places])
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.set_etag(f"{site.release}-map")
        return revalidated(response)
    counted = _counted(places, what, since, until)
    if extension == "csv":
        head = ("place", "label_zh", "label_en", "wikidata", "lat", "lon", what)
        rows = (
            (site.minter.entity(e.id), e.label_zh, e.label_en, e.wikidata, e.lat, e.lon, n)
            for e, n in counted
        )
        return table("places", head, rows)
    return graph(site, "places", extension, (_triples(site, e) for e, _ in counted))


def _triples(site: Site, entity: EntitySummary) -> bytes:
    return site.archive.entity_triples(entity.id) or b""


def _place(place: PlaceActivity) -> dict[str, Any]:
    e = place.entity
    return {
        "page": entity_path(e),
        "zh": e.label_zh,
        "en": e.label_en,
        "lat": e.lat,
        "lon": e.lon,
        "articles": place.articles,
        "events": place.events,
    }
