"""Filtered views as SPARQL: what a reader sees, to be changed and asked further.

The queries are text for the editor.  Names come from the vocabulary; values go through the N-Triples writer,
which escapes them.
"""

from __future__ import annotations

from kg import vocab
from kg.model import EventType, Kind, Role
from kg.rdf import ntriples
from kg.store.rows import EventFilters, Filters
from server.site import Site

_MOST = 1000
_MOST_COUNTED = 10_000  # as many as the endpoint's text search gives
_LIES_IN = "(schema:containedInPlace|dl:country)*"


def _term(iri: str) -> str:
    """A term of ours with its prefix."""
    return "dl:" + iri.removeprefix(vocab.DL)


def _day(date: str) -> str:
    return f'"{ntriples.escape(date)}"^^xsd:date'


def _between(variable: str, since: str | None, until: str | None) -> list[str]:
    tests = [f"{variable} >= {_day(since)}"] if since else []
    tests += [f"{variable} <= {_day(until)}"] if until else []
    return [f"FILTER({' && '.join(tests)})"] if tests else []


def _found(site: Site, text: str, filters: Filters, most: int) -> list[str]:
    """What ``?article`` and its ``?date`` are in a search; of a search for words, `most` articles."""
    lines = []
    if text:
        lines.append(f"SERVICE dl:search {{ ?article dl:text {ntriples.string(text)} ; dl:limit {most} }}")
    lines.append("?article a schema:NewsArticle ; schema:datePublished ?date .")
    since = f"{filters.year:04}-01-01" if filters.year is not None else filters.since
    until = f"{filters.year:04}-12-31" if filters.year is not None else filters.until
    lines += _between("?date", since, until)
    lines += _mentions(site, filters)
    if filters.within:
        place = ntriples.iri(site.minter.entity(filters.within))
        lines.append(f"?article dl:hasMention [ dl:kind dl:kind-place ; dl:entity/{_LIES_IN} {place} ] .")
    if filters.page is not None:
        lines.append(f"?article schema:pageStart {filters.page} .")
    if filters.event_type:
        kind = _term(vocab.EVENT_TYPES[EventType(filters.event_type)])
        lines.append(f"?article dl:hasEventReport/sem:eventType {kind} .")
    for lang in filters.lang.split("+") if filters.lang else ():
        lines.append(f"?article schema:inLanguage {ntriples.string(lang)} .")
    return lines


def articles_query(site: Site, text: str, filters: Filters, order: str) -> str:
    """The articles of a search."""
    lines = _found(site, text, filters, _MOST)
    lines += [
        'OPTIONAL { ?article schema:headline ?zh FILTER(LANG(?zh) = "zh") }',
        'OPTIONAL { ?article schema:headline ?en FILTER(LANG(?en) = "en") }',
    ]
    down = "DESC(?date)" if order == "newest" else "?date"
    what = "DISTINCT ?article ?date ?zh ?en" + (" ?conflict" if filters.conflict else "")
    return _query(what, lines, f"ORDER BY {down} LIMIT {_MOST}")


def _mentions(site: Site, filters: Filters) -> list[str]:
    """Kind, role and confidence are those of the first entity where there is one, as in the lists."""
    lines = []
    for number, entity in enumerate(filters.entities or ([None] if _narrowed(filters) else []), 1):
        m = f"?mention{number}"
        lines.append(f"?article dl:hasMention|dl:hasQuantity {m} .")
        if entity is not None:
            lines.append(f"{m} dl:entity {ntriples.iri(site.minter.entity(entity))} .")
        if number == 1 and filters.kind:
            lines.append(f"{m} dl:kind {_term(vocab.KINDS[Kind(filters.kind)])} .")
        if number == 1 and filters.role:
            lines.append(f"{m} dl:role {_term(vocab.ROLES[Role(filters.role)])} .")
        if number == 1 and filters.min_confidence is not None:
            lines.append(f"{m} dl:confidence ?confidence FILTER(?confidence >= {filters.min_confidence:.2f})")
        if number == 1 and filters.conflict:
            lines.append(f"{m} dl:conflict ?conflict .")
    return lines


def _narrowed(filters: Filters) -> bool:
    return bool(filters.kind or filters.role or filters.conflict) or filters.min_confidence is not None


def places_query(since: int | None, until: int | None) -> str:
    """The places of the map, with how many articles name each."""
    lines = [
        "?article schema:datePublished ?date ; dl:hasMention [ dl:kind dl:kind-place ; dl:entity ?place ] .",
        *_between("?date", f"{since:04}-01-01" if since else None, f"{until:04}-12-31" if until else None),
        "?place geo:hasGeometry/geo:asWKT ?position .",
    ]
    return _query(
        "?place ?position (COUNT(DISTINCT ?article) AS ?articles)",
        lines,
        "GROUP BY ?place ?position ORDER BY DESC(?articles)",
    )


def event_places_query(since: int | None, until: int | None) -> str:
    """The places of the map, with how many reports say that something happened there."""
    lines = [
        "?report a dl:EventReport ; sem:hasPlace ?place ; sem:hasBeginTimeStamp ?begin .",
        *_between("?begin", f"{since:04}-01-01" if since else None, f"{until:04}-12-31" if until else None),
        "?place geo:hasGeometry/geo:asWKT ?position .",
    ]
    return _query(
        "?place ?position (COUNT(DISTINCT ?report) AS ?reports)",
        lines,
        "GROUP BY ?place ?position ORDER BY DESC(?reports)",
    )


def found_places_query(site: Site, text: str, filters: Filters) -> str:
    """The places that the articles of a search name, with how many of them do."""
    lines = [
        *_found(site, text, filters, _MOST_COUNTED),
        "?article dl:hasMention [ dl:kind dl:kind-place ; dl:entity ?place ] .",
        "?place geo:hasGeometry/geo:asWKT ?position .",
    ]
    return _query(
        "?place ?position (COUNT(DISTINCT ?article) AS ?articles)",
        lines,
        f"GROUP BY ?place ?position ORDER BY DESC(?articles) LIMIT {_MOST}",
    )


def found_periods_query(site: Site, text: str, filters: Filters) -> str:
    """How many articles of a search there are of each year, or of each month of the year asked for."""
    length = 4 if filters.year is None else 7
    lines = [
        *_found(site, text, filters, _MOST_COUNTED),
        f"BIND(SUBSTR(STR(?date), 1, {length}) AS ?period)",
    ]
    what = "?period (COUNT(DISTINCT ?article) AS ?articles)"
    return _query(what, lines, "GROUP BY ?period ORDER BY ?period")


def found_tops_query(site: Site, text: str, filters: Filters) -> str:
    """What most articles of a search name: entities by kind, and types of events."""
    lines = [
        *_found(site, text, filters, _MOST_COUNTED),
        "{ ?article dl:hasMention [ dl:kind ?kind ; dl:entity ?what ] }",
        "UNION { ?article dl:hasQuantity/dl:entity ?what BIND(dl:Quantity AS ?kind) }",
        "UNION { ?article dl:hasEventReport/sem:eventType ?what BIND(dl:EventReport AS ?kind) }",
    ]
    return _query(
        "?kind ?what (COUNT(DISTINCT ?article) AS ?articles)",
        lines,
        f"GROUP BY ?kind ?what ORDER BY DESC(?articles) LIMIT {_MOST}",
    )


def events_query(site: Site, filters: EventFilters) -> str:
    """The reports of the timeline."""
    lines = ["?article dl:hasEventReport ?report .", "?report sem:eventType ?type ; dl:reports ?event ;"]
    lines.append("  sem:hasBeginTimeStamp ?begin .")
    if filters.type:
        lines.append(f"VALUES ?type {{ {_term(vocab.EVENT_TYPES[EventType(filters.type)])} }}")
    for entity in filters.entities:
        who = ntriples.iri(site.minter.entity(entity))
        lines.append(f"?report sem:hasPlace|sem:hasActor|dl:reportedBy {who} .")
    if filters.within:
        lines.append(f"?report sem:hasPlace/{_LIES_IN} {ntriples.iri(site.minter.entity(filters.within))} .")
    if filters.event:
        lines.append(f"?event sem:subEventOf* {ntriples.iri(site.minter.event(filters.event))} .")
    lines += _between("?begin", filters.since, filters.until)
    return _query("DISTINCT ?begin ?type ?event ?report ?article", lines, f"ORDER BY ?begin LIMIT {_MOST}")


def _query(what: str, lines: list[str], end: str) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"SELECT {what} WHERE {{\n{body}\n}}\n{end}"
