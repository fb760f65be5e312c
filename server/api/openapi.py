"""The OpenAPI 3.1 description of the REST face."""

from __future__ import annotations

import functools
from typing import Any

from kg import __version__
from kg.model import EventType, Kind, Role
from server.site import Site

MOST, USUAL = 200, 25
_JSON_LD = "application/ld+json"


def _query(name: str, text: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": schema, **more}


def _string(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _after(pattern: str) -> dict[str, Any]:
    return _query("after", "Cursor: taken from `next` of the page before.", _string(pattern=pattern))


_DATED = r"[0-9]{1,18}\.[0-9]{1,18}"
_AFTER = _after(f"^{_DATED}$")
_LIMIT = _query(
    "limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
)
_PERIOD = [
    _query("year", "A year.", {"type": "integer", "minimum": 0, "maximum": 9999, "examples": [1953]}),
    _query("since", "First day.", _string(format="date")),
    _query("until", "Last day.", _string(format="date")),
]
_FILTERS = [
    *_PERIOD,
    _query("entity", "Entities that must all be mentioned, by local name: `Q956`.",
           {"type": "array", "items": _string()}, style="form", explode=True),
    _query("within", "A place: it or one that lies in it must be mentioned.", _string()),
    _query("kind", "A kind of mention that there must be.", _string(enum=[k.value for k in Kind])),
    _query("role", "A role that a source must have.", _string(enum=[r.value for r in Role])),
    _query("event_type", "A type of event that is reported.", _string(enum=[t.value for t in EventType])),
    _query("text_lang", "Language of the text.", _string(enum=["zh", "en", "zh+en"])),
    _query("confidence", "Least confidence of a link.", {"type": "number", "minimum": 0, "maximum": 1}),
    _query("agreement", "A mention where the two languages name different things.",
           _string(enum=["conflict"])),
    _query("page", "Page of the newspaper.", {"type": "integer", "minimum": 0, "maximum": 999}),
]  # fmt: skip
FILTERS = tuple(str(p["name"]) for p in _FILTERS)


def _problems(*names: str) -> dict[str, Any]:
    return {
        status: {
            "description": text,
            "content": {
                kind: {"schema": _ref("schemas", "Problem")}
                for kind in ("application/problem+json", "application/json")
            },
        }
        for status, text in (
            ("400", "A parameter cannot work; the answer names it."),
            ("404", "There is no such thing in this release."),
            ("410", "An earlier release had it."),
            ("429", "More than one client may ask a minute: wait for `Retry-After` seconds."),
        )
        if status in names or status == "429"
    }


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {kind: {"schema": schema} for kind in ("application/json", _JSON_LD)}


def _listing(id: str, summary: str, item: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    page = {
        "allOf": [
            _ref("schemas", "Page"),
            {"type": "object", "properties": {"items": {"type": "array", "items": _ref("schemas", item)}}},
        ]
    }
    ok = {
        "description": "A page of the list.",
        "headers": {"Link": {"description": 'The next page, as `rel="next"`.', "schema": _string()}},
        "content": _content(page),
    }
    return {
        "get": {
            "operationId": id,
            "summary": summary,
            "tags": ["lists"],
            "parameters": parameters,
            "responses": {"200": ok, **_problems("400")},
        }
    }


def _single(id: str, summary: str, example: str) -> dict[str, Any]:
    where = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "Its local name, slashes as they are.",
        "schema": _string(),
        "example": example,
    }
    ok = {"description": "What the graph says of it.", "content": _content(_ref("schemas", "Node"))}
    return {
        "get": {
            "operationId": id,
            "summary": summary,
            "tags": ["things"],
            "parameters": [where],
            "responses": {"200": ok, **_problems("404", "410")},
        }
    }


def _view(
    id: str, summary: str, media_type: str, schema: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    """A tab of the search as one document; the same address with ``.csv`` is a table."""
    ok = {
        "description": "All of it. The same address with `.csv` is a table.",
        "content": {media_type: {"schema": _ref("schemas", schema)}},
    }
    return {
        "get": {
            "operationId": id,
            "summary": summary,
            "tags": ["views"],
            "parameters": parameters,
            "responses": {"200": ok, **_problems("400")},
        }
    }


def description(site: Site) -> dict[str, Any]:
    """The whole description, with this server's address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site.settings.title} REST API",
            "version": __version__,
            "summary": "Articles, entities, events and search as JSON-LD.",
            "description": "Lists are paged by cursor: follow `next` until there is none. Answers do not"
            " change while a release is served and have an ETag.",
            "license": {"name": "Licence of the graph", "url": site.settings.licence},
        },
        "servers": [{"url": site.settings.base.rstrip("/")}],
        "externalDocs": {"description": "SPARQL endpoint", "url": f"{site.settings.base}sparql"},
        "tags": [{"name": "lists"}, {"name": "things"}, {"name": "views"}],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }


@functools.cache
def parameters(path: str) -> tuple[str, ...] | None:
    """The names of what may be asked at a path, as the description has it; None where it has no such path."""
    described = _paths().get(path)
    if described is None:
        return None
    return tuple(p["name"] for p in described["get"]["parameters"] if p["in"] == "query")


def _paths() -> dict[str, Any]:
    order = _query("order", "By day of printing.", _string(enum=["oldest", "newest"], default="oldest"))
    ranked = _query(
        "order",
        "By rank (50,000 articles at the most), or by day.",
        _string(enum=["score", "oldest", "newest"], default="score"),
    )
    words = _query("q", "Words that must occur; `\"…\"` keeps words together, `-` excludes.",
                   _string(minLength=1, pattern=r"\S"), required=True, example="奠边府")  # fmt: skip
    narrowing = {k: v for k, v in words.items() if k != "required"}
    prefix = _query("q", "Beginning of a name, in either language or in Pinyin.", _string())
    kind = _query("kind", "Kind of entity.", _string(enum=[k.value for k in Kind]))
    of_type = _query("type", "Type of event.", _string(enum=[t.value for t in EventType]))
    parties = _query(
        "entity",
        "Places, parties or sources of the event, by local name; all must be.",
        {"type": "array", "items": _string()},
        style="form",
        explode=True,
    )
    whole = _query("event", "An event: reports of it and of its parts.", _string())
    region = _query("within", "A place: it happened there or in a place that lies in it.", _string())
    return {
        "/api/articles": _listing(
            "listArticles", "Articles in order of printing", "Article", [*_FILTERS, order, _AFTER, _LIMIT]
        ),
        "/api/articles/{id}": _single("getArticle", "An article and all that was found in it",
                                      "1954-05-09/1/a90b83d0"),
        "/api/search": _listing(
            "searchArticles", "Articles by words", "Article",
            [words, *_FILTERS, ranked, _after(f"^([0-9]{{1,9}}|{_DATED})$"), _LIMIT],
        ),
        "/api/entities": _listing(
            "listEntities", "Places, sources, units, by how many articles mention them", "Entity",
            [prefix, kind, _AFTER, _LIMIT],
        ),
        "/api/entities/{id}": _single("getEntity", "An entity", "Q956"),
        "/api/events": _listing(
            "listEvents", "Event reports in order of when it happened", "EventReport",
            [parties, region, whole, of_type, *_PERIOD, _after(r"^[^.]*\.[0-9]{1,18}$"), _LIMIT],
        ),
        "/api/events/{id}": _single("getEvent", "An event and the reports of it", "Q748780"),
        "/search/map.json": _view(
            "mapSearch", "The places that the articles found name, as GeoJSON",
            "application/geo+json", "Places", [narrowing, *_FILTERS],
        ),
        "/search/years.json": _view(
            "countSearch", "How many articles were found of each year, or of each month of one",
            "application/json", "Periods", [narrowing, *_FILTERS],
        ),
        "/search/tops.json": _view(
            "rankSearch",
            "The places, sources, units and types of events that most of the articles found name",
            "application/json", "Tops", [narrowing, *_FILTERS],
        ),
    }  # fmt: skip


def _texts(*, many: bool) -> dict[str, Any]:
    one = {"type": "array", "items": _string()} if many else _string()
    return {"type": "object", "description": "By language.", "additionalProperties": one}


def _object(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _maybe(**more: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], **more}


def _iri(**more: Any) -> dict[str, Any]:
    return _string(format="iri", **more)


def _schemas() -> dict[str, Any]:
    iris = {"type": "array", "items": _iri()}
    return {
        "Page": _object(
            ["@context", "id", "type", "items"],
            **{"@context": {"type": "array"}},
            id=_iri(),
            type={"const": "ItemList"},
            total={"type": "integer", "description": "Where it is known without counting."},
            items={"type": "array"},
            next=_iri(description="The next page; missing on the last."),
        ),
        "Article": _object(
            ["id", "type", "headline", "datePublished", "language", "issue"],
            id=_iri(),
            type={"const": "NewsArticle"},
            headline=_texts(many=False),
            datePublished=_string(format="date"),
            language={"type": "array", "items": _string(enum=["zh", "en"])},
            issue=_iri(),
            page={"type": "integer"},
            section=_texts(many=False),
            column=_texts(many=False),
            score={"type": "number", "description": "In searches by rank."},
            snippets=_texts(many=True),
        ),
        "Entity": _object(
            ["id", "label", "kind", "articles"],
            id=_iri(),
            type=_string(),
            label=_texts(many=True),
            kind=_string(enum=["place", "source", "unit", "measure", "event"]),
            category=_string(),
            articles={"type": "integer", "description": "How many articles mention it."},
            sameAs=_iri(description="The Wikidata item, where it is verified."),
            geometry=_object(["id", "wkt"], id=_iri(), wkt=_string()),
        ),
        "EventReport": _object(
            ["id", "type", "eventType", "reports", "article", "confidence"],
            id=_iri(),
            type={"const": "EventReport"},
            eventType=_string(),
            reports={
                **_object(["id"], id=_iri(), subEventOf=iris),
                "description": "The event, shared by all its reports.",
            },
            article=_iri(),
            confidence=_string(description="A decimal, as a string to keep it exact."),
            begin=_string(),
            end=_string(),
            places=iris,
            actors=iris,
            reportedBy=_iri(),
        ),
        "Places": _object(
            ["type", "features"],
            type={"const": "FeatureCollection"},
            features={
                "type": "array",
                "items": _object(
                    ["type", "id", "geometry", "properties"],
                    type={"const": "Feature"},
                    id=_iri(),
                    geometry=_object(
                        ["type", "coordinates"],
                        type={"const": "Point"},
                        coordinates={
                            "type": "array",
                            "description": "Longitude, latitude.",
                            "items": {"type": "number"},
                            "minItems": 2,
                            "maxItems": 2,
                        },
                    ),
                    properties={"allOf": [_ref("schemas", "Named"), _object(["entity"], entity=_string())]},
                ),
            },
        ),
        "Named": _object(
            ["zh", "en", "wikidata", "page", "articles", "estimated"],
            zh=_maybe(),
            en=_maybe(),
            wikidata=_maybe(description="The Wikidata item, where it is verified."),
            page=_string(format="uri-reference"),
            articles={"type": "integer", "description": "How many of the articles found name it."},
            estimated={"type": "boolean", "description": "Whether that number is an estimate."},
        ),
        "Periods": {
            "type": "array",
            "items": _object(
                ["period", "articles", "of"],
                period=_string(pattern=r"^[0-9]{4}(-[0-9]{2})?$"),
                articles={"type": "integer", "description": "How many were found."},
                of={"type": "integer", "description": "How many were printed."},
            ),
        },
        "Tops": _object(
            [*(k.value for k in Kind), "event_type"],
            **{
                k.value: {
                    "type": "array",
                    "items": {"allOf": [_ref("schemas", "Named"), _object(["id"], id=_iri())]},
                }
                for k in Kind
            },
            event_type={
                "type": "array",
                "items": _object(
                    ["id", "event_type", "articles"],
                    id=_iri(),
                    event_type=_string(enum=[t.value for t in EventType]),
                    articles={"type": "integer"},
                ),
            },
        ),
        "Node": {
            **_object(["@context", "id"], **{"@context": _iri()}, id=_iri()),
            "description": "Compact JSON-LD; the properties are those of the ontology's context.",
            "additionalProperties": True,
        },
        "Problem": _object(
            ["type", "title", "status", "detail", "error", "remedy"],
            type=_string(format="uri-reference"),
            title=_string(),
            status={"type": "integer"},
            detail=_string(description="What is wrong: names the parameter and its value."),
            error=_string(description="The same as `detail`."),
            remedy=_string(description="What to do about it."),
        ),
    }
