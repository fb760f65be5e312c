"""In which format the endpoint answers: what ``Accept`` or ``format=`` asks for, and what cannot be."""

from __future__ import annotations

from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import requests

from kg.rdf.formats import GRAPHS, RESULTS, Format
from tests.server.protocol import CONSTRUCT, EXPECTED, JSON, SELECT, get


@pytest.fixture(scope="module")
def url(protocol_url: str) -> str:
    return protocol_url


@pytest.mark.parametrize("format", RESULTS)
def test_result_formats(url, format):
    response = get(url, accept=format.media_type)
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == format.media_type
    parsed = ox.parse_query_results(response.content, format.results) if format is not Format.CSV else None
    if parsed is not None:
        assert len(list(parsed)) == 3
    else:
        assert response.content.decode().split() == ["o", *EXPECTED]


def test_columns_come_as_the_query_names_them(url):
    answer = get(url, "SELECT * { ?z ?y ?x } ORDER BY ?x", accept="text/csv")
    assert answer.text.splitlines()[0] == "z,y,x"
    heading = get(url, "SELECT DISTINCT * { ?z ?y ?x }", accept=JSON).json()["head"]["vars"]
    assert heading == ["z", "y", "x"]


@pytest.mark.parametrize("format", [Format.JSON, Format.XML])
def test_ask_formats(url, format):
    response = get(url, "ASK { ?s ?p 1 }", accept=format.media_type)
    assert bool(ox.parse_query_results(response.content, format.results)) is True


@pytest.mark.parametrize("format", [*GRAPHS, Format.N_QUADS, Format.TRIG])
def test_graph_formats(url, format):
    response = get(url, CONSTRUCT, accept=format.media_type)
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == format.media_type
    assert len(list(ox.parse(response.content, format.rdf))) == 3


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("", JSON),
        ("application/*", JSON),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0.1, text/*;q=0.2", "text/csv"),
        ("text/csv;q=0, text/*", "text/tab-separated-values"),
        ("application/json", JSON),
        ("application/sparql-results+json; charset=utf-8", JSON),
        ("image/png, application/sparql-results+json;q=0.1", JSON),
        ("application/sparql-results+json, text/html;q=0.9", JSON),
        ("*/*;q=0.1, text/csv", "text/csv"),
        ("*", JSON),
        (",,", JSON),
        ("text/csv;q=high", JSON),
    ],
)
def test_negotiation_of_results(url, accept, kind):
    response = requests.get(url, params={"query": SELECT}, headers={"Accept": accept}, timeout=30)
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == kind
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/turtle"),
        ("application/sparql-results+json, */*;q=0.1", "text/turtle"),
        ("text/turtle;q=0.1, application/n-triples;q=0.9", "application/n-triples"),
        ("text/turtle;q=0, application/*", "application/n-triples"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', "application/ld+json"),
    ],
)
def test_negotiation_of_graphs(url, accept, kind):
    assert get(url, CONSTRUCT, accept).headers["Content-Type"].partition(";")[0] == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("json", JSON),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
        ("srj", JSON),
        ("text/csv", "text/csv"),
        ("application/sparql-results+json", JSON),
    ],
)
def test_format_parameter(url, name, kind):
    assert get(url, accept="image/png", format=name).headers["Content-Type"].partition(";")[0] == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ttl", "text/turtle"),
        ("turtle", "text/turtle"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
        ("xml", "application/rdf+xml"),
        ("json", "application/ld+json"),
        ("trig", "application/trig"),
    ],
)
def test_format_parameter_of_graphs(url, name, kind):
    assert get(url, CONSTRUCT, format=name).headers["Content-Type"].partition(";")[0] == kind


def test_unknown_format(url):
    response = get(url, format="docx")
    assert response.status_code == 400
    assert "docx" in response.json()["error"]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (SELECT, "image/png"),
        (SELECT, "text/turtle"),
        (CONSTRUCT, "application/sparql-results+json"),
        (SELECT, "*/*;q=0"),
    ],
)
def test_not_acceptable(url, query, accept):
    response = get(url, query, accept)
    assert response.status_code == 406
    assert "ask for" in response.json()["remedy"]


# What XML 1.0 cannot write, and what it can where it is a reference.
UNWRITABLE = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ufffe", "\uffff"]
WRITABLE = "\t \r\n \x7f \x85 \ud7ff \ufdd0 \ufffd \U0010ffff"
XML = "application/sparql-results+xml"


def escaped(text: str) -> str:
    return "".join(f"\\U{ord(c):08X}" for c in text)


@pytest.mark.parametrize("accept", [XML, "application/rdf+xml"])
def test_every_character_that_xml_can_write_comes_back(url, accept):
    form = "SELECT ?o" if accept == XML else "CONSTRUCT { <http://e/> <http://e/p> ?o }"
    response = get(url, f'{form} {{ BIND("{escaped(WRITABLE)}" AS ?o) }}', accept=accept)
    document = ElementTree.fromstring(response.content)
    texts = [element.text for element in document.iter() if element.text and element.text.strip()]
    assert texts == [WRITABLE]


@pytest.mark.parametrize("character", UNWRITABLE)
def test_what_xml_cannot_write_is_told(url, character):
    """A document that no parser reads would be worse, and another character in its place a lie."""
    query = f'SELECT ?a ?o {{ BIND("fine" AS ?a) BIND("北京{escaped(character)}<b>" AS ?o) }}'
    response = get(url, query, accept=XML)
    assert response.status_code == 406
    code = f"{ord(character):04X}"
    assert response.json()["error"] == (
        f'XML cannot write the character U+{code} in the value of ?o: "北京\\u{code}&lt;b&gt;"'
    )
    assert "JSON" in response.json()["remedy"]
    assert (
        get(url, query, accept=JSON).json()["results"]["bindings"][0]["o"]["value"] == f"北京{character}<b>"
    )
    graph = f'CONSTRUCT {{ <http://e/> <http://e/p> ?o }} {{ BIND("a{escaped(character)}b" AS ?o) }}'
    assert get(url, graph, accept="application/rdf+xml").status_code == 406
    assert get(url, graph, accept="text/turtle").status_code == 200


def test_a_long_answer_that_xml_cannot_write_breaks_off(serve, tmp_path):
    """It has begun to go out when the character comes: what came is not to be taken for whole."""
    file = tmp_path / "data.nt"
    lines = [f'<http://e/{n:06}> <http://e/p> "{"text " * 20}" .' for n in range(20_000)]
    file.write_text("\n".join([*lines, '<http://e/a> <http://e/last> "a\\u0001b" .']))
    server = serve("--rdf", file, "--workers", "1")
    query = "SELECT ?s ?o { { ?s <http://e/p> ?o } UNION { ?s <http://e/last> ?o } }"
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(server.url + "sparql", query, accept=XML)
    assert len(get(server.url + "sparql", query, accept=JSON).json()["results"]["bindings"]) == 20_001
    graph = requests.get(
        server.url + "store?default", headers={"Accept": "application/n-triples"}, timeout=30
    )
    assert graph.text.count("\n") == 20_001
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(server.url + "store?default", headers={"Accept": "application/rdf+xml"}, timeout=30)
