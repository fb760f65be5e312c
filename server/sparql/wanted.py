"""In which formats a client wants the answer to a query, before anybody knows of what kind it is."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from kg.rdf.formats import RESULTS, Format
from server.errors import HttpError
from server.negotiation import best_format
from server.sparql.answering import GRAPH_FORMATS

# What clients write besides: SPARQLWrapper sends all of these.
_ALSO_CALLED = {"n3": Format.TURTLE, "rdf+xml": Format.RDF_XML, "json-ld": Format.JSON_LD}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The formats to answer in: one for rows and booleans, one for graphs; None where not acceptable."""

    results: Format | None
    graph: Format | None


@functools.lru_cache(maxsize=1024)
def wanted_formats(accept: str, explicit: str | None) -> Wanted:
    """What the client wants; HttpError 400 for an unknown ``format=``."""
    if explicit is None:
        return Wanted(best_format(accept, RESULTS), best_format(accept, GRAPH_FORMATS))
    format = Format.from_name(explicit) or _ALSO_CALLED.get(explicit.lower())
    if format is None:
        names = ", ".join(f.extension for f in Format)
        raise HttpError(400, f"format={explicit!r} is unknown", remedy=f"one of: {names}")
    # "json" and "xml" name a family: rows in one member, graphs in the other.
    twin = {Format.JSON: Format.JSON_LD, Format.XML: Format.RDF_XML}.get(format)
    return Wanted(None, format) if format.is_graph else Wanted(format, twin)
