"""``/ontology``: the ontology in any RDF format, with its shapes and JSON-LD context beside it."""

from __future__ import annotations

import functools

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.formats import GRAPHS, Format, media_types
from kg.rdf.transcode import transcode
from kg.resources import ontology_dir
from server.errors import HttpError
from server.negotiation import best

face = Blueprint("ontology", __name__)


@functools.cache
def _written(name: str, format: Format) -> bytes:
    source = (ontology_dir() / f"{name}.ttl").read_bytes()
    return transcode(source, format, origin=Format.TURTLE)


@face.get("/ontology")
@face.get("/ontology.<extension>")
@face.get("/ontology/<any(shapes):name>.<extension>")
def ontology(name: str = "dateline", extension: str | None = None) -> BaseResponse:
    """The ontology (``/ontology``) or the shapes (``/ontology/shapes.ttl``)."""
    if extension is not None:
        format = Format.from_name(extension)
    else:
        kind = best(request.headers.get("Accept", ""), media_types(GRAPHS))
        format = Format.from_media_type(kind) if kind else None
        if format is None and "text/html" in request.headers.get("Accept", ""):
            format = Format.TURTLE
    if format is None or format not in GRAPHS:
        status = 406 if extension is None else 404
        raise HttpError(status, "the ontology has no such format", remedy="ask for text/turtle")
    response = Response(_written(name, format), content_type=format.content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    response.add_etag()
    return response.make_conditional(request)


@face.get("/ontology/context.jsonld")
def context() -> Response:
    """The JSON-LD context of the REST face."""
    response = send_from_directory(ontology_dir(), "context.jsonld", mimetype="application/ld+json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
