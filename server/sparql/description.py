"""The endpoint's description of itself (SPARQL 1.1 Service Description), with what it limits."""

from __future__ import annotations

import pyoxigraph as ox

from kg.rdf.formats import GRAPHS, RESULTS, Format
from kg.vocab import DL, RDF, VOID, XSD
from server.site import Site
from server.sparql.textsearch import SEARCH

SD = "http://www.w3.org/ns/sparql-service-description#"


def describe(site: Site, format: Format) -> bytes:
    """The description in `format`."""
    return ox.serialize(_triples(site), format=format.rdf, prefixes={**site.prefixes, "sd": SD}) or b""


def _triples(site: Site) -> list[ox.Triple]:
    service = ox.NamedNode(site.settings.base + "sparql")
    dataset = ox.NamedNode(site.settings.base + "dataset")
    graph = ox.NamedNode(site.settings.base + "dataset#default-graph")
    found = [
        ox.Triple(service, _rdf("type"), _sd("Service")),
        ox.Triple(service, _sd("endpoint"), service),
        ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(service, _sd("feature"), _sd("BasicFederatedQuery")),
        ox.Triple(service, _sd("extensionFunction"), ox.NamedNode(SEARCH)),
        ox.Triple(service, _sd("defaultDataset"), dataset),
        ox.Triple(dataset, _rdf("type"), _sd("Dataset")),
        ox.Triple(dataset, _rdf("type"), ox.NamedNode(VOID + "Dataset")),
        ox.Triple(dataset, _sd("defaultGraph"), graph),
        ox.Triple(graph, _rdf("type"), _sd("Graph")),
        ox.Triple(service, ox.NamedNode(DL + "queryTimeout"), _decimal(f"{site.settings.query_timeout:.1f}")),
    ]
    found += [ox.Triple(service, _sd("resultFormat"), ox.NamedNode(f.iri)) for f in (*RESULTS, *GRAPHS)]
    return found


def _rdf(name: str) -> ox.NamedNode:
    return ox.NamedNode(RDF + name)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


def _decimal(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))
