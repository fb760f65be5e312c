"""The clients that people use, over HTTP against a real server."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pandas
import pytest
import rdflib
import requests
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, N3, POST, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from kg.store.remote import RemoteEngine

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "PREFIX e: <http://e/> "
SELECT = PREFIX + "SELECT ?s ?o WHERE { ?s e:p ?o } ORDER BY ?o"


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("clients") / "data.trig"
    file.write_text(
        '@prefix e: <http://e/> . e:a e:p 1 ; e:see e:x . e:b e:p "奠边府"@zh . e:g { e:c e:p 3.5 }',
        encoding="utf-8",
    )
    return serve("--rdf", file).url + "sparql"


@pytest.fixture(scope="module")
def other(serve, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("other") / "data.ttl"
    file.write_text('@prefix e: <http://e/> . e:x e:name "elsewhere" .')
    return serve("--rdf", file).url + "sparql"


# --- curl ----------------------------------------------------------------------------------------------


def curl(*arguments: str) -> str:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    return subprocess.run(
        ["curl", "-sS", "--max-time", "30", *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_curl(url):
    assert json.loads(curl(url, "--data-urlencode", f"query={SELECT}"))["results"]["bindings"][0]
    assert json.loads(curl("-G", url, "--data-urlencode", f"query={SELECT}"))["head"]["vars"] == ["s", "o"]
    direct = (
        "-H",
        "Content-Type: application/sparql-query",
        "-H",
        "Accept: text/csv",
        "--data-binary",
        SELECT,
    )
    assert curl(url, *direct).startswith("s,o")
    assert curl("--compressed", "-H", "Accept: text/csv", "-G", url, "--data-urlencode", f"query={SELECT}")
    head = curl("-I", f"{url}?{urlencode({'query': SELECT})}")
    assert head.startswith("HTTP/1.1 200")
    assert "application/sparql-results+json" in head
    assert "sparql-service-description" in curl(url)


# --- rdflib --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store(url, method):
    graph = rdflib.Graph(SPARQLStore(url, method=method))
    assert [str(row.o) for row in graph.query(SELECT)] == ["1", "奠边府"]
    assert graph.query("ASK { <http://e/a> ?p ?o }").askAnswer is True
    built = graph.query("CONSTRUCT WHERE { <http://e/a> ?p ?o }").graph
    assert len(built) == 2
    assert (rdflib.URIRef("http://e/a"), None, None) in graph
    assert len(list(graph.triples((rdflib.URIRef("http://e/a"), None, None)))) == 2
    assert graph.value(rdflib.URIRef("http://e/a"), rdflib.URIRef("http://e/see")) == rdflib.URIRef(
        "http://e/x"
    )


def test_rdflib_named_graphs(url):
    rows = rdflib.Graph(SPARQLStore(url)).query("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }")
    assert [(str(r.g), str(r.o)) for r in rows] == [("http://e/g", "3.5")]


# --- SPARQLWrapper -------------------------------------------------------------------------------------


def test_sparqlwrapper(url):
    client = SPARQLWrapper(url)
    client.setQuery(SELECT)
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][1]["o"]["value"] == "奠边府"
    client.setReturnFormat(XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == 2
    for format in (CSV, TSV):
        client.setReturnFormat(format)
        assert "奠边府" in client.queryAndConvert().decode()
    client.setMethod(POST)
    client.setReturnFormat(JSON)
    client.addParameter("default-graph-uri", "http://e/g")
    assert len(client.queryAndConvert()["results"]["bindings"]) == 1


def test_sparqlwrapper_graphs(url):
    client = SPARQLWrapper(url)
    client.setQuery("CONSTRUCT WHERE { ?s ?p ?o }")
    for format in (TURTLE, N3):
        client.setReturnFormat(format)
        assert len(rdflib.Graph().parse(client.queryAndConvert(), format="turtle")) == 3


def test_sparqlwrapper_is_told_of_bad_queries(url):
    client = SPARQLWrapper(url)
    client.setQuery("SELECT ?s WHERE {")
    with pytest.raises(QueryBadFormed, match="expected"):
        client.query()


# --- pandas --------------------------------------------------------------------------------------------


def test_csv_into_pandas(url):
    query = (
        PREFIX + "SELECT ?s ?o WHERE { { ?s e:p ?o } UNION { GRAPH ?g { ?s e:p ?o } } FILTER(isNumeric(?o)) }"
    )
    got = requests.get(
        url, params={"query": query}, headers={"Accept": "text/csv", "Accept-Encoding": "gzip"}, timeout=30
    )
    frame = pandas.read_csv(io.BytesIO(got.content))
    assert frame.o.sum() == 4.5
    direct = pandas.read_csv(f"{url}?{urlencode({'query': SELECT, 'format': 'csv'})}")
    assert list(direct.columns) == ["s", "o"]
    assert direct.o[1] == "奠边府"


def test_tsv_and_gzip_by_hand(url):
    got = requests.get(
        url,
        params={"query": "SELECT * { ?s ?p ?o { SELECT ?n { VALUES ?n { 1 2 3 4 5 6 7 8 9 } } } }"},
        headers={"Accept": "text/tab-separated-values", "Accept-Encoding": "gzip"},
        timeout=30,
        stream=True,
    )
    assert got.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(got.raw.read()).count(b"\n") == 28


# --- our own ------------------------------------------------------------------------------------------


def test_our_own_remote_engine(url):
    engine = RemoteEngine(url)
    assert engine.query("ASK { ?s ?p ?o }").boolean() is True
    assert [row["o"].value for row in engine.query(SELECT).rows()] == ["1", "奠边府"]
    engine.close()


def test_pages_over_another_endpoint(serve, url):
    """Our own face over a store that speaks SPARQL elsewhere: another server of ours."""
    server = serve("--store", url, "--workers", "1", KG_DATA="/nonexistent")
    got = requests.post(server.url + "sparql", data={"query": SELECT}, timeout=30)
    assert [row["o"]["value"] for row in got.json()["results"]["bindings"]] == ["1", "奠边府"]
    bad = requests.post(server.url + "sparql", data={"query": "SELEKT"}, timeout=30)
    assert bad.status_code == 400
    built = requests.post(
        server.url + "sparql",
        data={"query": "CONSTRUCT WHERE { ?s ?p ?o }"},
        headers={"Accept": "application/n-triples"},
        timeout=30,
    )
    assert len(built.text.splitlines()) == 3


# --- Comunica ------------------------------------------------------------------------------------------


def comunica(query: str, *sources: str) -> list[dict[str, str]]:
    """The rows, as values by variable."""
    program = ROOT / "node_modules" / "@comunica" / "query-sparql" / "bin" / "query.js"
    if shutil.which("node") is None or not program.exists():
        pytest.skip("needs Node and Comunica: python tools/assets.py --dev")
    done = subprocess.run(
        ["node", program, *sources, query, "-t", "application/sparql-results+json"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


@pytest.mark.slow
def test_comunica(url):
    assert [row["o"] for row in comunica(SELECT, f"sparql@{url}")] == ["1", "奠边府"]


@pytest.mark.slow
def test_comunica_federates_between_two_endpoints(url, other, tmp_path):
    joined = "?s e:see ?x . ?x e:name ?name"
    found = comunica(PREFIX + f"SELECT ?s ?name WHERE {{ {joined} }}", f"sparql@{url}", f"sparql@{other}")
    assert found == [{"s": "http://e/a", "name": "elsewhere"}]
    nothing = tmp_path / "nothing.ttl"
    nothing.touch()
    services = f"SERVICE <{url}> {{ ?s e:see ?x }} SERVICE <{other}> {{ ?x e:name ?name }}"
    found = comunica(PREFIX + f"SELECT ?s ?name WHERE {{ {services} }}", f"file@{nothing}")
    assert found == [{"s": "http://e/a", "name": "elsewhere"}]
