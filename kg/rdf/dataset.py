"""The description of the dataset: VoID and DCAT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.rdf import ntriples as nt
from kg.rdf.iris import Minter, Node
from kg.vocab import AUTHORITY_DATE, DCAT, DCTERMS, DL, FOAF, OWL, PROV, RDF, SPDX, VOID, WD, XSD

VOCABULARIES: tuple[str, ...] = (
    DL,
    "https://schema.org/",
    "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "http://www.w3.org/2004/02/skos/core#",
    "http://purl.org/dc/terms/",
    "http://www.opengis.net/ont/geosparql#",
    "http://qudt.org/schema/qudt/",
)
"""The vocabularies that the graph is written in."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file that can be downloaded: `path` under the base, media type, compression, size, SHA-256."""

    path: str
    media_type: str
    title: str
    bytes: int
    sha256: str
    compression: str | None = None
    triples: int | None = None


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
    issued: dt.datetime
    authority_date: str
    triples: int
    entities: int = 0
    links: int = 0
    classes: tuple[Partition, ...] = ()
    properties: tuple[Partition, ...] = ()
    examples: tuple[str, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    previous: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    keywords: tuple[tuple[str, str], ...] = field(
        default=(("en", "newspapers"), ("zh", "报纸"), ("en", "linked data"), ("zh", "关联数据"))
    )


def dataset_lines(info: DatasetInfo, minter: Minter) -> list[str]:
    """All statements, unsorted."""
    return [
        f"<{s}> <{p}> {o} .\n"
        for part in (_dataset, _coverage, _linkset, _partitions, _activity, _distributions)
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
    yield dataset, DCTERMS + "rights", nt.string(info.rights)
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
    for vocabulary in VOCABULARIES:
        yield dataset, VOID + "vocabulary", nt.iri(vocabulary)
    for example in info.examples:
        yield dataset, VOID + "exampleResource", nt.iri(example)
    if info.previous:
        yield dataset, DCAT + "previousVersion", nt.iri(minter.dataset(info.previous))


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
    activity = f"{minter.dataset()}#conversion"
    yield minter.dataset(), PROV + "wasGeneratedBy", nt.iri(activity)
    yield activity, _TYPE, nt.iri(PROV + "Activity")
    yield activity, PROV + "endedAtTime", _timestamp(info.issued)


def _distributions(info: DatasetInfo, minter: Minter) -> _Lines:
    for d in info.distributions:
        node = f"{minter.base}{d.path}"
        yield minter.dataset(), DCAT + "distribution", nt.iri(node)
        yield minter.dataset(), VOID + "dataDump", nt.iri(node)
        yield node, _TYPE, nt.iri(DCAT + "Distribution")
        yield node, DCTERMS + "title", nt.text(d.title, "en")
        yield node, DCAT + "downloadURL", nt.iri(node)
        yield node, DCAT + "accessURL", nt.iri(minter.dataset())
        yield node, DCAT + "mediaType", nt.iri(_media(d.media_type))
        yield node, DCAT + "byteSize", nt.typed(str(d.bytes), XSD + "nonNegativeInteger")
        yield node, DCTERMS + "license", nt.iri(info.licence)
        yield node, SPDX + "checksum", nt.iri(f"{node}#sha256")
        yield f"{node}#sha256", _TYPE, nt.iri(SPDX + "Checksum")
        yield f"{node}#sha256", SPDX + "algorithm", nt.iri(SPDX + "checksumAlgorithm_sha256")
        yield f"{node}#sha256", SPDX + "checksumValue", nt.typed(d.sha256, XSD + "hexBinary")
        if d.compression:
            yield node, DCAT + "compressFormat", nt.iri(_media(d.compression))
        if d.triples is not None:
            yield node, VOID + "triples", nt.integer(d.triples)


def _media(media_type: str) -> str:
    return f"https://www.iana.org/assignments/media-types/{media_type}"


def _timestamp(moment: dt.datetime) -> str:
    """An ``xsd:dateTime`` in UTC, in the canonical form that the store gives back."""
    written = moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return nt.typed(written, XSD + "dateTime")
