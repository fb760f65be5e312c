"""The description of the dataset that stands in the graph itself: VoID, with what DCAT says of datasets.

What can be downloaded is described beside the graph (`kg.rdf.catalogue`): no file can hold its own checksum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.rdf import ntriples as nt
from kg.rdf.formats import GRAPHS
from kg.rdf.iris import Minter, Node
from kg.vocab import AUTHORITY_DATE, DCAT, DCTERMS, DL, FOAF, OWL, PROV, RDF, RDFS, VOID, WD, XSD

VOCABULARIES: tuple[str, ...] = (
    DL,
    "https://schema.org/",
    "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "http://www.w3.org/2004/02/skos/core#",
    "http://purl.org/dc/terms/",
    "http://www.opengis.net/ont/geosparql#",
    "http://qudt.org/schema/qudt/",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2002/07/owl#",
)
"""The vocabularies that the graph is written in."""


VCARD = "http://www.w3.org/2006/vcard/ns#"
LANGUAGES: tuple[str, ...] = (
    "http://publications.europa.eu/resource/authority/language/ZHO",
    "http://publications.europa.eu/resource/authority/language/ENG",
)
"""The languages of the labels, as DCAT-AP names them."""


@dataclass(frozen=True, slots=True)
class Partition:
    """How many statements have a property, or how many nodes a class."""

    term: str
    count: int


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What is said of a release.  `title` and `description` are ``(lang, text)`` pairs; `examples` are
    IRIs of resources; `links` is the number of ``owl:sameAs`` statements to Wikidata.
    """

    release: str
    title: tuple[tuple[str, str], ...]
    description: tuple[tuple[str, str], ...]
    licence: str
    rights: str
    publisher: str
    issued: dt.datetime
    authority_date: str
    triples: int
    entities: int = 0
    links: int = 0
    classes: tuple[Partition, ...] = ()
    properties: tuple[Partition, ...] = ()
    examples: tuple[str, ...] = ()
    previous: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    contact: str | None = None
    code_version: str = ""
    keywords: tuple[tuple[str, str], ...] = field(
        default=(("en", "newspapers"), ("zh", "报纸"), ("en", "linked data"), ("zh", "关联数据"))
    )


def dataset_lines(info: DatasetInfo, minter: Minter) -> list[str]:
    """All statements, unsorted."""
    return [
        f"<{s}> <{p}> {o} .\n"
        for part in (_dataset, _coverage, _linkset, _partitions, _activity, _people)
        for s, p, o in part(info, minter)
    ]


_Lines = Iterator[tuple[str, str, str]]
_TYPE = RDF + "type"


def _dataset(info: DatasetInfo, minter: Minter) -> _Lines:
    dataset = minter.dataset()
    for cls in (VOID + "Dataset", DCAT + "Dataset"):
        yield dataset, _TYPE, nt.iri(cls)
    for predicate, said in ((DCTERMS + "title", info.title), (DCTERMS + "description", info.description)):
        for lang, text in said:
            yield dataset, predicate, nt.text(text, lang)
    for lang, keyword in info.keywords:
        yield dataset, DCAT + "keyword", nt.text(keyword, lang)
    yield dataset, DCTERMS + "license", nt.iri(info.licence)
    yield dataset, DCTERMS + "rights", nt.iri(rights(minter))
    yield rights(minter), _TYPE, nt.iri(DCTERMS + "RightsStatement")
    yield rights(minter), RDFS + "label", nt.string(info.rights)
    yield dataset, DCTERMS + "issued", _timestamp(info.issued)
    yield dataset, DCAT + "version", nt.string(info.release)
    yield dataset, OWL + "versionInfo", nt.string(info.release)
    yield dataset, AUTHORITY_DATE, nt.typed(info.authority_date, XSD + "date")
    yield dataset, VOID + "triples", nt.integer(info.triples)
    yield dataset, VOID + "entities", nt.integer(info.entities)
    yield dataset, VOID + "uriSpace", nt.string(minter.base)
    yield dataset, VOID + "sparqlEndpoint", nt.iri(f"{minter.base}sparql")
    yield dataset, FOAF + "homepage", nt.iri(minter.base)
    yield dataset, DCAT + "landingPage", nt.iri(minter.page(Node.DATASET))
    for language in LANGUAGES:
        yield dataset, DCTERMS + "language", nt.iri(language)
    for format in GRAPHS:
        yield dataset, VOID + "feature", nt.iri(format.iri)
    for vocabulary in VOCABULARIES:
        yield dataset, VOID + "vocabulary", nt.iri(vocabulary)
    for example in info.examples:
        yield dataset, VOID + "exampleResource", nt.iri(example)
    if info.previous:
        yield dataset, DCAT + "previousVersion", nt.iri(minter.dataset(info.previous))
    yield dataset, DCAT + "hasCurrentVersion", nt.iri(minter.dataset(info.release))


def when(moment: dt.datetime) -> str:
    """A moment as the store gives it back."""
    return nt.typed(moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"), XSD + "dateTime")


def rights(minter: Minter) -> str:
    """The IRI of the rights statement."""
    return f"{minter.dataset()}#rights"


def _coverage(info: DatasetInfo, minter: Minter) -> _Lines:
    if info.first is None or info.last is None:
        return
    period = f"{minter.dataset()}#period"
    yield minter.dataset(), DCTERMS + "temporal", nt.iri(period)
    yield period, _TYPE, nt.iri(DCTERMS + "PeriodOfTime")
    yield period, DCAT + "startDate", nt.date(info.first)
    yield period, DCAT + "endDate", nt.date(info.last)


def _linkset(info: DatasetInfo, minter: Minter) -> _Lines:
    dataset, linkset = minter.dataset(), f"{minter.dataset()}#wikidata"
    yield dataset, VOID + "subset", nt.iri(linkset)
    yield linkset, _TYPE, nt.iri(VOID + "Linkset")
    yield linkset, VOID + "subjectsTarget", nt.iri(dataset)
    yield linkset, VOID + "objectsTarget", nt.iri("http://www.wikidata.org/")
    yield linkset, VOID + "linkPredicate", nt.iri(OWL + "sameAs")
    yield linkset, VOID + "triples", nt.integer(info.links)
    yield linkset, VOID + "uriRegexPattern", nt.string(f"^{WD.replace('.', '[.]')}Q")


def _partitions(info: DatasetInfo, minter: Minter) -> _Lines:
    for partitions, slot, says, counts, name in (
        (info.classes, "classPartition", "class", "entities", "class"),
        (info.properties, "propertyPartition", "property", "triples", "property"),
    ):
        for position, partition in enumerate(sorted(partitions, key=lambda p: p.term), start=1):
            node = f"{minter.dataset()}#{name}-{position}"
            yield minter.dataset(), VOID + slot, nt.iri(node)
            yield node, VOID + says, nt.iri(partition.term)
            yield node, VOID + counts, nt.integer(partition.count)


def _activity(info: DatasetInfo, minter: Minter) -> _Lines:
    """The conversion that made the release, and the program that did it."""
    activity, program = f"{minter.dataset()}#conversion", f"{minter.dataset()}#program"
    yield minter.dataset(), PROV + "wasGeneratedBy", nt.iri(activity)
    yield activity, _TYPE, nt.iri(PROV + "Activity")
    yield activity, PROV + "endedAtTime", _timestamp(info.issued)
    yield activity, PROV + "used", nt.iri("http://www.wikidata.org/")
    yield activity, PROV + "wasAssociatedWith", nt.iri(program)
    yield program, _TYPE, nt.iri(PROV + "SoftwareAgent")
    yield program, FOAF + "name", nt.string(f"Dateline {info.code_version}".strip())


def _people(info: DatasetInfo, minter: Minter) -> _Lines:
    dataset, publisher = minter.dataset(), f"{minter.dataset()}#publisher"
    yield dataset, DCTERMS + "publisher", nt.iri(publisher)
    yield publisher, _TYPE, nt.iri(FOAF + "Agent")
    yield publisher, FOAF + "name", nt.text(info.publisher, "en")
    if info.contact:
        contact = f"{dataset}#contact"
        mail = "@" in info.contact and "/" not in info.contact
        yield dataset, DCAT + "contactPoint", nt.iri(contact)
        yield contact, _TYPE, nt.iri(VCARD + "Organization")
        yield contact, VCARD + "fn", nt.string(info.publisher)
        yield (
            contact,
            VCARD + ("hasEmail" if mail else "hasURL"),
            nt.iri(f"mailto:{info.contact}" if mail else info.contact),
        )


def _timestamp(moment: dt.datetime) -> str:
    """An ``xsd:dateTime`` in UTC, in the canonical form that the store gives back."""
    written = moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return nt.typed(written, XSD + "dateTime")
