"""schema.org descriptions inside pages, for search engines and scholars' tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.rdf.iris import Node, wikidata
from kg.store.rows import ArticleSummary, EntitySummary, EventSummary
from server.site import Site

_CONTEXT = "https://schema.org"
_TYPES = {
    "place": "Place",
    "source": "NewsMediaOrganization",
    "unit": "Organization",
    "measure": "DefinedTerm",
}
_SUBTYPES = {
    "country": "Country",
    "city": "City",
    "newspaper": "Newspaper",
    "magazine": "Periodical",
    "river": "RiverBodyOfWater",
    "lake": "LakeBodyOfWater",
    "mountain": "Mountain",
}


def entity_jsonld(site: Site, entity: EntitySummary, aliases: Sequence[str] = ()) -> dict[str, Any]:
    """A place, a source, a unit."""
    described: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": _SUBTYPES.get(entity.subkind) or _TYPES.get(entity.kind, "Thing"),
        "@id": site.minter.entity(entity.id),
        "name": entity.label_en or entity.label_zh or entity.id,
    }
    others = [n for n in dict.fromkeys((entity.label_zh, *aliases)) if n and n != described["name"]]
    if others:
        described["alternateName"] = others
    if entity.wikidata:
        described["sameAs"] = wikidata(entity.wikidata)
    if entity.kind == "place" and entity.lat is not None:
        described["geo"] = {
            "@type": "GeoCoordinates", "latitude": entity.lat, "longitude": entity.lon
        }  # fmt: skip
    return described


def article_jsonld(
    site: Site, article: ArticleSummary, doc: Mapping[str, Any], entities: Mapping[str, EntitySummary]
) -> dict[str, Any]:
    """A news article, what it mentions and where it stands."""
    described: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "@id": site.minter.article(article.id),
        "headline": article.title_zh or article.title_en or article.id,
        "datePublished": article.date,
        "inLanguage": article.langs.split("+"),
        "isPartOf": {"@type": "PublicationIssue", "@id": site.minter.node(Node.ISSUE, article.date)},
        "mentions": [
            {"@id": site.minter.entity(i), "name": _name(entities.get(i), m["name"])}
            for i, m in {
                m["link"]["entity"]: m for m in doc["mentions"] if not m.get("optional")
            }.items()
        ],
    }  # fmt: skip
    if article.title_zh and article.title_en:
        described["alternativeHeadline"] = article.title_en
    if article.page:
        described["pageStart"] = article.page
    return described


def _name(entity: EntitySummary | None, other: str) -> str:
    return (entity.label_en or entity.label_zh or other) if entity else other


def issue_jsonld(site: Site, date: str, articles: Iterable[ArticleSummary]) -> dict[str, Any]:
    """An issue and its articles."""
    return {
        "@context": _CONTEXT,
        "@type": "PublicationIssue",
        "@id": site.minter.node(Node.ISSUE, date),
        "datePublished": date,
        "hasPart": [
            {"@type": "NewsArticle", "@id": site.minter.article(a.id), "headline": a.title_zh or a.title_en}
            for a in articles
        ],
    }


def event_jsonld(
    site: Site,
    id: str,
    name: str,
    reports: Sequence[EventSummary],
    parties: Mapping[str, EntitySummary],
) -> dict[str, Any]:
    """A happening, with when and where it was and who took part."""
    described: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Event",
        "@id": site.minter.event(id),
        "name": name,
    }
    dated = next((r for r in reports if r.start), None)
    if dated is not None:
        described["startDate"], described["endDate"] = dated.start, dated.end or dated.start
    roles = {(e, role) for r in reports for e, role in r.parties}
    for role, key in (("place", "location"), ("actor", "contributor")):
        found = sorted(e for e, of in roles if of == role and e in parties)
        if found:
            described[key] = [{"@id": site.minter.entity(e), "name": _name(parties[e], e)} for e in found]
    described["subjectOf"] = [
        {"@id": site.minter.article(a)} for a in dict.fromkeys(r.article for r in reports)
    ]
    return described


def dataset_jsonld(site: Site) -> dict[str, Any]:
    """The dataset, with its endpoint and dumps."""
    base = site.settings.base
    return {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": site.minter.dataset(),
        "name": site.settings.title,
        "description": "Sources, places, units and events of a newspaper archive, linked to Wikidata.",
        "license": site.settings.licence,
        "version": site.release,
        "url": f"{base}page/dataset",
        "publisher": {"@type": "Organization", "name": site.settings.publisher},
        "isAccessibleForFree": True,
        "inLanguage": ["zh", "en"],
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{base}dumps/{site.release}/graph.nt.zst",
             "encodingFormat": ["application/n-triples", "application/zstd"]},
            {"@type": "DataDownload", "contentUrl": f"{base}sparql",
             "encodingFormat": "application/sparql-results+json"},
        ],
    }  # fmt: skip
