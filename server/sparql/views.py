"""``/sparql`` without a query: the editor for people, the service description for programs."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.rdf.formats import GRAPHS, Format, media_types
from server.app import current_site
from server.errors import HttpError
from server.negotiation import best
from server.sending import revalidated
from server.sparql import graphs, page
from server.sparql.answering import COMMON
from server.sparql.description import describe
from server.sparql.request import ALLOW

face = Blueprint("sparql", __name__)
graphs.register(face)


@face.route("/sparql", methods=["GET", "OPTIONS"])
def sparql() -> Response:
    """The editor in a browser, else the description; OPTIONS for pages of other sites."""
    if request.method == "OPTIONS":
        return graphs.preflight(ALLOW)
    explicit = request.args.get("format")
    if explicit is not None:
        kind = "text/html" if explicit == "html" else explicit
    else:
        kind = best(request.headers.get("Accept", ""), (*media_types(GRAPHS), "text/html")) or ""
    if kind == "text/html":
        return page.editor()
    return description(Format.from_name(kind))


def description(format: Format | None) -> Response:
    """The service's description."""
    if format is None or format not in GRAPHS:
        raise HttpError(406, "the description has none of these formats", remedy="ask for text/turtle")
    response = Response(describe(current_site(), format), content_type=format.content_type)
    response.headers.extend(COMMON)
    response.vary.add("Accept")
    return revalidated(response)


@face.get("/sparql/terms.json")
def terms() -> Response:
    """What the editor completes."""
    return page.terms()
