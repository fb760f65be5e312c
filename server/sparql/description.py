"""The endpoint's description of itself (SPARQL 1.1 Service Description), with what it limits, and of its
data (VoID).
"""

from __future__ import annotations

import json

from kg import vocab
from kg.rdf import ntriples as nt
from kg.rdf.formats import GRAPHS, PREFIXES, QUADS, RESULTS, Format
from kg.rdf.iris import Node
from kg.rdf.transcode import transcode
from kg.store.textsearch import SEARCH
from kg.vocab import DCTERMS, RDF, RDFS, VOID
from server.site import Site
from server.workers import Trouble

SD = "http://www.w3.org/ns/sparql-service-description#"
_NAMED = "SELECT DISTINCT ?g WHERE { GRAPH ?g { } } LIMIT 1000"
_FEATURES = ("BasicFederatedQuery", "EmptyGraphs")
FUNCTIONS = tuple(vocab.GEOF + name for name in (
    "area", "asGeoJSON", "centroid", "convexHull", "coordinateDimension", "difference", "dimension",
    "distance", "ehContains", "ehCoveredBy", "ehCovers", "ehDisjoint", "ehEquals", "ehInside", "ehMeet",
    "ehOverlap", "envelope", "getSRID", "intersection", "isEmpty", "isSimple", "length", "perimeter",
    "rcc8dc", "rcc8ec", "rcc8eq", "rcc8ntpp", "rcc8ntppi", "rcc8po", "rcc8tpp", "rcc8tppi", "relate",
    "sfContains", "sfCrosses", "sfDisjoint", "sfEquals", "sfIntersects", "sfOverlaps", "sfTouches",
    "sfWithin", "spatialDimension", "symDifference", "union",
))  # fmt: skip
"""What the engine knows beside the functions of SPARQL: those of GeoSPARQL."""


def describe(site: Site, format: Format) -> bytes:
    """The description in `format`."""
    lines = "".join(f"<{s}> <{p}> {o} .\n" for s, p, o in _statements(site)).encode()
    return transcode(lines + _dataset(site), format, prefixes={**PREFIXES, "sd": SD})


def _statements(site: Site) -> list[tuple[str, str, str]]:
    base = site.settings.base
    service, dataset, graph = base + "sparql", base + "dataset", base + "dataset#default-graph"
    found = [
        (service, RDF + "type", nt.iri(SD + "Service")),
        (service, SD + "endpoint", nt.iri(service)),
        (service, SD + "supportedLanguage", nt.iri(SD + "SPARQL11Query")),
        (service, SD + "defaultDataset", nt.iri(dataset)),
        (dataset, RDF + "type", nt.iri(SD + "Dataset")),
        (dataset, RDF + "type", nt.iri(VOID + "Dataset")),
        (dataset, VOID + "sparqlEndpoint", nt.iri(service)),
        (dataset, SD + "defaultGraph", nt.iri(graph)),
        (graph, RDF + "type", nt.iri(SD + "Graph")),
        (service, RDFS + "comment", nt.text(_limits(site), "en")),
    ]
    found += [(service, SD + "feature", nt.iri(SD + name)) for name in _FEATURES]
    formats = dict.fromkeys((*RESULTS, *GRAPHS, *QUADS))
    found += [(service, SD + "resultFormat", nt.iri(f.iri)) for f in formats]
    if site.settings.store is None:
        found += [(service, SD + "extensionFunction", nt.iri(function)) for function in FUNCTIONS]
    if site.settings.rdf is None:
        found.append((service, SD + "propertyFeature", nt.iri(SEARCH)))
    for name in _named_graphs(site):
        named = nt.iri(name)
        node = f"{dataset}#graph-{len(found)}"
        found += [
            (dataset, SD + "namedGraph", nt.iri(node)),
            (node, RDF + "type", nt.iri(SD + "NamedGraph")),
            (node, SD + "name", named),
            (node, DCTERMS + "identifier", nt.string(name)),
        ]
    return found


def _limits(site: Site) -> str:
    settings = site.settings
    allowed = ", ".join(settings.service_allow) or "none"
    return (
        f"A query runs for at most {settings.query_timeout:g} s (timeout= asks for less) and uses at most"
        f" {settings.query_memory} MiB. SERVICE may name: {allowed}. An answer that is not whole is never"
        " given with success: status 503 or 504, or a transfer that is broken off."
    )


def _named_graphs(site: Site) -> list[str]:
    """The named graphs of plain RDF; a release has none."""
    if site.settings.rdf is None:
        return []
    question = {"query": _NAMED, "result_format": Format.JSON.name, "graph_format": None}
    try:
        answer = site.lookups.ask(question, timeout=5)
        try:
            rows = json.loads(b"".join(answer.chunks))["results"]["bindings"]
        finally:
            answer.close()
    except Trouble:
        return []
    return sorted(row["g"]["value"] for row in rows if row["g"]["type"] == "uri")


def _dataset(site: Site) -> bytes:
    """What the release says of itself; nothing for plain RDF."""
    if site.served.release is None:
        return b""
    from server.resources import triples  # with the archive, which plain RDF has none of

    try:
        return triples(site, Node.DATASET, "")
    except Trouble:
        return b""
