"""SPARQL 1.1 through the server gives what the engine gives in process."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
import requests

from kg.rdf.formats import Format
from tests.server.sparql_cases import CASES, DATA, PREFIXES

ALL = [pytest.param(data, name, id=f"{data}: {name}") for data, cases in CASES.items() for name in cases]
_RESULTS = (Format.JSON, Format.XML, Format.CSV, Format.TSV)


@pytest.fixture(scope="module")
def servers(serve, tmp_path_factory):
    """By data set: the server's endpoint and a store in memory with the same data."""
    directory = tmp_path_factory.mktemp("suite")
    found: dict[str, tuple[str, ox.Store]] = {}

    def get(data: str) -> tuple[str, ox.Store]:
        if data not in found:
            extension, text = DATA[data]
            file = directory / f"{data}.{extension}"
            file.write_text(text, encoding="utf-8")
            store = ox.Store()
            store.load(path=str(file), base_iri=file.as_uri())
            found[data] = (serve("--rdf", file, "--workers", "1").url + "sparql", store)
        return found[data]

    return get


def term(value: object) -> str:
    return "_:" if isinstance(value, ox.BlankNode) else str(value)


def rows(solutions: ox.QuerySolutions) -> Counter[tuple[str, ...]]:
    names = sorted(v.value for v in solutions.variables)
    return Counter(tuple(term(s[n]) for n in names) for s in solutions)


def graph(quads) -> set[str]:
    """Canonical, so that the names of blank nodes do not matter."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def ask(endpoint: str, query: str, format: Format) -> bytes:
    response = requests.post(
        endpoint, data={"query": query}, headers={"Accept": format.media_type}, timeout=60
    )
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"].partition(";")[0] == format.media_type
    return response.content


@pytest.mark.parametrize(("data", "name"), ALL)
def test_as_in_process(servers, data, name):
    endpoint, store = servers(data)
    query = PREFIXES + CASES[data][name]
    expected = store.query(query, base_iri=endpoint)
    if isinstance(expected, ox.QueryTriples):
        wanted = graph(ox.Quad(*triple) for triple in expected)
        for format in (Format.TURTLE, Format.N_TRIPLES, Format.RDF_XML):
            assert graph(ox.parse(ask(endpoint, query, format), format.rdf)) == wanted
        return
    if isinstance(expected, ox.QueryBoolean):
        for format in (Format.JSON, Format.XML):
            assert bool(ox.parse_query_results(ask(endpoint, query, format), format.results)) is bool(
                expected
            )
        return
    wanted_rows = rows(expected)
    for format in (Format.JSON, Format.XML, Format.TSV):
        answer = ox.parse_query_results(ask(endpoint, query, format), format.results)
        assert rows(answer) == wanted_rows, format


@pytest.mark.parametrize("format", _RESULTS)
def test_results_are_the_engines_bytes(servers, format):
    endpoint, store = servers("values")
    query = PREFIXES + "SELECT ?s ?v { ?s :v ?v } ORDER BY ?s"
    # The engine writes carriage returns into XML as they are, where parsers take them for line ends.
    expected = store.query(query).serialize(format=format.results)
    assert ask(endpoint, query, format) == expected.replace(
        b"\r", b"&#13;" if format is Format.XML else b"\r"
    )


def test_what_the_engine_refuses_is_refused(servers):
    endpoint, store = servers("people")
    for query in ("SELECT ?x { ?x ex:p ?y }", "SELECT ?x ?x { BIND(1 AS ?x) BIND(2 AS ?x) }", "SELECT"):
        with pytest.raises(SyntaxError):
            store.query(query)
        assert requests.post(endpoint, data={"query": query}, timeout=30).status_code == 400


def test_several_files_and_compressed_ones(serve, tmp_path):
    import gzip

    import zstandard

    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> [] .")
    (tmp_path / "b.nt.gz").write_bytes(gzip.compress(b"<http://e/b> <http://e/p> _:x .\n"))
    (tmp_path / "c.jsonld.zst").write_bytes(
        zstandard.compress(b'[{"@id": "http://e/c", "http://e/p": [{"@id": "_:x"}]}]')
    )
    (tmp_path / "d.nq").write_text("<http://e/d> <http://e/p> _:x <http://e/g> .\n")
    server = serve("--rdf", *sorted(tmp_path.iterdir()))
    query = (
        "SELECT (COUNT(DISTINCT ?s) AS ?n) (COUNT(DISTINCT ?o) AS ?m)"
        " { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    )
    answer = ask(server.url + "sparql", query, Format.CSV)
    assert answer.split() == [b"n,m", b"4,4"]  # a blank node belongs to its file


def test_files_that_cannot_be_served(tmp_path):
    import subprocess

    from tests.server.conftest import KG, ROOT

    broken = tmp_path / "broken.ttl"
    broken.write_text("this is no Turtle")
    unknown = tmp_path / "table.docx"
    unknown.touch()
    for arguments, told in (
        (["--rdf", broken], "broken.ttl"),
        (["--rdf", unknown], "docx"),
        (["--rdf", tmp_path / "none.ttl"], "none.ttl"),
        (["--rdf"], "--rdf"),
        ([broken], "--rdf"),
    ):
        done = subprocess.run([KG, "serve", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0
        assert told in done.stderr
        assert "Traceback" not in done.stderr
