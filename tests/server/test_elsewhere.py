"""The endpoint over a store elsewhere (setting ``store``): what goes to it, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import requests

from tests.server.endpoints import JSON, Endpoint, answer_with, listening
from tests.server.rebinding import PUBLIC, Names

LISTED = "http://listed.example/sparql"


@pytest.fixture(scope="module")
def store() -> Iterator[Endpoint]:
    with listening() as found:
        found.answer = lambda handler: answer_with(
            handler, 200, b'{"head":{},"boolean":true}', {"Content-Type": JSON}
        )  # until the server is ready
        yield found


@pytest.fixture(autouse=True)
def afresh(store: Endpoint) -> None:
    store.asked.clear()
    store.answer = None


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> Names:
    return Names(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def server(serve, release_data, store, names):
    address = f"http://127.0.0.1:{store.port}/of/the/house"
    environ = {"KG_SERVICE_ALLOW": LISTED, "KG_QUERY_TIMEOUT": "2", **names.environ}
    return serve("--data", release_data, "--store", address, "--workers", "1", **environ)


@pytest.fixture(autouse=True)
def outside(names) -> None:
    names.lead("listed.example", PUBLIC)


def post(server, query):
    return requests.post(server.url + "sparql", data={"query": query}, timeout=30)


def arrived(store: Endpoint) -> str:
    """The query that the store got."""
    [(_, _, _, body)] = store.asked
    return parse_qs(body.decode())["query"][0]


def test_a_service_that_may_be_asked_is_the_stores_to_ask(server, store):
    query = f"SELECT ?o {{ SERVICE <{LISTED}> {{ ?s ?p ?o }} }}"
    assert post(server, query).status_code == 200
    assert arrived(store) == query


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <http://elsewhere.example/> { ?s ?p ?o }",
        "BIND(<http://elsewhere.example/> AS ?e) SERVICE ?e { ?s ?p ?o }",
        "SERVICESILENT <http://elsewhere.example/> { ?s ?p ?o }",
        f"SERVICE <{LISTED}> {{ SERVICE <http://elsewhere.example/> {{ ?s ?p ?o }} }}",
        "S\\u0045RVICE <http://elsewhere.example/> { ?s ?p ?o }",
    ],
)
def test_what_the_query_says_is_refused_here(server, store, clause):
    assert post(server, f"SELECT * {{ {clause} }}").status_code == 403
    assert store.asked == []


def test_a_listed_name_that_leads_inside_is_refused_here(server, store, names):
    """As seen from here: where the store would go nobody knows."""
    names.lead("listed.example", "10.0.0.1")
    assert post(server, f"SELECT * {{ SERVICE <{LISTED}> {{ ?s ?p ?o }} }}").status_code == 403
    silent = post(server, f"SELECT ?o {{ SERVICE SILENT <{LISTED}> {{ ?s ?p ?o }} }}")
    assert silent.status_code == 200
    assert "not public" in silent.headers["X-Silenced"]
    assert arrived(store) == "SELECT ?o { SERVICE SILENT <about:invalid> { ?s ?p ?o } }"


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "PREFIX a: <a:> delete where { ?s ?p ?o }",
        "LOAD <http://elsewhere.example/>",
        'DEFINE get:soft "replace" SELECT * FROM <http://elsewhere.example/> { ?s ?p ?o }',
        "#\rINSERT DATA { <a:a> <a:b> '''\nSELECT * {} #''' }",
        "# \\u000AINSERT DATA { <a:a> <a:b> '''\nSELECT * {} #''' }",
        "SELEKT * {}",
        "{}",
    ],
)
def test_nothing_but_a_query_goes_out(server, store, text):
    response = post(server, text)
    assert response.status_code == 400
    assert response.json()["line"] >= 1
    assert store.asked == []


def test_an_update_is_called_so(server):
    assert "INSERT is an update, not a query" in post(server, "INSERT DATA { <a:a> <a:b> 1 }").json()["error"]


def test_usual_prefixes_may_go_unsaid(server, store):
    """The store knows none of them."""
    assert post(server, "SELECT ?o { ?s a schema:NewsArticle ; dl:text ?o }").status_code == 200
    query = arrived(store)
    assert query.startswith("PREFIX schema: <https://schema.org/> PREFIX dl: <")
    assert query.endswith("SELECT ?o { ?s a schema:NewsArticle ; dl:text ?o }")
    store.asked.clear()
    assert post(server, "PREFIX schema: <http://e/> SELECT ?o { ?s schema:a ?o }").status_code == 200
    assert arrived(store) == "PREFIX schema: <http://e/> SELECT ?o { ?s schema:a ?o }"


def test_words_are_looked_for_here(server, store):
    assert post(server, "SELECT ?o { SERVICE dl:search { ?o dl:text '上甘岭' } }").status_code == 200
    assert "VALUES" in arrived(store)
    assert "SERVICE" not in arrived(store)


def test_what_the_store_refuses_is_the_askers(server, store):
    store.answer = lambda handler: answer_with(handler, 400, b"expected }")
    for query in ("SELECT * {", f"SELECT * {{ SERVICE SILENT <{LISTED}> {{"):
        response = post(server, query)
        assert response.status_code == 400
        assert "expected }" in response.json()["error"]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_where_the_store_is_and_what_ails_it_is_told_nobody(server, store, status):
    store.answer = lambda handler: answer_with(
        handler, status, b"java.lang.NullPointerException at org.house"
    )
    response = post(server, "SELECT ?o { ?s ?p ?o }")
    assert response.status_code == 502
    assert "does not answer as it must" in response.json()["error"]
    assert not any(word in response.text for word in ("house", "127.0.0.1", "java"))
    assert "NullPointerException" in server.log.read_text()


def test_a_store_that_takes_too_long(server, store):
    def wait(handler):
        handler.connection.settimeout(10)
        handler.connection.recv(1)

    store.answer = wait
    assert post(server, "SELECT ?o { ?s ?p ?o }").status_code == 504


def test_a_store_that_breaks_off_has_not_answered(server, store):
    store.answer = lambda handler: answer_with(
        handler, 200, b'{"head', {"Content-Type": JSON, "Content-Length": "99"}
    )
    response = post(server, "SELECT ?o { ?s ?p ?o }")
    assert response.status_code == 502
    assert "127.0.0.1" not in response.text


def test_all_graphs_at_once_are_not_to_be_had(server):
    response = requests.get(server.url + "store", timeout=30)
    assert response.status_code == 400
    assert "all graphs at once" in response.text
