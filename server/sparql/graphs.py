"""``/store``: the graphs themselves, by the SPARQL 1.1 Graph Store HTTP Protocol, for reading.

``/store?default``, ``/store?graph=IRI`` (indirect identification), ``/store/NAME`` for the graph whose IRI
that is (direct), and ``/store`` for all graphs together.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, current_app, request

from kg.errors import StoreError
from kg.rdf.formats import GRAPHS, QUADS, Format
from server.app import current_site
from server.errors import HttpError
from server.negotiation import best_format
from server.sparql.answering import COMMON, Outcome, Stream, choose_encoding, compress, gather, http_error
from server.sparql.cache import Stored, digest
from server.sparql.request import absolute_iri, client_address

READING = "GET, HEAD, OPTIONS"


def register(face: Blueprint) -> None:
    """Add the addresses to a blueprint."""
    methods = ["GET", "OPTIONS", "PUT", "POST", "DELETE", "PATCH"]
    face.add_url_rule("/store", view_func=graphs, methods=methods)
    face.add_url_rule("/store/<path:name>", view_func=graphs, methods=methods)


def preflight(allow: str) -> Response:
    """The answer to OPTIONS, for pages of other sites."""
    response = Response(status=204, headers={"Allow": allow, "Access-Control-Allow-Methods": allow})
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, *"
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers.extend(COMMON)
    return response


def graphs(name: str | None = None) -> Response:
    """A graph, or all of them; HttpError 403 for whoever wants to write."""
    if request.method == "OPTIONS":
        return preflight(READING)
    if request.method not in ("GET", "HEAD"):
        raise HttpError(
            403,
            "this graph store is for reading only",
            remedy="write through kg update",
            headers={"Allow": READING},
        )
    slots = current_app.extensions["dateline.slots"]
    client = client_address(request.environ)
    which = _which(name)
    format = _format(which)
    encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))
    site = current_site()
    headers = [("Vary", "Accept, Accept-Encoding"), ("X-Release", site.release), *COMMON]
    tag = _tag(site.release, which, format, encoding)
    headers += [("ETag", f'"{tag}"'), ("Cache-Control", "public, no-cache")]
    if not request.if_none_match.star_tag and request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=headers)
    began = time.perf_counter()
    outcome = Outcome("graph", 200, query=f"GET graph {which}")
    question: dict[str, Any] = {"dump": which, "result_format": None, "graph_format": format.name}
    slots.enter(client)
    try:
        answer = site.pool.ask(
            question, timeout=site.settings.query_timeout, client=request.environ.get("gunicorn.socket")
        )
    except StoreError as e:
        slots.leave(client)
        raise http_error(e) from e
    answer.close = slots.leaving(client, answer.close)
    found = gather(answer, outcome)
    if isinstance(found, Stored):
        body = compress(found.body, encoding)
        if body is not None:
            headers.append(("Content-Encoding", encoding))
        response = Response(found.body if body is None else body, headers=headers)
        response.content_type = found.media_type
        outcome.rows, outcome.size, outcome.format = found.rows, len(found.body), found.media_type
        outcome.seconds = time.perf_counter() - began
        current_app.extensions["dateline.observer"].query(outcome)
        return response
    if encoding:
        headers.append(("Content-Encoding", encoding))
    tell = current_app.extensions["dateline.observer"].query
    stream = Stream(answer, found, encoding, outcome, began, tell, request.environ)
    response = Response(stream, headers=headers)
    response.content_type = format.content_type
    return response


def _tag(release: str, which: str, format: Format, encoding: str) -> str:
    """A release does not change: its name, and what of it is sent how, tell one answer from all others."""
    return digest(release, which, format.name, encoding)


def _which(name: str | None) -> str:
    """The graph that is meant: an IRI, ``default``, or ``all``."""
    named = request.args.getlist("graph")
    if name is not None:
        return current_site().settings.base + "store/" + name
    if len(named) > 1 or (named and "default" in request.args):
        raise HttpError(400, "more than one graph is named", remedy="ask for one: ?default or ?graph=IRI")
    if named:
        return absolute_iri(named[0])
    return "default" if "default" in request.args else "all"


def _format(which: str) -> Format:
    offered = QUADS if which == "all" else GRAPHS
    if "format" in request.args:
        format = Format.from_name(request.args["format"])
        format = Format.JSON_LD if format is Format.JSON else format
    else:
        offers = (*offered, *(f for f in QUADS if f not in offered))
        format = best_format(request.headers.get("Accept", ""), offers)
    if format is None or not format.is_graph or (which == "all" and format not in QUADS):
        names = ", ".join(f.media_type for f in offered)
        raise HttpError(406, "the graph has none of these formats", remedy=f"ask for {names}")
    return format
