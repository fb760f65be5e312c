"""The page about the data model names every term, and its queries answer on the hand-built graph."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import vocab
from kg.rdf.formats import prologue
from kg.resources import ontology_dir
from kg.vocab import DL, RDF

PAGE = (Path(__file__).parents[2] / "docs" / "data-model.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sparql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def store(graph: bytes) -> ox.Store:
    store = ox.Store()
    store.load(graph, format=ox.RdfFormat.N_TRIPLES)
    store.load(path=str(ontology_dir() / "dateline.ttl"), format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.split("\n")[0][:40])
def test_query_answers(store: ox.Store, query: str):
    assert list(store.query(prologue("http://127.0.0.1:8000/") + query))


def test_the_late_capture_is_two_days_late(store: ox.Store):
    (row,) = store.query(prologue("http://127.0.0.1:8000/") + QUERIES[0])
    assert row["late"].value == "P2D"


def test_every_property_class_and_list_is_on_the_page(store: ox.Store):
    kinds = ("ObjectProperty", "DatatypeProperty")
    terms = {
        q.subject.value
        for k in kinds
        for q in store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(vocab.OWL + k))
    }
    terms |= {
        vocab.DISPATCH,
        vocab.CHAIN_LINK,
        vocab.MENTION,
        vocab.EVENT_REPORT,
        vocab.SOURCE,
        vocab.FORMATION,
    }
    terms |= {v for k, v in vars(vocab).items() if k.endswith("_SCHEME")}
    named = set(re.findall(r"dl:(\w+)", PAGE))
    assert {t.removeprefix(DL) for t in terms} - named == set()


def test_every_term_on_the_page_is_defined(store: ox.Store):
    for local in set(re.findall(r"dl:([A-Za-z][\w-]*\w)", PAGE)):
        assert list(store.quads_for_pattern(ox.NamedNode(DL + local), None, None)), local
