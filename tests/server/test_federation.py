"""SERVICE goes only where it may."""

from __future__ import annotations

import http.server
import itertools
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.store.sparql import services, tokens
from server.errors import HttpError
from server.sparql import federation

ALLOWED = "https://query.wikidata.org/sparql"


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that nobody must ask, and the list of who did."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815  the name that the base class calls

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql", asked
        server.shutdown()


@pytest.fixture(scope="module")
def servers(serve, tmp_path_factory, trap):
    """One with the usual list; one whose operator named addresses inside the house."""
    file = tmp_path_factory.mktemp("federation") / "data.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .")
    inside = (
        f"{trap[0]} http://localhost:9/sparql http://10.0.0.1/sparql http://169.254.169.254/ http://[::1]:9/x"
    )
    return serve("--rdf", file), serve("--rdf", file, KG_SERVICE_ALLOW=inside)


def post(server, query):
    return requests.post(server.url + "sparql", data={"query": query}, timeout=30)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE # <https://query.wikidata.org/sparql>\n <{trap}> {{ ?s ?p ?o }} }}",
        "PREFIX x: <{trap}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
        "BASE <{trap}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
        "BASE <{trap}> PREFIX x: <sparql> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
        "SELECT * {{ BIND(<{trap}> AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
        "SELECT * {{ {{ SELECT * {{ OPTIONAL {{ SERVICE <{trap}> {{ ?s ?p ?o }} }} }} }} }}",
        "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{trap}> {{ ?s ?p ?o }} }} }}",
        "ASK {{ MINUS {{ SERVICE <{trap}> {{ ?s ?p ?o }} }} }}",
        "SELECT * {{ S\\u0045RVICE <{trap}> {{ ?s ?p ?o }} }}",
        'SELECT * {{ ?s ?p "\\u0022 . SERVICE <{trap}> {{ }} #" }}',
        'SELECT * {{ ?s ?p "\\u0022 . SERVICE <{trap}> {{ }} #" SERVICE SILENT <about:invalid> {{ }} \n }}',
        "SELECT * {{ SERVICE SILENT <{trap}> }}",
        "SELECT * {{ SERVICE SILENT <http://\\u0031/> <{trap}> {{ }} }}",
        "SELECT * {{ SERVICE SILENT <http://e/> {{ }} SERVICE <{trap}> {{ }} }}",
        "PREFIX service: <{trap}> SELECT * {{ SERVICE service: {{ ?s ?p ?o }} }}",
        "SELECT ('''a' SERVICE''' AS ?x) {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE <https://query.wikidata.org/sparql> {{ SERVICE <{trap}> {{ ?s ?p ?o }} }} }}",
        # The engine wants no space behind a keyword, and reads < as "less than" where that fits.
        "SELECT * {{ SERVICESILENT <{trap}> {{ ?s ?p ?o }} }}",
        "PREFIX : <{trap}> SELECT * {{ SERVICE: {{ ?s ?p ?o }} }}",
        "PREFIX : <{trap}> SELECT * {{ ?a ?b 1SERVICE: {{ ?s ?p ?o }} }}",
        "PREFIX e: <{trap}> SELECT * {{ SERVICEe: {{ ?s ?p ?o }} }}",
        "SELECT * {{ ?a ?b trueSERVICE <{trap}> {{ ?s ?p ?o }} }}",
        "PREFIX e: <http://e/> PREFIXe: <{trap}> SELECT * {{ SERVICE e: {{ ?s ?p ?o }} }}",
        'SELECT * {{ ?s ?p ?a FILTER(?a<?a#>"""\n) SERVICE <{trap}> {{ ?s ?p ?o }} }} #"""',
        'SELECT * {{ ?s ?p ?a FILTER(?a <#>"""\n?a) SERVICE <{trap}> {{ ?s ?p ?o }} }} #"""',
        'SELECT * {{ ?s <http://e/\\u0041#x> "\\u0022" . SERVICE <{trap}> {{ ?s ?p ?o }} }} #"""',
    ],
)
def test_elsewhere_is_refused(servers, trap, query):
    for server in servers:
        response = post(server, query.format(trap=trap[0]))
        assert response.status_code in (400, 403), response.text
    assert trap[1] == []


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE SILENT <{trap}> {{ ?x ?y ?z }}",
        "service silent<{trap}>{{?x ?y ?z}}",
        "VALUES ?e {{ <{trap}> }} SERVICE SILENT ?e {{ ?x ?y ?z }}",
        "SERVICE SILENT <{trap}> {{ SERVICE SILENT <{trap}> {{ ?x ?y ?z }} }}",
        "SERVICE SILENT <{trap}> {{ ?x ?y ?z }} SERVICE SILENT <http://e/> {{ ?x ?y ?z }}",
    ],
)
def test_a_refused_silent_service_is_a_solution_without_bindings(servers, trap, clause):
    """As SPARQL 1.1 Federated Query has it for an endpoint that fails; a header says so."""
    for server in servers:
        response = post(server, f"SELECT ?o ?z {{ ?s ?p ?o {clause.format(trap=trap[0])} }}")
        assert response.status_code == 200, response.text
        document = response.json()
        assert document["head"]["vars"] == ["o", "z"]
        assert [set(row) for row in document["results"]["bindings"]] == [{"o"}]
        assert "SERVICE" in response.headers["X-Silenced"]
        assert "X-Silenced" in response.headers["Access-Control-Expose-Headers"]
        assert response.headers["Cache-Control"] == "no-store"
    assert trap[1] == []


def test_nothing_inside_the_house_even_where_it_is_listed(servers, trap):
    listed = [trap[0], "http://localhost:9/sparql", "http://10.0.0.1/sparql", "http://169.254.169.254/"]
    for endpoint in (*listed, "http://[::1]:9/x"):
        response = post(servers[1], f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?o }} }}")
        assert response.status_code == 403
        assert "not public" in response.json()["error"]
    assert trap[1] == []


def test_the_refusal_names_what_is_allowed(servers):
    response = post(servers[0], "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")
    assert response.status_code == 403
    assert ALLOWED in response.json()["remedy"]


def test_from_does_not_fetch(servers, trap):
    response = post(servers[0], f"SELECT * FROM <{trap[0]}> {{ ?s ?p ?o }}")
    assert response.status_code == 200
    assert trap[1] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fd00::1",
                                  "0.0.0.0", "localhost", "::ffff:127.0.0.1", "100.64.0.1", ""])  # fmt: skip
def test_addresses_that_are_not_public(host):
    endpoint = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    clauses = services(f"SELECT * {{ SERVICE <{endpoint}> {{ }} }}")
    with pytest.raises(HttpError) as caught:
        federation.check(clauses, (endpoint,), federation.Whereabouts())
    assert caught.value.status == 403


def test_public_addresses_may_be_allowed():
    clauses = services("SELECT * { SERVICE <http://1.1.1.1/x> { } }")
    assert federation.check(clauses, ("http://1.1.1.1/x",), federation.Whereabouts()) == []


STRING = 'SELECT ?x { BIND("SERVICE <http://e/> {}" AS ?x) }'


@pytest.mark.parametrize(
    ("query", "endpoints"),
    [
        (STRING, []),
        ("# SERVICE <http://e/> {}\nASK {}", []),
        ("ASK { ?service <http://service> service:SERVICE }", []),
        ('ASK { ?s ?p "x"@service }', []),
        ("ASK { SERVICE <http://e/> { } SERVICE SILENT <http://f/> { } }", ["http://e/", "http://f/"]),
        ("PREFIX a: <http://e/> ASK { SERVICE a:b { } }", ["http://e/b"]),
        ("PREFIX a: <http://e/> ASK { SERVICE a:b\\-c { } }", ["http://e/b-c"]),
        ("ASK { SERVICE ?x { } }", [None]),
        ("ASK { SERVICE none:x { } }", [None]),
        ("ASK { FILTER(?a < 1 && 2 > ?b) SERVICE <http://e/> { } }", ["http://e/"]),
        ("ASK { FILTER(?a<?b) SERVICE <http://e/> { } }", ["http://e/"]),
        ("ASK { ?s <http://e/service#a> <b>, <urn:c> GRAPH service:d { } }", []),
        ("ASK { ?s ?p <http://e/\\u0041#b> . SERVICE <http://e/> { } }", ["http://e/"]),
        ("ASK { SERVICESILENT <http://e/> { } }", [None]),
        ("ASK { SERVICE:x { } SERVICE <http://e/> { } }", [None, "http://e/"]),
        ("ASK { FILTER(?a<?b#>) } # service", [None]),
    ],
)
def test_finding_services(query, endpoints):
    assert [clause.endpoint for clause in services(query)] == endpoints


@pytest.mark.parametrize(
    "text",
    ["SERVICE ?x {" * 20_000, "a.-" * 60_000, "1.1" * 60_000, "1e+1" * 60_000, "<a#b>" * 40_000,
     "'''a" * 50_000, "SERVICE <" * 20_000, "a:" * 80_000, "\\u0041" * 30_000, "{" * 200_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_no_text_takes_longer_to_read_than_it_is_long(text):
    """A square of it would be minutes, in which nobody else is served."""
    began = time.process_time()
    services("SERVICE <http://e/> {} " + text)
    assert time.process_time() - began < 3


def test_there_is_an_end_to_what_is_read(servers):
    many = post(servers[0], "SELECT * { " + "SERVICE SILENT <http://e/> {} " * 101 + "}")
    assert (many.status_code, many.json()["error"]) == (400, "SERVICE stands 101 times")
    long = post(servers[0], "SELECT * { SERVICE <http://e/> {} } #" + "x" * (1 << 20))
    assert long.status_code == 413
    assert post(servers[0], "ASK {} #" + "x" * (1 << 20)).status_code == 200


@given(st.text(alphabet="SERVICE service<>{}\"'\\#?:@ \n.ab", max_size=60))
@settings(max_examples=300)
def test_the_lexer_reads_all_of_any_text(text):
    """Tokens, spaces and comments together are the text; finding clauses never fails."""
    found = list(tokens(text))
    assert all(text[t.start : t.end] == t.text for t in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    services(text)
