"""The JSON-LD context names every property of ours, and means what the graph means."""

from __future__ import annotations

import json

import pyoxigraph as ox

from kg.resources import ontology_dir
from kg.vocab import DL, OWL, RDF

CONTEXT = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))


def test_context_names_every_property_of_ours():
    store = ox.Store()
    store.load(path=str(ontology_dir() / "dateline.ttl"), format=ox.RdfFormat.TURTLE)
    properties = {
        q.subject.value.replace(DL, "dl:")
        for kind in ("ObjectProperty", "DatatypeProperty")
        for q in store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(OWL + kind))
    }
    named = {t["@id"] if isinstance(t, dict) else t for t in CONTEXT["@context"].values() if t != 1.1}
    assert properties - named == set()


def test_document_in_the_context_gives_the_triples_of_the_graph():
    document = {
        **CONTEXT,
        "id": "https://example.org/kg/article/1/1/0",
        "type": "NewsArticle",
        "headline": {"zh": "标题", "en": "Title"},
        "datePublished": "1953-12-14",
        "page": 4,
        "mentions": ["https://example.org/kg/article/1/1/0#place-1"],
        "readingNotes": ["dl:note-broken-lines"],
    }
    expected = f"""@prefix schema: <https://schema.org/> . @prefix dl: <{DL}> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <https://example.org/kg/article/1/1/0> a schema:NewsArticle ;
            schema:headline "标题"@zh , "Title"@en ;
            schema:datePublished "1953-12-14"^^xsd:date ; schema:pageStart 4 ;
            dl:hasMention <https://example.org/kg/article/1/1/0#place-1> ;
            dl:readingNote dl:note-broken-lines ."""
    assert set(ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)) == set(
        ox.parse(expected, format=ox.RdfFormat.TURTLE)
    )
