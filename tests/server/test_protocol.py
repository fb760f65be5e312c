"""SPARQL 1.1 Protocol for queries, over HTTP against a real server."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest
import requests

from kg.rdf.formats import GRAPHS, RESULTS, Format

TRIG = """@prefix e: <http://e/> .
e:a e:p "default", 1, "奠边府"@zh .
e:g1 { e:a e:p "one" } e:g2 { e:a e:p "two" }
"""
SELECT = "SELECT ?o WHERE { <http://e/a> <http://e/p> ?o } ORDER BY STR(?o)"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
JSON = Format.JSON.media_type


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("protocol") / "data.trig"
    file.write_text(TRIG, encoding="utf-8")
    return serve("--rdf", file).url + "sparql"


def values(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["o"]["value"] for row in response.json()["results"]["bindings"]]


def get(url: str, query: str = SELECT, accept: str | None = JSON, **parameters) -> requests.Response:
    headers = {} if accept is None else {"Accept": accept}
    return requests.get(url, params={"query": query, **parameters}, headers=headers, timeout=30)


EXPECTED = ["1", "default", "奠边府"]


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


# --- formats -------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "UUID()", "StrUUID()"])
def test_what_differs_each_time_is_not_kept(url, call):
    query = f"SELECT ?o {{ BIND({call} AS ?o) }}"
    one, two = get(url, query), get(url, query)
    assert values(one) != values(two)
    assert "ETag" not in one.headers
    assert one.headers["Cache-Control"] == "no-store"


# --- the connection ------------------------------------------------------------------------------------


def test_many_requests_on_one_connection(url):
    with requests.Session() as session:
        for n in range(50):
            response = session.get(url, params={"query": f"SELECT ?o {{ BIND({n} AS ?o) }}"}, timeout=30)
            assert values(response) == [str(n)]


class Shared:
    """One buffer for several responses on a connection; `http.client` would read ahead into the next."""

    def __init__(self, sock: socket.socket) -> None:
        self.file = sock.makefile("rb")

    def makefile(self, mode: str) -> Shared:
        return self

    def __getattr__(self, name: str):
        return getattr(self.file, name)

    def close(self) -> None:
        pass


def raw(url: str, data: bytes, count: int) -> list[tuple[int, bytes]]:
    """Send bytes as they are and read the status and body of `count` responses."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        sock.sendall(data)
        shared = Shared(sock)
        answers = []
        for _ in range(count):
            response = http.client.HTTPResponse(shared)
            response.begin()
            answers.append((response.status, response.read()))
        shared.file.close()
        return answers


def test_pipelined_requests_are_answered_in_order(url):
    one = f"GET /sparql?query={quote('SELECT ?o { BIND(%d AS ?o) }')} HTTP/1.1\r\nHost: x\r\n\r\n"
    data = b"".join(one.replace("%25d", str(n)).encode() for n in range(5))
    answers = [json.loads(body)["results"]["bindings"][0]["o"]["value"] for _, body in raw(url, data, 5)]
    assert answers == ["0", "1", "2", "3", "4"]


def test_a_request_that_comes_in_pieces(url):
    where = urlsplit(url)
    data = f"GET /sparql?query={quote(SELECT)} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n".encode()
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        for part in (data[:10], data[10:60], data[60:]):
            sock.sendall(part)
            time.sleep(0.05)
        with http.client.HTTPResponse(sock) as response:
            response.begin()
            assert response.status == 200


@pytest.mark.parametrize(
    "head",
    [
        b"Host: x\r\nContent-Length: 5\r\n\r\nhello",
        b"Host: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Host: x\r\nX-Unknown: yes\r\n\r\n",
        b"Host: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_unusual_requests_go_the_usual_way(url, head):
    data = f"GET /sparql?query={quote(SELECT)} HTTP/1.1\r\n".encode() + head
    ((status, _),) = raw(url, data, 1)
    assert status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nHost: y\r\nBad Header\r\n\r\n",
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\n Folded: yes\r\n\r\n",
        b"GET /sparql?query=ASK{} HTTP/9.9\r\nHost: x\r\n\r\n",
    ],
)
def test_malformed_requests_are_refused(url, data):
    ((status, _),) = raw(url, data, 1)
    assert 400 <= status < 500


def test_http_1_0(url):
    ((status, body),) = raw(url, f"GET /sparql?query={quote(SELECT)} HTTP/1.0\r\n\r\n".encode(), 1)
    assert status == 200
    assert json.loads(body)["results"]["bindings"]


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
    assert {o for _, p, o in triples if p == sd + "name"} == {"<http://e/g1>", "<http://e/g2>"}


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
