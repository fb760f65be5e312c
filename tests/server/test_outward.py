"""Where the requests of SERVICE go: to the address that was checked, and through redirects that are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.server.conftest import descendants
from tests.server.endpoints import Endpoint, answer_with, listening
from tests.server.rebinding import PUBLIC, Names


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def afresh(endpoint: Endpoint) -> None:
    endpoint.asked.clear()
    endpoint.answer = None


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> Names:
    return Names(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory, names, endpoint):
    file = tmp_path_factory.mktemp("outward") / "data.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .")
    allowed = [f"http://{name}.example:{endpoint.port}/sparql" for name in ("moving", "steady", "other")]
    environ = {"KG_SERVICE_ALLOW": " ".join(allowed), "KG_USER_AGENT": "Archive/1 (a@example.org)"}
    return serve("--rdf", file, "--workers", "1", **environ, **names.environ)


def post(server, query):
    return requests.post(server.url + "sparql", data={"query": query}, timeout=30)


@pytest.mark.parametrize("then", ["127.0.0.1", "169.254.169.254", "::1"])
def test_a_name_that_moves_leads_nowhere_else(server, names, endpoint, then):
    """Outside when it is looked at, into the house when it would be asked (DNS rebinding)."""
    names.lead("moving.example", PUBLIC, then)
    clause = f"SERVICE <http://moving.example:{endpoint.port}/sparql> {{ ?s ?p ?o }}"
    assert post(server, f"SELECT * {{ {clause} }}").status_code == 200
    assert names.asked("moving.example") == 1
    again = post(server, f"SELECT * {{ {clause} }}")
    assert again.status_code == 403
    assert "moving.example leads to an address that is not public" in again.json()["error"]
    assert len(endpoint.asked) == 1


def test_an_endpoint_is_asked_at_the_address_that_was_checked(server, names, endpoint):
    """The name is looked up once, for the refusal and for the request, however often it stands there."""
    names.lead("moving.example", PUBLIC, "127.0.0.1")
    clause = f"SERVICE <http://moving.example:{endpoint.port}/sparql> {{ ?s ?p ?o }}"
    silent = "SERVICE SILENT <http://elsewhere.example/> { ?a ?b ?c }"
    response = post(server, f"SELECT ?o {{ {clause} {silent} OPTIONAL {{ {clause} }} }}")
    assert response.json()["results"]["bindings"] == [{"o": {"type": "literal", "value": "there"}}]
    assert names.asked("moving.example") == 1
    (method, path, headers, body), _ = endpoint.asked
    base = f"{server.url}sparql".encode()
    assert (method, path, body) == ("POST", "/sparql", b"BASE <%b>\nSELECT * WHERE { ?s ?p ?o . }" % base)
    assert headers["Host"] == f"moving.example:{endpoint.port}"
    assert headers["User-Agent"] == "Archive/1 (a@example.org)"


def test_queries_of_several_clauses(server, names, endpoint):
    """Prefixed names, relative to a base, one inside another (which is a matter of the outer endpoint)."""
    for name in ("steady.example", "other.example"):
        names.lead(name, PUBLIC)
    inner = f"SERVICE <http://other.example:{endpoint.port}/sparql> {{ ?a ?b ?c }}"
    silent = inner.replace("SERVICE", "SERVICE SILENT").replace("?c", "?o")
    query = f"""PREFIX e: <http://steady.example:{endpoint.port}/>
      SELECT * {{ ?x <http://e/p> ?y . SERVICE e:sparql {{ ?s ?p ?o . {inner} }} OPTIONAL {{ {silent} }} }}"""
    response = post(server, query)
    assert response.status_code == 200, response.text
    assert [row["o"]["value"] for row in response.json()["results"]["bindings"]] == ["there"]
    asked = {headers["Host"].partition(".")[0]: body for _, _, headers, body in endpoint.asked}
    assert (len(endpoint.asked), asked.keys()) == (2, {"steady", "other"})
    assert f"SERVICE <http://other.example:{endpoint.port}/sparql>".encode() in asked["steady"]


def test_what_an_endpoint_says_of_an_error_is_told(server, names, endpoint):
    names.lead("steady.example", PUBLIC)
    endpoint.answer = lambda handler: answer_with(handler, 429, b"slowly, please")
    address = f"http://steady.example:{endpoint.port}/sparql"
    response = post(server, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
    assert response.status_code == 502
    assert response.json()["error"] == (
        f"a SERVICE did not answer: {address}: it answered 429 Too Many Requests: slowly, please"
    )


@pytest.mark.parametrize("query", [
    "SELECT * {{ SERVICE <{address}> {{ ?s ?p }} }}",
    "PREFIX e: <{base}>\nSELECT * {{ SERVICE e:sparql {{ ?s ?p ?o }} ; }}",
    "PREFIX e: <{base}>\nASK {{ SERVICE e:sparql {{ ?s ?p ?o }}\n SERVICE SILENT e:sparql {{ ?s ?p }} }}",
])  # fmt: skip
def test_mistakes_stand_where_they_are(server, names, endpoint, query):
    """The address that the engine gets instead of the endpoint's moves nothing, and is not told."""
    names.lead("steady.example", PUBLIC)
    base = f"http://steady.example:{endpoint.port}/"
    query = query.format(address=base + "sparql", base=base)
    document = post(server, query).json()
    plain = post(server, query.replace("SERVICE SILENT", "GRAPH").replace("SERVICE", "GRAPH")).json()
    lines = query.split("\n")
    assert document["status"] == 400
    assert lines[document["line"] - 1][document["column"] - 1 :].startswith(document["near"])
    assert document["line"] == plain["line"]
    assert "127.0.0.1" not in str(document)


def test_the_forwarder_ends_with_the_web_worker(serve, tmp_path, names, endpoint):
    file = tmp_path / "data.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .")
    names.lead("steady.example", PUBLIC)
    address = f"http://steady.example:{endpoint.port}/sparql"
    own = serve("--rdf", file, "--workers", "1", KG_SERVICE_ALLOW=address, **names.environ)
    assert post(own, f"ASK {{ SERVICE <{address}> {{ ?s ?p ?o }} }}").json()["boolean"] is True
    [pid] = [p for p in descendants(own.pid) if b"forwarder" in Path(f"/proc/{p}/cmdline").read_bytes()]
    own.stop()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
