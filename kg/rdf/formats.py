"""One table of formats for graphs and query results, and one of prefixes.

The endpoint, the pages, the dumps and the service description all read it::

    Format.TURTLE.media_type        "text/turtle"
    Format.from_name("ttl")         Format.TURTLE
    GRAPHS, QUADS, RESULTS          what can be offered for each kind of answer
    media_types(GRAPHS)             for content negotiation, preferred first

>>> Format.from_media_type("text/turtle; charset=utf-8")
<Format.TURTLE>
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg import vocab


class Format(Enum):
    """A serialization; members know their media type, extension, W3C format IRI and pyoxigraph format."""

    TURTLE = ("text/turtle", "ttl", "Turtle", RdfFormat.TURTLE, "application/x-turtle", "application/turtle")
    N_TRIPLES = ("application/n-triples", "nt", "N-Triples", RdfFormat.N_TRIPLES)
    RDF_XML = ("application/rdf+xml", "rdf", "RDF/XML", RdfFormat.RDF_XML)
    JSON_LD = ("application/ld+json", "jsonld", "JSON-LD", RdfFormat.JSON_LD)
    N_QUADS = ("application/n-quads", "nq", "N-Quads", RdfFormat.N_QUADS, "text/x-nquads", "text/nquads")
    TRIG = ("application/trig", "trig", "TriG", RdfFormat.TRIG, "application/x-trig")
    JSON = (
        "application/sparql-results+json",
        "srj",
        "SPARQL JSON results",
        QueryResultsFormat.JSON,
        "application/json",
    )
    XML = (
        "application/sparql-results+xml",
        "srx",
        "SPARQL XML results",
        QueryResultsFormat.XML,
        "application/xml",
        "text/xml",
    )
    CSV = ("text/csv", "csv", "CSV", QueryResultsFormat.CSV)
    TSV = ("text/tab-separated-values", "tsv", "TSV", QueryResultsFormat.TSV)

    def __init__(
        self,
        media_type: str,
        extension: str,
        label: str,
        engine: RdfFormat | QueryResultsFormat,
        *synonyms: str,
    ) -> None:
        self.media_type = media_type
        self.extension = extension
        self.label = label
        self.engine = engine
        self.synonyms = synonyms

    def __repr__(self) -> str:
        return f"<Format.{self.name}>"

    @property
    def rdf(self) -> RdfFormat:
        """The pyoxigraph format of a graph; TypeError for a format of results."""
        if not isinstance(self.engine, RdfFormat):
            raise TypeError(f"{self.label} is a format of query results, not of graphs")
        return self.engine

    @property
    def results(self) -> QueryResultsFormat:
        """The pyoxigraph format of query results; TypeError for a format of graphs."""
        if not isinstance(self.engine, QueryResultsFormat):
            raise TypeError(f"{self.label} is a format of graphs, not of query results")
        return self.engine

    @property
    def is_graph(self) -> bool:
        """Whether it holds triples."""
        return isinstance(self.engine, RdfFormat)

    @property
    def content_type(self) -> str:
        """The media type with its charset where it has one."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def iri(self) -> str:
        """The W3C's IRI for the format, as a service description names it."""
        return f"http://www.w3.org/ns/formats/{_FORMAT_IRIS[self.name]}"

    @classmethod
    def from_media_type(cls, media_type: str) -> Format | None:
        """The format of a media type or a synonym of it, parameters ignored; None where there is none."""
        return _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower())

    @classmethod
    def from_name(cls, name: str) -> Format | None:
        """The format of an extension, name or media type, as a user writes it; None where there is none.

        >>> Format.from_name("N-Triples"), Format.from_name("json"), Format.from_name("docx")
        (<Format.N_TRIPLES>, <Format.JSON>, None)
        """
        return _BY_NAME.get(name.strip().lower()) or cls.from_media_type(name)


_FORMAT_IRIS = {
    "TURTLE": "Turtle",
    "N_TRIPLES": "N-Triples",
    "RDF_XML": "RDF_XML",
    "JSON_LD": "JSON-LD",
    "N_QUADS": "N-Quads",
    "TRIG": "TriG",
    "JSON": "SPARQL_Results_JSON",
    "XML": "SPARQL_Results_XML",
    "CSV": "SPARQL_Results_CSV",
    "TSV": "SPARQL_Results_TSV",
}
_BY_MEDIA_TYPE = {m: f for f in Format for m in (f.media_type, *f.synonyms)}
_BY_NAME = {
    **{n: f for f in Format for n in (f.extension, f.name.lower(), f.label.lower())},
    "turtle": Format.TURTLE,
    "n-triples": Format.N_TRIPLES,
    "rdfxml": Format.RDF_XML,
    "xml": Format.XML,
    "json": Format.JSON,
}

GRAPHS: tuple[Format, ...] = (Format.TURTLE, Format.N_TRIPLES, Format.JSON_LD, Format.RDF_XML)
"""For one graph, preferred first."""
QUADS: tuple[Format, ...] = (Format.TRIG, Format.N_QUADS, Format.JSON_LD)
"""For several graphs."""
RESULTS: tuple[Format, ...] = (Format.JSON, Format.XML, Format.CSV, Format.TSV)
"""For SELECT; ASK has the first two."""


def media_types(formats: Iterable[Format]) -> tuple[str, ...]:
    """All media types that ask for one of `formats`, preferred first: input for content negotiation.

    >>> media_types([Format.TURTLE])
    ('text/turtle', 'application/x-turtle', 'application/turtle')
    """
    return tuple(dict.fromkeys(m for f in formats for m in (f.media_type, *f.synonyms)))


PREFIXES: dict[str, str] = {
    "dl": vocab.DL,
    "schema": vocab.SCHEMA,
    "sem": vocab.SEM,
    "skos": vocab.SKOS,
    "dcterms": vocab.DCTERMS,
    "prov": vocab.PROV,
    "geo": vocab.GEO,
    "geof": vocab.GEOF,
    "qudt": vocab.QUDT,
    "unit": vocab.UNIT,
    "time": vocab.TIME,
    "void": vocab.VOID,
    "dcat": vocab.DCAT,
    "wd": vocab.WD,
    "wdt": vocab.WDT,
    "owl": vocab.OWL,
    "rdf": vocab.RDF,
    "rdfs": vocab.RDFS,
    "xsd": vocab.XSD,
}
"""Prefixes by name, for serializers and the query editor."""


def prefixes(base: str) -> dict[str, str]:
    """:data:`PREFIXES`, and those of the nodes under `base`.

    >>> prefixes("http://127.0.0.1:8000/")["entity"]
    'http://127.0.0.1:8000/entity/'
    """
    return {**PREFIXES, "entity": f"{base}entity/", "event": f"{base}event/", "issue": f"{base}issue/"}


def prologue(base: str) -> str:
    """The ``PREFIX`` lines of a SPARQL query."""
    return "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in prefixes(base).items())
