"""Limits for each client, what is kept, and parameters that nobody means well."""

from __future__ import annotations

import threading

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from server.limiter import LOCAL, Limiter, Slots
from server.sparql.answering import choose_encoding
from server.sparql.cache import ResultCache, Stored
from server.sparql.request import client_address
from tests.server.conftest import metrics_with

CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    file = tmp_path_factory.mktemp("limits") / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    return file


@pytest.fixture(scope="module")
def limited(serve, file):
    return serve(
        "--rdf", file, "--workers", "1", KG_RATE_LIMIT="20", KG_CLIENT_QUERIES="2", KG_QUERY_TIMEOUT="3"
    )


def ask(server, client=None, query="ASK {}"):
    headers = {} if client is None else {"X-Forwarded-For": client}
    return requests.get(server.url + "sparql", params={"query": query}, headers=headers, timeout=30)


def test_rate(limited):
    answers = [ask(limited, "203.0.113.1") for _ in range(25)]
    assert [a.status_code for a in answers[:20]] == [200] * 20
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=20;w=60'
    assert answers[0].headers["RateLimit"].startswith('"default";r=19;t=')
    assert answers[-1].headers["RateLimit"].startswith('"default";r=0;t=')
    assert "20 requests a minute" in answers[-1].json()["error"]
    assert answers[-1].headers["Access-Control-Allow-Origin"] == "*"
    assert ask(limited, "203.0.113.2").status_code == 200  # others are not held up
    assert ask(limited, "198.51.100.9, 203.0.113.1").status_code == 429  # what a client claims does not count


def test_graphs_count_as_queries_do(limited):
    headers = {"X-Forwarded-For": "203.0.113.9", "Accept": "application/n-triples"}
    answers = [requests.get(limited.url + "store?default", headers=headers, timeout=30) for _ in range(25)]
    assert [a.status_code for a in answers[:20]] == [200] * 20
    assert answers[19].headers["RateLimit"].startswith('"default";r=0;t=')
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_limit_that_is_set_holds_for_this_machine(limited):
    assert ask(limited).headers["RateLimit-Policy"] == '"default";q=20;w=60'


def test_running_queries(limited):
    answers: list[requests.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(limited, "203.0.113.3", CROSS))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(a.status_code for a in answers)
    assert statuses.count(429) == 3
    (refused,) = {a.json()["error"] for a in answers if a.status_code == 429}
    assert refused == "more than 2 queries of yours are running"
    assert ask(limited, "203.0.113.3").status_code == 200  # they are counted off again


def test_the_usual_limits(serve, file):
    server = serve("--rdf", file, "--workers", "1", KG_RATE_LIMIT="")
    assert ask(server, "203.0.113.1").headers["RateLimit-Policy"] == '"default";q=600;w=60'
    assert ask(server).headers["RateLimit-Policy"] == '"default";q=600000;w=60'


def test_no_limit():
    limiter = Limiter(0)
    assert all(limiter.check("a") == [] for _ in range(10_000))
    slots = Slots(0)
    for _ in range(10_000):
        slots.enter("a")


def test_leaving_counts_once():
    slots = Slots(1)
    slots.enter("a")
    calls: list[int] = []
    leave = slots.leaving("a", lambda: calls.append(1))
    leave()
    leave()
    assert len(calls) == 2
    slots.enter("a")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "", LOCAL),
        ("::1", "", LOCAL),
        ("", "", LOCAL),
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.1", "203.0.113.1"),
        ("203.0.113.1", "", "203.0.113.1"),
        ("203.0.113.1", "127.0.0.1", "203.0.113.1"),
        ("2001:db8:0:7::1", "", "2001:db8:0:7::/64"),
        ("::1", "2001:db8:0:7:ffff::2", "2001:db8:0:7::/64"),
        ("::ffff:203.0.113.1", "", "203.0.113.1"),
        ("127.0.0.1", "[2001:db8::1]:443", "[2001:db8::1]:443"),
    ],
)
def test_who_asks(peer, forwarded, client):
    assert client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}) == client


# --- what is kept --------------------------------------------------------------------------------------


def test_the_cache_drops_what_was_not_asked_for_longest():
    cache = ResultCache(1000)
    for n in range(20):
        cache.put(f"{n:02}", Stored("text/csv", bytes(88), 1))
        assert cache.get("00") is not None
    assert cache.held <= 1000
    assert cache.get("01") is None
    assert cache.get("19") is not None
    cache.put("large", Stored("text/csv", bytes(500), 1))
    assert cache.get("large") is None
    cache.clear()
    assert cache.held == 0


def test_the_cache_replaces():
    cache = ResultCache(1000)
    for _ in range(50):
        cache.put("same", Stored("text/csv", bytes(50), 1))
    assert cache.held == 54


def test_the_cache_knows_what_was_asked_of_late(monkeypatch):
    monkeypatch.setattr("server.sparql.cache._REMEMBERED", 3)
    cache = ResultCache(1000)
    assert not cache.was_asked("0")
    assert not cache.asked_again("0")
    assert cache.asked_again("0")
    assert [cache.asked_again(str(n)) for n in range(1, 6)] == [False] * 5
    assert cache.asked_again("0")  # of the three before these
    assert not cache.asked_again("6")
    assert not cache.asked_again("0")
    cache.put("1", Stored("text/csv", b"", 1))
    assert [cache.was_asked(str(n)) for n in range(5)] == [True, True, False, True, True]
    cache.clear()
    assert not cache.was_asked("6")


def test_repeated_queries_are_told_in_the_metrics(serve, file):
    server = serve("--rdf", file, "--workers", "1")
    for _ in range(4):  # what is quickly answered is kept when it is asked for again
        ask(server, query="SELECT * { ?s ?p ?o } LIMIT 3")
    repeated = 'dateline_queries_total{cached="true",status="200"} 2.0'
    metrics_with(server.url, repeated, "dateline_query_rows_total 12.0")


def test_what_took_its_time_is_kept_at_once(serve, file):
    server = serve("--rdf", file, "--workers", "1")
    costly = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?t ?q ?u }"
    assert ask(server, query=costly).headers["ETag"] == ask(server, query=costly).headers["ETag"]
    metrics_with(server.url, 'dateline_queries_total{cached="true",status="200"} 1.0')


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("gzip", "gzip"),
        ("gzip, zstd", "zstd"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("identity", ""),
        (";q=", ""),
    ],
)
def test_encodings(accept, chosen):
    assert choose_encoding(accept) == chosen


# --- parameters that nobody means well -----------------------------------------------------------------

_NAMES = st.sampled_from(
    ["query", "default-graph-uri", "named-graph-uri", "format", "timeout", "update", "graph", "default", "x"]
)
_QUERIES = st.sampled_from(
    ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 1", "SERVICE", "CONSTRUCT WHERE { ?s ?p ?o }"]
)
_TEXT = st.one_of(_QUERIES, st.text(max_size=40), st.binary(max_size=20).map(lambda b: b.decode("latin-1")))
_HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept", "Accept-Encoding", "Content-Type", "If-None-Match", "X-Forwarded-For", "Origin", "Cookie"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip),
    max_size=4,
)
_METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
_PATHS = st.sampled_from(["sparql", "store", "store/x", "metrics", "healthz", ""])


@pytest.fixture(scope="module")
def fuzzed(serve, file):
    return serve("--rdf", file, "--workers", "1", KG_QUERY_TIMEOUT="2")


@given(
    method=_METHODS,
    path=_PATHS,
    parameters=st.lists(st.tuples(_NAMES, _TEXT), max_size=4),
    headers=_HEADERS,
    body=st.one_of(st.none(), _TEXT.map(lambda t: t.encode("utf-8", "surrogatepass"))),
)
@settings(max_examples=250)
def test_nothing_makes_a_500(fuzzed, method, path, parameters, headers, body):
    response = requests.request(
        method,
        fuzzed.url + path,
        params=[(k, v.encode("utf-8", "surrogatepass")) for k, v in parameters],
        headers=headers,
        data=body,
        timeout=30,
        allow_redirects=False,
    )
    assert response.status_code != 500, response.text
    assert response.status_code < 505
