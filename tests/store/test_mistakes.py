"""What is said of queries that cannot be read: where the mistake is, not where the parser gave up."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.rdf.formats import prefixes
from kg.store.mistakes import mistake, readable
from server.sparql.examples import groups

KNOWN = prefixes("http://127.0.0.1:8000/")

# The query, the place marked with ¦ before it, and what is said.
WRONG = [
    ("SELECT * ¦{ ?s ?p ?o", "this { is not closed"),
    ("SELECT * { ?s ?p ?o FILTER¦(?o = 3 }", "this ( is not closed"),
    ("SELECT * { ?s ?p ?o }¦}", "this } closes nothing"),
    ("SELECT * { ?s ?p ¦}", "there is no object here"),
    ("SELECT * { ?s rdfs:label ¦. ?s a ?k }", "there is no object here"),
    ("SELECT * { ?s ¦. ?s a ?k }", "there is no predicate here"),
    ("SELECT * { ?s ¦'x' ?o }", "there is no predicate here"),
    ("SELECT * { ?s ?p ?o ¦?s a ?k }", "no . between two triples"),
    ("SELECT * { ?s rdfs:label/dl:entity+ ?o ¦<http://a/> a ?k }", "no . between two triples"),
    ("SELECT * { OPTIONAL { ?s ?p 'x'@zh ¦?s a dl:Mention } }", "no . between two triples"),
    ("SELECT * { ?s ?p ?o ¦LIMIT 10", "LIMIT stands inside the braces"),
    ("SELECT * { ?s ?p ?o ¦ORDER BY ?s }", "ORDER stands inside the braces"),
    ("SELECT * { ?s ?p ?o } ¦LIMT 10", "LIMT is no word of SPARQL"),
    ("SELECT ¦article { ?article ?p ?o }", "article is no word of SPARQL"),
    ('SELECT * { ?s ?p ¦"北京 }\n LIMIT 3', "the string that begins here does not end in its line"),
    ("SELECT * { ?s ?p ¦“北京” }", "“ is no sign of SPARQL"),
    ("SELECT * { ?s ?p ?o ¦。 ?s a ?k }", "。 is no sign of SPARQL"),
    ("SELECT * { ?s a ¦<http://a b> }", "the IRI that begins here has ' ' in it"),
    ("SELECT ?s WHERE { ?s ?p ?o FILTER ¦?o > 3 }", "FILTER has no condition in ( )"),
    ("SELECT * { ?s ?p ?o BIND¦(?o + 1) }", "BIND does not say AS which variable"),
    ("SELECT * { ?s ?p ?o OPTIONAL ¦?s a ?k }", "a { is missing here"),
    ("SELECT ¦?a (COUNT(*) AS ?n) { ?a ?b ?c }", "?a is neither counted nor in GROUP BY"),
    (
        "SELECT ?b ¦?a (COUNT(*) AS ?n) { ?a ?b ?c } GROUP BY ?b LIMIT 3",
        "?a is neither counted nor in GROUP BY",
    ),
    ("¦SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT * does not go with GROUP BY"),
    ("¦insert data { dl:a dl:b dl:c }", "insert is an update, not a query"),
    ("PREFIX a: <http://a/> SELECT * { ?s a:b ¦nope:c }", "the prefix nope: is not declared"),
]


@pytest.mark.parametrize(("query", "what"), WRONG)
def test_the_place_and_the_mistake_are_named(query, what):
    found = mistake(query.replace("¦", ""), KNOWN)
    assert found is not None
    assert (found.at, found.what) == (query.index("¦"), what)
    assert found.remedy


def test_a_misspelt_word_is_followed_by_what_it_may_have_been():
    assert mistake("SELECT * { ?s ?p ?o } ODER BY ?s", {}).remedy == "did you mean ORDER?"  # type: ignore[union-attr]


RIGHT = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?a (SAMPLE(?b) AS ?x) { ?a ?p ?b } GROUP BY ?a HAVING (COUNT(*) > 1) ORDER BY ?a",
    "SELECT * { { SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3 } ?s a ?k } VALUES ?k { dl:Mention }",
    "SELECT * { ?s a dl:Mention. ?s dl:entity/(owl:sameAs|^owl:sameAs)*/!(rdf:type|^rdf:type)? ?o }",
    "CONSTRUCT { ?s a [ rdfs:label 'x'@en ; ] } WHERE { ?s ?p 1.5, -3, true ; a ?k ; }",
    "ASK { ?s ?p ?o FILTER NOT EXISTS { ?s a dl:Unit } FILTER regex(?o, '{(') MINUS { ?s a dl:Source } }",
    "DESCRIBE entity:Q956",
    "SELECT * { GRAPH ?g { (1 2) ?p [] } SERVICE SILENT <http://a/> { ?s ?p ?o } BIND(1 AS ?x) [ a ?y ] }",
    "SELECT ?s { VALUES (?s ?o) { (dl:a 'x') (UNDEF 1) } ?s ?p ?o # a comment with { and “\n }",
]


@pytest.mark.parametrize("query", [*RIGHT, *(e.query for group in groups() for e in group.examples)])
def test_nothing_is_said_of_what_is_right(query):
    assert mistake(query, KNOWN) is None


def test_what_is_cut_off_anywhere_is_read_to_its_end():
    text = RIGHT[4] + RIGHT[7]
    for end in range(len(text)):
        mistake(text[:end], KNOWN)
    for opening, times in itertools.product("{([", (40, 4000)):
        assert mistake("SELECT * " + opening * times, KNOWN).what == f"this {opening} is not closed"  # type: ignore[union-attr]
    assert mistake("SELECT * " + "{" * 4000 + "}" * 4000, KNOWN) is None
    assert mistake("SELECT * { " + "?s " * 4000, KNOWN) is None  # too long to be looked at
    assert mistake("INSERT DATA { " + "?s " * 4000, KNOWN).what.startswith("INSERT is an update")  # type: ignore[union-attr]


def test_lists_of_characters_are_left_out():
    told = "query: error at 2:7: expected one of \".\", ['A' ..= 'Z' | \n'a'], [_]"
    assert readable(told) == "query: error at 2:7: the query cannot go on like this"
    assert readable('error at 1:17: expected "{"') == 'error at 1:17: expected "{"'


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SELECT ?x }",
        "SELECT * {} VALUES ?x",
        "ASK { VALUES",
        "SELECT * { { SELECT ?x } } {",
        "VALUES",
    ],
)
def test_what_never_comes_is_not_waited_for(query):
    """The reading ends where the query does."""
    mistake(query, KNOWN)


TOKENS = """
    SELECT ASK CONSTRUCT DESCRIBE WHERE { } { } ( ) [ ] ?a ?b <http://e/> < > rdfs:label no:x PREFIX BASE a
    "x" " . ; , LIMIT ORDER BY GROUP HAVING COUNT AS * # 1 @en ^^ FILTER OPTIONAL UNION SERVICE SILENT GRAPH
    VALUES BIND EXISTS NOT || = \\u0041 \\uD800 \\ “ 北京 INSERT _:x true DISTINCT UNDEF ^ | / + ! SLECT
"""


@given(st.lists(st.sampled_from(TOKENS.split()), max_size=30), st.sampled_from([" ", "", "\n"]))
@settings(max_examples=500, deadline=1000)
def test_any_text_is_read_to_its_end(tokens, between):
    mistake(between.join(tokens), KNOWN)
