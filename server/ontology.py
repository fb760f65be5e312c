"""``/ontology``: the ontology as a page and in any RDF format, with its shapes and JSON-LD context beside it.

The terms are named ``https://w3id.org/dateline/ontology#Dispatch``, which leads here; ``/ontology/Dispatch``
leads to what is said of that term.
"""

from __future__ import annotations

import functools

from flask import Blueprint, Response, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.formats import GRAPHS, Format, media_types
from kg.rdf.transcode import transcode
from kg.resources import ontology_dir
from kg.vocab import DL
from server.errors import HttpError
from server.negotiation import best
from server.sending import revalidated
from server.terms import terms

face = Blueprint("ontology", __name__)
_EXTENSIONS = {f.extension: f for f in GRAPHS}


@functools.cache
def _written(name: str, format: Format) -> bytes:
    source = (ontology_dir() / f"{name}.ttl").read_bytes()
    return transcode(source, format, origin=Format.TURTLE)


def _asked() -> Format | None:
    """The RDF format that is asked for, None for the page; HttpError 406 where there is neither."""
    accept = request.headers.get("Accept", "")
    if accept.strip() in ("", "*/*"):
        return Format.TURTLE
    kind = best(accept, ("text/html", *media_types(GRAPHS)))
    if kind is None:
        known = ", ".join(f.media_type for f in GRAPHS)
        raise HttpError(406, "the ontology has no such format", remedy=f"ask for text/html, {known}")
    return Format.from_media_type(kind)


@face.get("/ontology")
@face.get("/ontology.<extension>")
@face.get("/ontology/<any(shapes):name>.<extension>")
def ontology(name: str = "dateline", extension: str | None = None) -> BaseResponse:
    """The ontology (``/ontology``) or the shapes (``/ontology/shapes.ttl``)."""
    if extension is None:
        format = _asked()
        if format is None:
            response = redirect(url_for("browse.ontology_page"), 303)
            response.vary.add("Accept")
            return response
    else:
        format = _EXTENSIONS.get(extension)
        if format is None:
            raise HttpError(
                404, f"there is no format .{extension}", remedy=f"one of: {', '.join(_EXTENSIONS)}"
            )
    response = Response(_written(name, format), content_type=format.content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Link"] = ", ".join(_links(name, format))
    if extension is None:
        response.vary.add("Accept")
    return revalidated(response)


def _links(name: str, format: Format) -> list[str]:
    """The other documents that say the same; the ontology has a name of its own, and a page."""
    found = []
    if name == "dateline":
        found.append(f'<{DL.rstrip("#")}>; rel="canonical"')
        found.append(f'<{url_for("browse.ontology_page")}>; rel="alternate"; type="text/html"')
    stem = url_for(".ontology") if name == "dateline" else f"{url_for('.ontology')}/{name}"
    for other in GRAPHS:
        if other is not format:
            address = f"{stem}.{other.extension}"
            found.append(f'<{address}>; rel="alternate"; type="{other.media_type}"')
    return found


@face.get("/ontology/<term>")
def term(term: str) -> BaseResponse:
    """303 to what is said of one term."""
    name, _, extension = term.partition(".")
    if name not in terms() or (extension and extension not in _EXTENSIONS):
        raise HttpError(404, f"the ontology has no term {term!r}", remedy="see /ontology")
    format = _EXTENSIONS[extension] if extension else _asked()
    if format is None:
        target = f"{url_for('browse.ontology_page')}#{name}"
    else:
        target = f"{url_for('.ontology', extension=format.extension)}#{name}"
    response = redirect(target, 303)
    response.vary.add("Accept")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@face.get("/ontology/context.jsonld")
def context() -> Response:
    """The JSON-LD context of the REST face."""
    response = send_from_directory(ontology_dir(), "context.jsonld", mimetype="application/ld+json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
