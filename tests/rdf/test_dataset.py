"""The dataset describes itself in VoID and DCAT."""

from __future__ import annotations

import datetime as dt

import pyoxigraph as ox
import pytest

from kg.rdf import DatasetInfo, Distribution, Partition, Writer
from kg.rdf.check import check
from kg.rdf.formats import prologue
from kg.vocab import FOAF, SPDX

INFO = DatasetInfo(
    release="20261101T120000Z",
    title=(("en", "Dateline"), ("zh", "电头")),
    description=(("en", "Facts of a newspaper."), ("zh", "报纸中的事实。")),
    licence="https://creativecommons.org/publicdomain/zero/1.0/",
    rights="Texts remain with their holders.",
    publisher="The Archive",
    contact="archive@example.org",
    issued=dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC),
    authority_date="2026-10-01",
    triples=1000,
    entities=70,
    links=40,
    classes=(Partition("https://schema.org/Place", 12),),
    properties=(Partition("https://schema.org/mentions", 90), Partition("https://schema.org/headline", 9)),
    examples=("http://127.0.0.1:8000/entity/Q1858",),
    previous="20261001T120000Z",
    first=dt.date(1946, 5, 15),
    last=dt.date(2003, 12, 31),
)


FILE = Distribution(
    "dumps/20261101T120000Z/all.nt.gz",
    "application/n-triples",
    "all",
    99,
    "ab" * 32,
    "application/gzip",
    1000,
)


@pytest.fixture(scope="module")
def written(writer: Writer) -> bytes:
    return writer.dataset(INFO)


@pytest.fixture(scope="module")
def catalogue(writer: Writer) -> bytes:
    return writer.catalogue(INFO, (FILE,))


@pytest.mark.parametrize(
    "pattern",
    [
        "?d a void:Dataset , dcat:Dataset ; dcterms:title '电头'@zh ; void:triples 1000 ; dcat:version ?v",
        "?d dl:authorityDate '2026-10-01'^^xsd:date ; dcterms:issued ?when ; void:entities 70",
        "?d void:subset ?l . ?l a void:Linkset ; void:linkPredicate owl:sameAs ; void:triples 40",
        "?d void:classPartition ?c . ?c void:class schema:Place ; void:entities 12",
        "?d void:propertyPartition ?p . ?p void:property schema:mentions ; void:triples 90",
        "?d void:exampleResource entity:Q1858 ; void:sparqlEndpoint ?e ; void:vocabulary ?voc",
        "?d dcterms:publisher [ foaf:name 'The Archive'@en ] ; dcat:contactPoint ?c",
        "?d dcterms:rights [ a dcterms:RightsStatement ; rdfs:label 'Texts remain with their holders.' ]",
        "?d dcat:previousVersion ?p ; dcterms:temporal ?t . ?t dcat:startDate '1946-05-15'^^xsd:date",
        "?d prov:wasGeneratedBy ?a . ?a a prov:Activity ; prov:endedAtTime ?when",
    ],
)
def test_the_dataset_says(written: bytes, pattern: str):
    assert says(written, pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "?d dcat:distribution ?f ; void:dataDump ?f . ?f a dcat:Distribution ; dcat:byteSize ?n",
        "?f spdx:checksum [ spdx:checksumValue ?v ; spdx:algorithm spdx:checksumAlgorithm_sha256 ]",
        "?f dcat:compressFormat <https://www.iana.org/assignments/media-types/application/gzip>",
        "?c a dcat:Catalog ; dcat:dataset ?d ; dcat:service ?s . ?s dcat:servesDataset ?d",
        "?v dcat:isVersionOf ?d ; dcat:version '20261101T120000Z' ; dcat:previousVersion ?p",
    ],
)
def test_the_catalogue_says(catalogue: bytes, pattern: str):
    assert says(catalogue, pattern)


def says(lines: bytes, pattern: str) -> bool:
    store = ox.Store()
    store.load(lines, format=ox.RdfFormat.N_TRIPLES)
    more = f"PREFIX spdx: <{SPDX}> PREFIX foaf: <{FOAF}> "
    return bool(store.query(more + prologue("http://127.0.0.1:8000/") + f"ASK {{ {pattern} }}"))


def test_the_description_passes_the_check_and_has_no_blank_nodes(written: bytes, catalogue: bytes):
    assert check(written) == ()
    assert b"_:" not in written + catalogue
