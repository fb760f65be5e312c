"""The pages of an entity and of an event."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from kg.store.rows import EntitySummary, Filters
from server.app import current_site
from server.browse.charts import bars
from server.browse.face import face, page
from server.browse.maps import markers
from server.errors import HttpError

_ARTICLES = 25
_NEIGHBOURS = 12


@face.get("/page/entity/<path:id>")
def entity(id: str) -> BaseResponse:
    """What an entity is, what reported it, and with what it is mentioned."""
    site = current_site()
    archive = site.archive
    found = archive.entity(id)
    if found is None:
        raise HttpError(404, f"release {site.release} has no entity {id!r}", remedy="search at /search")
    year = request.args.get("year", type=int)
    articles = archive.articles(
        Filters(entities=(id,), year=year), after=request.args.get("after"), limit=_ARTICLES
    )
    events, more_events = archive.events(entity=id, limit=10)
    return page(
        "entity.html",
        about=("entity", id),
        entity=found,
        year=year,
        articles=articles,
        years=bars(archive.entity_years(id)),
        event_types=archive.entity_event_types(id),
        events=events,
        more_events=more_events,
        neighbours={kind: archive.neighbours(id, kind=kind, limit=_NEIGHBOURS) for kind in _KINDS},
        markers=markers([found]),
        jsonld=_jsonld(found),
    )


_KINDS = ("place", "source", "unit")
_SCHEMA = {"place": "Place", "source": "NewsMediaOrganization", "unit": "Organization"}


def _jsonld(entity: EntitySummary) -> dict[str, Any]:
    site = current_site()
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA.get(entity.kind, "Thing"),
        "@id": site.minter.entity(entity.id),
        "name": entity.label_en or entity.label_zh or entity.id,
    }
    if entity.label_zh and entity.label_en:
        described["alternateName"] = entity.label_zh
    if entity.item:
        described["sameAs"] = f"http://www.wikidata.org/entity/{entity.item}"
    if entity.lat is not None:
        described["geo"] = {
            "@type": "GeoCoordinates", "latitude": entity.lat, "longitude": entity.lon
        }  # fmt: skip
    return described


@face.get("/page/event/<path:id>")
def event(id: str) -> BaseResponse:
    """A happening, and the reports of it."""
    site = current_site()
    archive = site.archive
    reports = archive.event_reports(id)
    known = archive.entity(id)
    if not reports and known is None:
        raise HttpError(404, f"release {site.release} has no event {id!r}", remedy="see /timeline")
    parties = archive.entities(dict.fromkeys(e for r in reports for e, _ in r.parties))
    wholes = archive.entities(dict.fromkeys(w for r in reports for w in r.part_of if w != id))
    return page(
        "event.html",
        about=("event", id),
        id=id,
        known=known,
        reports=reports,
        parties=parties,
        wholes=wholes,
        markers=markers([e for e in parties.values() if e.kind == "place"]),
    )
