"""The addresses of the REST face.  Lists are paged by cursor: follow ``next`` until there is none."""

from __future__ import annotations

import functools
import hashlib
import json
import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kg.model import EventType
from kg.rdf.iris import Node, wikidata
from kg.store.rows import ArticleSummary, EntitySummary, EventSummary
from kg.vocab import EVENT_TYPES
from server.api.jsonld import context, document
from server.api.openapi import description, parameters
from server.app import current_site
from server.browse import asked
from server.negotiation import best
from server.resources import require, triples
from server.sending import revalidated
from server.site import Site

face = Blueprint("api", __name__, url_prefix="/api")
MOST = 200
USUAL = 25
KINDS = ("place", "source", "unit", "measure")
JSON_LD = "application/ld+json"
# What lists say beside the ontology's context: schema.org's ItemList, and Hydra's link to the next page.
_LIST = {
    "ItemList": "schema:ItemList",
    "items": {"@id": "schema:itemListElement", "@container": "@set"},
    "total": {"@id": "schema:numberOfItems", "@type": "xsd:integer"},
    "next": {"@id": "http://www.w3.org/ns/hydra/core#next", "@type": "@id"},
    "article": {"@reverse": "dl:hasEventReport", "@type": "@id"},
    # Facts about this answer and this release, not about the world.
    "articles": None,
    "kind": None,
    "snippets": None,
    "score": None,
}


def _answer(value: Any) -> BaseResponse:
    """A document that may be kept while the release is served."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode()
    accept = request.headers.get("Accept", "")
    kind = best(accept, ("application/json", JSON_LD)) or "application/json"
    response = Response(body, content_type=kind)
    response.headers["Access-Control-Allow-Origin"] = "*"
    if kind == "application/json":
        response.headers["Link"] = (
            f'<{_context_address(current_site())}>; rel="http://www.w3.org/ns/json-ld#context";'
            f' type="{JSON_LD}"'
        )
    response.vary.add("Accept")
    response.set_etag(hashlib.blake2b(body, digest_size=16).hexdigest())
    return revalidated(response)


def _context_address(site: Site) -> str:
    return f"{site.settings.base}ontology/context.jsonld"


def _list(items: Iterable[Any], following: str | None, total: int | None = None) -> BaseResponse:
    site = current_site()
    address = site.settings.base + request.full_path.lstrip("/").rstrip("?")
    out: dict[str, Any] = {
        "@context": [_context_address(site), _LIST], "id": address, "type": "ItemList"
    }  # fmt: skip
    if total is not None:
        out["total"] = total
    out["items"] = list(items)
    if following is not None:
        pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "after"]
        query = urlencode([*pairs, ("after", following)])
        out["next"] = f"{site.settings.base}{request.path.lstrip('/')}?{query}"
    response = _answer(out)
    if following is not None:
        response.headers.add("Link", f'<{out["next"]}>; rel="next"')
    return response


def _texts(zh: str | None, en: str | None) -> dict[str, str]:
    return {lang: text for lang, text in (("zh", zh), ("en", en)) if text}


def _article(site: Site, a: ArticleSummary) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": site.minter.article(a.id),
        "type": "NewsArticle",
        "headline": _texts(a.title_zh, a.title_en),
        "datePublished": a.date,
        "language": a.langs.split("+"),
        "issue": site.minter.node(Node.ISSUE, a.date),
    }
    if a.page:
        out["page"] = a.page
    if a.section:
        out["section"] = {"zh": a.section}
    if a.column:
        out["column"] = {"zh": a.column}
    return out


def _hit(site: Site, a: ArticleSummary) -> dict[str, Any]:
    out = _article(site, a)
    if a.score is not None:
        out["score"] = round(a.score, 4)
    if a.snippets:
        out["snippets"] = {lang: [text] for lang, text, _ in a.snippets}
    return out


def _entity(site: Site, e: EntitySummary) -> dict[str, Any]:
    types = {"place": "Place", "source": "Source", "unit": "Unit", "event": "Event"}
    out: dict[str, Any] = {
        "id": site.minter.item(e.id, e.kind),
        "label": {k: [v] for k, v in _texts(e.label_zh, e.label_en).items()},
        "kind": e.kind,
        "articles": e.articles,
    }
    if e.kind in types:
        out["type"] = types[e.kind]
    if e.subkind:
        out["category"] = f"dl:{e.kind}-{e.subkind.replace('_', '-')}"
    if e.wikidata:
        out["sameAs"] = wikidata(e.wikidata)
    if e.lat is not None and e.lon is not None:
        out["geometry"] = {
            "id": f"{site.minter.entity(e.id)}#geometry", "wkt": f"POINT({e.lon:g} {e.lat:g})"
        }  # fmt: skip
    return out


def _event(site: Site, e: EventSummary) -> dict[str, Any]:
    known = context()
    out: dict[str, Any] = {
        "id": site.minter.part(e.article, e.key),
        "type": "EventReport",
        "eventType": known.short(EVENT_TYPES[EventType(e.type)]),
        "reports": {"id": site.minter.event(e.event)},
        "article": site.minter.article(e.article),
        "confidence": f"{e.confidence:g}",
    }
    if e.start:
        out["begin"] = e.start
    if e.end:
        out["end"] = e.end
    for name, role in (("places", "place"), ("actors", "actor")):
        found = [site.minter.entity(i) for i, r in e.parties if r == role]
        if found:
            out[name] = found
    source = next((i for i, r in e.parties if r == "source"), None)
    if source:
        out["reportedBy"] = site.minter.entity(source)
    if e.part_of:
        out["reports"]["subEventOf"] = [site.minter.event(i) for i in e.part_of]
    return out


def _limit() -> int:
    return asked.number("limit", 1, MOST, USUAL)


@face.before_request
def _known() -> None:
    """HttpError 400 for a parameter that is not described: a filter with a slip in its name would let all
    through.
    """
    rule = request.url_rule.rule if request.url_rule is not None else ""
    names = parameters(rule.replace("<path:id>", "{id}"))
    if names is not None:
        asked.only(names)


@face.get("/")
def index() -> BaseResponse:
    """What there is: a page for people, the description for programs."""
    if best(request.headers.get("Accept", ""), ("application/json", "text/html")) == "text/html":
        text = render_template("api.html", api=description(current_site()), said=_said)
        made = Response(text, mimetype="text/html")
        made.vary.update(["Accept-Language", "Cookie"])
        response: BaseResponse = revalidated(made)
    else:
        response = openapi()
    response.vary.add("Accept")
    return response


@functools.cache
def chinese() -> dict[str, str]:
    """What the description says, to the same in Chinese."""
    return tomllib.loads(resources.files("server.api").joinpath("chinese.toml").read_text(encoding="utf-8"))


def _said(text: str, lang: str) -> str:
    """A text of the description in the reader's language."""
    return chinese()[text] if lang == "zh" else text


@face.get("/openapi.json")
def openapi() -> BaseResponse:
    """The OpenAPI 3.1 description."""
    response = jsonify(description(current_site()))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return revalidated(response)


@face.get("/articles")
def articles() -> BaseResponse:
    """Articles in order of printing, narrowed by filters."""
    site = current_site()
    newest = asked.choice("order", ("oldest", "newest")) == "newest"
    page = site.archive.articles(
        asked.filters(), after=asked.text("after"), limit=_limit(), newest_first=newest
    )
    return _list((_article(site, a) for a in page.articles), page.next, page.total)


@face.get("/search")
def search() -> BaseResponse:
    """Articles by words."""
    site = current_site()
    page = site.archive.search(
        asked.needed("q"),
        asked.filters(),
        after=asked.text("after"),
        limit=_limit(),
        order=asked.choice("order", asked.ORDERS) or "score",
        facets=False,
    )
    return _list((_hit(site, a) for a in page.page.articles), page.page.next, page.total)


@face.get("/entities")
def entities() -> BaseResponse:
    """Entities, those first that most articles mention; with ``q``, those whose names begin so."""
    site = current_site()
    kind = asked.choice("kind", KINDS)
    text = asked.text("q")
    if text is not None:
        found = site.archive.complete(text, kind=kind, limit=min(_limit(), 50))
        return _list((_entity(site, c.entity) for c in found), None)
    listed, following = site.archive.ranked(kind, after=asked.text("after"), limit=_limit())
    return _list((_entity(site, e) for e in listed), following)


@face.get("/events")
def events() -> BaseResponse:
    """Event reports in order of when it happened."""
    site = current_site()
    found, following = site.archive.events(asked.event_filters(), after=asked.text("after"), limit=_limit())
    return _list((_event(site, e) for e in found), following)


@face.get("/articles/<path:id>", defaults={"node": Node.ARTICLE})
@face.get("/entities/<path:id>", defaults={"node": Node.ENTITY})
@face.get("/events/<path:id>", defaults={"node": Node.EVENT})
def one(node: Node, id: str) -> BaseResponse:
    """All that the graph says of one thing, its parts nested."""
    site = current_site()
    require(site, node, id)
    return _answer(document(triples(site, node, id), site.minter.node(node, id), _context_address(site)))
