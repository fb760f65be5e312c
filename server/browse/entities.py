"""The pages of an entity and of an event, and lists of entities."""

from __future__ import annotations

from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.iris import Node
from kg.store.archive import Archive
from kg.store.rows import EntitySummary, EventFilters, EventSummary, Filters
from kg.store.selecting import nameless
from server.app import current_site
from server.authority import current_authority
from server.browse import asked
from server.browse.asking import articles_query
from server.browse.charts import bars
from server.browse.explaining import explain, why
from server.browse.exporting import Exports, exports
from server.browse.face import face, page
from server.browse.i18n import chosen_lang, name_of
from server.browse.maps import markers
from server.browse.structured import entity_jsonld, event_jsonld
from server.errors import HttpError
from server.resources import require

_ARTICLES = 25
_NEIGHBOURS = 12
_EVENTS = 10
_ALIASES = 40
_ABOVE = 4  # of what a thing lies in
_KINDS = ("place", "source", "unit")
_LISTS = (*_KINDS, "measure")
_LISTED = 200


@face.get("/entities")
def listing() -> BaseResponse:
    """Entities of a kind, those first that most articles mention; with ``q``, those whose names begin so."""
    archive = current_site().archive
    kind = asked.choice("kind", _LISTS) or _LISTS[0]
    prefix = asked.text("q")
    if prefix is not None:
        found = archive.complete(prefix[: asked.LONGEST], kind=kind, limit=_LISTED)
        entities, following = list(dict.fromkeys(c.entity for c in found)), None
    else:
        entities, following = archive.ranked(kind, after=asked.text("after"), limit=_LISTED)
    return page(
        "entities.html", kind=kind, kinds=_LISTS, prefix=prefix, entities=entities, following=following
    )


@face.get("/page/entity/<path:id>")
def entity(id: str) -> BaseResponse:
    """What an entity is, what reported it, and with what it is mentioned."""
    site = current_site()
    archive = site.archive
    require(site, Node.ENTITY, id)
    found = archive.entity(id)
    if found is None:
        raise HttpError(404, f"release {site.release} has no entity {id!r}", remedy="search at /search")
    lang = chosen_lang()
    filters = Filters(entities=(id,), year=asked.year())
    articles = archive.articles(filters, after=asked.text("after"), limit=_ARTICLES)
    aliases = [(text, of) for text, of in archive.aliases(id) if text not in (found.label_zh, found.label_en)]
    near = {kind: archive.neighbours(id, kind=kind, limit=_NEIGHBOURS) for kind in _KINDS}
    item = current_authority().item(id)
    known = why(archive, id, (a.id for a in articles.articles))
    events, more_events = archive.events(EventFilters(entities=(id,)), limit=_EVENTS)
    return page(
        "entity.html",
        about=("entity", id),
        entity=found,
        aliases=aliases[:_ALIASES],
        lasted=(item.start, item.end) if item else (None, None),
        wholes=_wholes(archive, id),
        year=filters.year,
        articles=articles,
        years=bars(archive.entity_years(id)),
        event_types=archive.entity_event_types(id),
        events=events,
        more_events=more_events,
        parties=archive.entities(dict.fromkeys(e for r in events for e, _ in r.parties)),
        neighbours=near,
        facets=archive.facets(Filters(entities=(id,))),
        why=known,
        rivals=archive.entities([rival for rival, _ in known.rivals]) if known else {},
        explain=lambda name: explain(name, lang),
        authority_date=release.manifest.authority.get("date", "") if (release := site.served.release) else "",
        # Who has no place of its own is shown by the places it is mentioned with.
        places_in=archive.places_in(id) if found.kind == "place" else 0,
        markers=markers([found] if found.lat is not None else near["place"], lang),
        view=_view(articles_query(site, "", filters, "oldest"), id, filters.year),
        jsonld=entity_jsonld(site, found, [text for text, _ in aliases]),
    )


def _wholes(archive: Archive, id: str) -> list[EntitySummary]:
    """What the thing lies in or belongs to, the nearest first, as far as the release has pages of it."""
    above = current_authority().ancestors(id)[:_ABOVE]
    found = archive.entities(above)
    return [found[i] for i in above if i in found and found[i].articles]


def _view(sparql: str, entity: str, year: int | None) -> Exports:
    """The exports of the list of articles, which is a search by this entity."""
    return exports(sparql, "/search", [("entity", entity), *([("year", str(year))] if year else [])])


@face.get("/page/event/<path:id>")
def event(id: str) -> BaseResponse:
    """A happening, and the reports of it."""
    site = current_site()
    archive = site.archive
    require(site, Node.EVENT, id)
    reports = archive.event_reports(id)
    known = archive.entity(id)
    lang = chosen_lang()
    parties = archive.entities(dict.fromkeys(e for r in reports for e, _ in r.parties))
    authority = current_authority()
    first = min((r.start for r in reports if r.start), default=None)
    last = max((r.end for r in reports if r.end), default=None)
    item = authority.item(id)
    # When a known event was is not for single reports to say.
    begin, end = (item.start, item.end) if item and item.start else (first, last)
    near = archive.entities(dict.fromkeys(w for r in reports for w in r.part_of if w != id))
    above = authority.ancestors(id)
    wholes = [e for e in near.values() if known is None or e.id in above]
    name = name_of(known.label_zh, known.label_en, "en") if known else _called(reports, id)
    return page(
        "event.html",
        about=("event", id),
        id=id,
        known=known,
        reports=reports,
        total=archive.count_reports(id),
        begin=begin,
        end=end,
        told=(first, last) if (first, last) != (begin, end) else None,
        parties=parties,
        roles=_roles(reports, parties),
        wholes=wholes,
        parts=[e for e in near.values() if id in authority.ancestors(e.id)],
        years=bars(_years(reports)),
        markers=markers([e for e in parties.values() if e.kind == "place"], lang, close=True),
        jsonld=event_jsonld(site, id, name or id, reports, parties),
    )


def _called(reports: list[EventSummary], id: str) -> str:
    return reports[0].label if reports else id


def _years(reports: list[EventSummary]) -> list[tuple[int, int]]:
    years = [int(r.date[:4]) for r in reports]
    return [(y, years.count(y)) for y in sorted(set(years))]


def _roles(
    reports: list[EventSummary], parties: dict[str, EntitySummary]
) -> list[tuple[str, list[EntitySummary]]]:
    """Who and what took part, by role, those first that most reports name."""
    found = []
    for role in ("place", "actor", "source"):
        counts: dict[str, int] = {}
        for report in reports:
            for entity, of in report.parties:
                if of == role and entity in parties:
                    counts[entity] = counts.get(entity, 0) + 1
        if counts:
            found.append(
                (role, sorted((parties[e] for e in counts), key=lambda e: (nameless(e), -counts[e.id], e.id)))
            )
    return found
