"""The ontology and the code name the same terms, and every term is labelled in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import vocab
from kg.articles.notes import CODES
from kg.authority.kinds import SUBKINDS
from kg.model import Echelon, EventType, Kind
from kg.resources import ontology_dir
from kg.vocab import DL, OWL, RDFS, SKOS, WD

ROOT = Path(__file__).parents[2]


def nn(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


@pytest.fixture(scope="module")
def ontology() -> ox.Store:
    store = ox.Store()
    store.load(path=str(ontology_dir() / "dateline.ttl"), format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def defined(ontology: ox.Store) -> set[str]:
    subjects = {q.subject.value for q in ontology if isinstance(q.subject, ox.NamedNode)}
    return {s for s in subjects if s.startswith(DL)}


def used() -> set[str]:
    """Every term of ours in :mod:`kg.vocab`."""
    terms = {v for k, v in vars(vocab).items() if isinstance(v, str) and v.startswith(DL) and k != "DL"}
    for table in vars(vocab).values():
        if isinstance(table, dict):
            terms |= {v for v in table.values() if isinstance(v, str) and v.startswith(DL)}
    return terms | {vocab.note_code(code) for code in vocab.NOTE_CODES}


def test_every_term_of_the_code_is_defined(defined: set[str]):
    assert used() - defined == set()


def test_every_defined_term_is_in_the_code(defined: set[str]):
    assert defined - used() == set()


def test_every_term_has_a_label_in_both_languages(ontology: ox.Store, defined: set[str]):
    for term in defined:
        labels = {q.object.language for q in ontology.quads_for_pattern(nn(term), nn(RDFS + "label"), None)}
        assert labels == {"en", "zh"}, term


def test_every_term_has_a_comment_in_both_languages(ontology: ox.Store, defined: set[str]):
    for term in defined:
        comments = list(ontology.quads_for_pattern(nn(term), nn(RDFS + "comment"), None))
        assert sorted(q.object.language for q in comments) == ["en", "zh"], term


def test_labels_are_unique_in_their_scheme(ontology: ox.Store):
    rows = ontology.query(
        f"""SELECT ?scheme ?label (COUNT(*) AS ?n) WHERE {{
            ?term <{SKOS}inScheme> ?scheme ; <{RDFS}label> ?label .
            FILTER (?scheme != <{vocab.SUBKIND_SCHEME}>)
        }} GROUP BY ?scheme ?label HAVING (?n > 1)"""
    )
    assert [str(row["label"]) for row in rows] == []


@pytest.mark.parametrize(
    "terms",
    [
        [vocab.EVENT_TYPES[t] for t in EventType],
        [vocab.ECHELONS[e] for e in Echelon],
        [vocab.KINDS[k] for k in Kind],
        list(vocab.SUBKINDS.values()),
    ],
    ids=["event types", "echelons", "kinds", "subkinds"],
)
def test_each_names_its_wikidata_class(ontology: ox.Store, terms: list[str]):
    matches = [f"{SKOS}{how}Match" for how in ("exact", "close", "broad", "narrow", "related")]
    for term in terms:
        items = [q.object.value for m in matches for q in ontology.quads_for_pattern(nn(term), nn(m), None)]
        assert any(re.fullmatch(re.escape(WD) + r"Q[1-9]\d*", i) for i in items), term


def test_subkinds_are_those_of_the_authority():
    named = {(kind, subkind) for kind, subkinds in SUBKINDS.items() for subkind in subkinds}
    assert named - set(vocab.SUBKINDS) == set()


def test_reading_notes_are_those_of_the_reader():
    assert set(CODES) - set(vocab.NOTE_CODES) == set()


def test_version_and_licence_are_given(ontology: ox.Store):
    head = nn("https://w3id.org/dateline/ontology")
    for predicate in (OWL + "versionInfo", OWL + "versionIRI", vocab.DCTERMS + "license"):
        assert list(ontology.quads_for_pattern(head, nn(predicate), None)), predicate


def test_shapes_and_context_use_defined_terms_only(defined: set[str]):
    for name in ("shapes.ttl", "context.jsonld"):
        text = (ontology_dir() / name).read_text(encoding="utf-8")
        mentioned = {DL + local for local in re.findall(r"(?<![\w-])dl:([A-Za-z][\w-]*[\w])", text)}
        assert mentioned - defined == set()
        assert mentioned


def test_every_shape_has_messages_in_both_languages():
    text = (ontology_dir() / "shapes.ttl").read_text(encoding="utf-8")
    shapes = re.findall(r"^dsh:\S+", text, re.MULTILINE)
    assert text.count("sh:message ") == len(shapes) > 100
    assert text.count("sh:severity ") == len(shapes)
    assert len(re.findall(r'sh:message "[^"]+"@en ,\s+"[^"]+"@zh', text)) == len(shapes)
