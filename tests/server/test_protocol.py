"""SPARQL 1.1 Protocol for queries, over HTTP against a real server."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
import requests

from kg.rdf.formats import GRAPHS
from server.sparql.description import FUNCTIONS
from tests.server.protocol import EXPECTED, JSON, SELECT, get, values

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def url(protocol_url: str) -> str:
    return protocol_url


# --- the three ways to ask -----------------------------------------------------------------------------


def test_get(url):
    assert values(get(url)) == EXPECTED


@pytest.mark.parametrize("kind", [FORM, FORM + "; charset=UTF-8", FORM + ';charset="utf-8"', FORM.upper()])
def test_post_form(url, kind):
    body = urlencode({"query": SELECT})
    response = requests.post(url, data=body, headers={"Content-Type": kind, "Accept": JSON}, timeout=30)
    assert values(response) == EXPECTED


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/sparql-query; charset=utf-8"])
def test_post_direct(url, kind):
    response = requests.post(
        url, data=SELECT.encode(), headers={"Content-Type": kind, "Accept": JSON}, timeout=30
    )
    assert values(response) == EXPECTED


def test_post_direct_in_chunks(url):
    response = requests.post(
        url,
        data=iter([SELECT[:20].encode(), SELECT[20:].encode()]),
        headers={"Content-Type": "application/sparql-query", "Accept": JSON},
        timeout=30,
    )
    assert values(response) == EXPECTED


def test_post_form_with_parameters_in_the_address(url):
    response = requests.post(url + "?format=json", data={"query": SELECT}, timeout=30)
    assert values(response) == EXPECTED


def test_utf8_in_queries(url):
    query = 'SELECT ?o { ?s ?p ?o FILTER(?o = "奠边府"@zh) }'
    assert values(get(url, query)) == ["奠边府"]
    assert values(requests.post(url, data={"query": query}, headers={"Accept": JSON}, timeout=30)) == [
        "奠边府"
    ]


# --- datasets ------------------------------------------------------------------------------------------


def test_default_graph_uri(url):
    assert values(get(url, **{"default-graph-uri": "http://e/g1"})) == ["one"]
    two = {"default-graph-uri": ["http://e/g1", "http://e/g2"]}
    assert values(get(url, **two)) == ["one", "two"]


def test_named_graph_uri(url):
    query = "SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o"
    assert values(get(url, query)) == ["one", "two"]
    assert values(get(url, query, **{"named-graph-uri": "http://e/g2"})) == ["two"]
    # A dataset that names only named graphs has an empty default graph, and the other way round.
    assert values(get(url, **{"named-graph-uri": "http://e/g2"})) == []
    assert values(get(url, query, **{"default-graph-uri": "http://e/g2"})) == []


def test_protocol_dataset_outdoes_from(url):
    query = "SELECT ?o FROM <http://e/g1> WHERE { ?s ?p ?o }"
    assert values(get(url, query)) == ["one"]
    assert values(get(url, query, **{"default-graph-uri": "http://e/g2"})) == ["two"]


def test_dataset_parameters_in_every_way_of_asking(url):
    parameters = {"default-graph-uri": "http://e/g1"}
    form = requests.post(url, data={"query": SELECT, **parameters}, headers={"Accept": JSON}, timeout=30)
    assert values(form) == ["one"]
    direct = requests.post(
        url,
        params=parameters,
        data=SELECT,
        headers={"Content-Type": "application/sparql-query", "Accept": JSON},
        timeout=30,
    )
    assert values(direct) == ["one"]


def test_dataset_is_part_of_what_is_cached(url):
    for _ in range(2):
        assert values(get(url, **{"default-graph-uri": "http://e/g1"})) == ["one"]
        assert values(get(url)) == EXPECTED


def test_a_relative_graph_is_a_bad_request(url):
    response = get(url, **{"default-graph-uri": "not an iri"})
    assert response.status_code == 400
    assert "not an iri" in response.json()["error"]


# --- HEAD, OPTIONS, conditional requests ---------------------------------------------------------------


@pytest.mark.parametrize("query", [SELECT, "SELEKT"])
def test_head(url, query):
    got = get(url, query)
    head = requests.head(url, params={"query": query}, headers={"Accept": JSON}, timeout=30)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_head_keeps_the_connection_in_step(url):
    with requests.Session() as session:
        for _ in range(3):
            assert session.head(url, params={"query": SELECT}, timeout=30).status_code == 200
            assert session.get(url, params={"query": "ASK {}"}, timeout=30).json()["boolean"] is True


def test_options(url):
    response = requests.options(
        url, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}, timeout=30
    )
    assert response.status_code == 204
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_etag(url):
    first = get(url)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = requests.get(
        url, params={"query": SELECT}, headers={"Accept": JSON, "If-None-Match": tag}, timeout=30
    )
    assert again.status_code == 304
    assert again.content == b""
    assert get(url, accept="text/csv").headers["ETag"] != tag
    assert get(url, SELECT + " ").headers["ETag"] != tag
    packed = requests.get(
        url,
        params={"query": SELECT},
        headers={"Accept": JSON, "Accept-Encoding": "gzip"},
        timeout=30,
    )
    assert (
        packed.headers["ETag"]
        != requests.get(
            url, params={"query": SELECT}, headers={"Accept": JSON, "Accept-Encoding": "identity"}, timeout=30
        ).headers["ETag"]
    )


def test_any_etag_is_not_that_of_a_bad_query(url):
    """A precondition is for what would be answered with success (RFC 9110, section 13.2.1)."""
    for query, known in (("SELEKT", {400}), (SELECT, {200, 304})):
        response = requests.get(url, params={"query": query}, headers={"If-None-Match": "*"}, timeout=30)
        assert response.status_code in known
    absent = url.replace("sparql", "store?graph=http://e/absent")
    assert requests.get(absent, headers={"If-None-Match": "*"}, timeout=30).status_code == 404


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "UUID()", "StrUUID()"])
def test_what_differs_each_time_is_not_kept(url, call):
    query = f"SELECT ?o {{ BIND({call} AS ?o) }}"
    one, two = get(url, query), get(url, query)
    assert values(one) != values(two)
    assert "ETag" not in one.headers
    assert one.headers["Cache-Control"] == "no-store"


# --- description ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", GRAPHS)
def test_service_description(url, format):
    response = requests.get(url, headers={"Accept": format.media_type}, timeout=30)
    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == format.media_type
    triples = {
        (q.subject.value, q.predicate.value, str(q.object)) for q in ox.parse(response.content, format.rdf)
    }
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert (url, sd + "endpoint", f"<{url}>") in triples
    assert (url, sd + "supportedLanguage", f"<{sd}SPARQL11Query>") in triples
    formats = {o for _, p, o in triples if p == sd + "resultFormat"}
    assert len(formats) == 10
    assert {o for _, p, o in triples if p == sd + "extensionFunction"} == {f"<{f}>" for f in FUNCTIONS}
    assert {o for _, p, o in triples if p == sd + "name"} == {"<http://e/g1>", "<http://e/g2>"}


def test_the_engine_knows_the_functions_that_are_described():
    store = ox.Store()
    for function in FUNCTIONS:
        assert len(list(store.query(f"SELECT (<{function}>(1) AS ?x) {{}}"))) == 1
    with pytest.raises(RuntimeError):
        list(store.query("SELECT (<http://e/f>(1) AS ?x) {}"))


def test_description_is_negotiated(url):
    assert requests.get(url, timeout=30).headers["Content-Type"].startswith("text/turtle")
    assert requests.get(url, headers={"Accept": "image/png"}, timeout=30).status_code == 406
    assert requests.head(url, timeout=30).status_code == 200
    page = requests.get(url, headers={"Accept": "text/html,*/*;q=0.8"}, timeout=30)
    assert page.headers["Content-Type"].startswith("text/html")


def test_description_of_a_release_has_void(server_url):
    response = requests.get(server_url + "sparql", headers={"Accept": "application/n-triples"}, timeout=30)
    assert re.search(r"<http://rdfs.org/ns/void#triples> \"\d+\"", response.text)
    assert "<http://www.w3.org/ns/sparql-service-description#propertyFeature>" in response.text
