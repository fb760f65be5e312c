"""The query page: an editor where there are scripts, a form and tables where there are none."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request

from kg.rdf.formats import GRAPHS, RESULTS, Format
from server.app import current_site
from server.negotiation import best_lang
from server.sending import revalidated
from server.site import Site
from server.sparql.examples import declare, groups
from server.sparql.terms import document

_EVERYTHING = "SELECT * WHERE { ?s ?p ?o } LIMIT 100"
_LARGEST = 4 << 20  # bytes of an answer that is shown as a page
_MOST_ROWS = 1000
_PLACE = re.compile(r"error at (\d+):(\d+): ")
# What YASGUI needs: it sets styles from scripts; nothing is fetched from elsewhere.
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: {tiles};"
    " object-src 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it: a table, or text, or why there is none."""

    columns: list[str]
    rows: list[list[dict[str, str] | None]]
    text: str = ""
    problem: str = ""  # in the reader's language
    too_large: bool = False
    more: int = 0


def editor() -> Response:
    """The page, with the query of the address and, where it says ``format=html``, its answer."""
    site = current_site()
    lang = _lang(site)
    asked = declare(request.args.get("query", ""), site.prefixes)  # as it is shown, for lines are told
    first = groups(lang)[0].examples[0]
    usual = first.full(site.prefixes) if site.settings.rdf is None else _EVERYTHING
    text = render_template(
        "sparql.html",
        layout="base.html" if site.served.archive is not None else "plain.html",
        site=site,
        lang=lang,
        query=asked or usual,
        asked=bool(asked),
        shown=_shown(asked, site, lang) if asked and request.args.get("format") == "html" else None,
        groups=groups(lang) if site.settings.rdf is None else (),
        link=lambda query, **more: "/sparql?" + urlencode({"query": query, **more}),
        declared=lambda query: declare(query, site.prefixes),
        formats=(*RESULTS, *GRAPHS),
        tiles=site.settings.tile_url,
        sayings=_sayings() if lang == "zh" and site.settings.rdf is None else [],
    )
    response = Response(text, mimetype="text/html")
    tiles = (site.settings.tile_url or "").partition("/{")[0].replace("{s}.", "*.")
    response.headers["Content-Security-Policy"] = _POLICY.format(tiles=tiles)
    response.vary.update(["Accept", "Accept-Language", "Cookie"])
    return revalidated(response)


def _sayings() -> list[tuple[str, str]]:
    """What is said of queries in English, as patterns for scripts, and the same in Chinese."""
    from server.browse.spoken import sayings  # plain RDF has no other pages

    return [(f"^{pattern.pattern.replace('(?P<', '(?<')}$", said) for pattern, said in sayings()]


def terms() -> Response:
    """What the editor completes."""
    return document(_ask)


def _lang(site: Site) -> str:
    if site.served.archive is not None:
        from server.browse.i18n import chosen_lang  # the pages' choice; plain RDF has no other pages

        return chosen_lang()
    return best_lang(request.headers.get("Accept-Language", ""))


# --- answers without scripts ---------------------------------------------------------------------------


def _ask(query: str, **parameters: str) -> tuple[int, bytes]:
    """What the endpoint answers, up to a size; by itself, as any client would ask."""
    environ: dict[str, Any] = {
        **request.environ,
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": urlencode({"query": query, **parameters}),
        "HTTP_ACCEPT": f"{Format.JSON.media_type}, {Format.TURTLE.media_type}",
        "wsgi.input": io.BytesIO(),
    }
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    environ.pop("HTTP_IF_NONE_MATCH", None)
    told: list[str] = []

    def start_response(status: str, *_: object) -> None:
        told.append(status)

    parts: Iterable[bytes] = current_app.extensions["dateline.endpoint"](environ, start_response)
    body = bytearray()
    try:
        for part in parts:
            body += part
            if len(body) > _LARGEST:
                return 413, b""
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return int(told[0][:3]), bytes(body)


def _shown(query: str, site: Site, lang: str) -> Shown:
    status, body = _ask(query)
    if status == 413:
        return Shown([], [], too_large=True)
    if status != 200:
        document = json.loads(body)
        return Shown([], [], problem=_told(document, site, lang))
    if not body.startswith(b"{"):
        return Shown([], [], text=body.decode())
    document = json.loads(body)
    if "boolean" in document:
        return Shown([], [], text=str(document["boolean"]).lower())
    columns = document["head"]["vars"]
    rows = document["results"]["bindings"]
    cells = [[row.get(name) for name in columns] for row in rows[:_MOST_ROWS]]
    return Shown(columns, cells, more=max(0, len(rows) - _MOST_ROWS))


def _told(document: dict[str, Any], site: Site, lang: str) -> str:
    """What an error says and what to do about it, in the reader's language as far as that is known."""
    said, place = document["error"], ""
    if found := _PLACE.match(said):
        place = "第 {} 行第 {} 列：" if lang == "zh" else "line {}, column {}: "
        place = place.format(found[1], found[2])
        said = said[found.end() :]
    sentences = [said, document["remedy"]]
    if site.settings.rdf is None:
        from server.browse.spoken import spoken  # plain RDF has no other pages

        sentences = [spoken(sentence, lang)[0] for sentence in sentences]
    return place + "\n".join(filter(None, sentences))
