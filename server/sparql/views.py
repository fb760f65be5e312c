"""``/sparql`` without a query: the editor for people, the service description for programs."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from kg.rdf.formats import GRAPHS, Format, media_types
from server.app import current_site
from server.errors import HttpError
from server.negotiation import best
from server.sparql.description import describe
from server.sparql.endpoint import CORS
from server.sparql.request import ALLOW

face = Blueprint("sparql", __name__)


@face.route("/sparql", methods=["GET", "OPTIONS"])
def sparql() -> Response:
    """The editor in a browser, else the description; OPTIONS for pages of other sites."""
    if request.method == "OPTIONS":
        response = Response(status=204, headers={"Allow": ALLOW, "Access-Control-Allow-Methods": ALLOW})
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
        response.headers.extend(CORS)
        return response
    site = current_site()
    kind = best(request.headers.get("Accept", ""), (*media_types(GRAPHS), "text/html"))
    if kind == "text/html":
        return Response(render_template("sparql.html", site=site, query=request.args.get("query", "")))
    format = Format.from_media_type(kind) if kind else None
    if format is None:
        raise HttpError(406, "the description has none of these formats", remedy="ask for text/turtle")
    response = Response(describe(site, format), content_type=format.content_type)
    response.headers.extend(CORS)
    response.vary.add("Accept")
    return response
