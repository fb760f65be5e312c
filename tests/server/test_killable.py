"""Queries that really end: over HTTP, against real workers.

Times are not asserted finely; that queries end within a second of their limit is measured by
``benchmarks/bench_killing.py``.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import zlib
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
import requests

CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUICK = "ASK { <http://e/1> ?p ?o }"
JSON = {"Accept": "application/sparql-results+json"}


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """A server whose queries may run two seconds, in 600 MiB."""
    file = tmp_path_factory.mktemp("killable") / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    return serve("--rdf", file, KG_QUERY_TIMEOUT="2", KG_QUERY_MEMORY="600")


def ask(server, query, **parameters):
    began = time.monotonic()
    response = requests.post(
        server.url + "sparql", data={"query": query, **parameters}, headers=JSON, timeout=60
    )
    return response, time.monotonic() - began


def get(server, query, **more):
    return requests.get(server.url + "sparql", params={"query": query}, headers=JSON, timeout=60, **more)


def assert_serves(server):
    assert get(server, QUICK).json()["boolean"] is True


def workers(server) -> dict[str, float]:
    """The gauges of the query workers."""
    text = requests.get(server.url + "metrics", timeout=30).text
    lines = [line for line in text.splitlines() if line.startswith("dateline_query_workers{")]
    return {line.partition('state="')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in lines}


def until_quiet(server) -> None:
    """Until no query waits and no worker is busy: each process tells of its own once a second."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        now = workers(server)
        if now["waiting"] + now["long"] + now["paused"] + now["download"] == 0:
            return
        time.sleep(0.1)
    raise AssertionError(now)


@pytest.mark.parametrize("send", [ask, lambda s, q: (get(s, q), 0)])
def test_the_limit_ends_a_query(server, send):
    response, seconds = send(server, CROSS)
    assert response.status_code == 504
    assert "2 s" in response.json()["error"]
    assert seconds < 10
    assert_serves(server)


def test_quick_queries_among_slower_ones_get_their_own_answers(server):
    """Some wait behind another at its worker, and go to a different one where that takes its time."""
    slower = "{ SELECT ?a { ?a ?b ?c } LIMIT 400 } { SELECT ?d { ?d ?e ?f } LIMIT 400 }"
    wrong: list[object] = []

    def client(number: int) -> None:
        with requests.Session() as session:
            for n in range(number, number + 60):
                what = f"(COUNT(*) + {n} AS ?n) WHERE {{ {slower} }}" if n % 12 == 0 else f"({n} AS ?n) {{}}"
                asked = {"query": f"SELECT {what}"}
                response = session.get(server.url + "sparql", params=asked, headers=JSON, timeout=60)
                said = response.json()["results"]["bindings"][0]["n"]["value"]
                if said != str(n + 160_000 * (n % 12 == 0)):
                    wrong.append((n, said))

    threads = [threading.Thread(target=client, args=(1000 * k,)) for k in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    until_quiet(server)


def test_a_client_may_ask_for_less(server):
    response, _ = ask(server, CROSS, timeout="0.5")
    assert response.status_code == 504
    assert "0.5 s" in response.json()["error"]


def test_a_client_cannot_ask_for_more(server):
    response, _ = ask(server, CROSS, timeout="1000")
    assert response.status_code == 504
    assert "2 s" in response.json()["error"]


def test_planning_counts(server):
    chain = "SELECT * { " + " . ".join(f"?x{n} ?p{n} ?x{n + 1}" for n in range(500)) + " }"
    response, _ = ask(server, chain)
    assert response.status_code == 504
    assert_serves(server)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE " + "{" * 3000 + "}" * 3000,
        "ASK { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }",
        "SELECT * { {} " + "UNION {} " * 20_000 + "}",
        "SELECT * { ?s " + "^" * 50_000 + "<http://e/p> ?o }",
    ],
    ids=["groups", "parentheses", "unions", "inverse"],
)
def test_what_crashes_the_engine_is_told_and_others_go_on(server, query):
    others: list[int] = []

    def other() -> None:
        others.extend(get(server, f"ASK {{ <http://e/{n}> ?p ?o }}").status_code for n in range(20))

    thread = threading.Thread(target=other)
    thread.start()
    response, _ = ask(server, query)
    thread.join()
    assert response.status_code in (200, 400, 503, 504)
    assert response.headers["Content-Type"].startswith("application/")
    assert others == [200] * 20
    assert_serves(server)


def test_the_parser_crash_is_told(server):
    response, _ = ask(server, "SELECT * WHERE " + "{" * 6000 + "}" * 6000)
    assert response.status_code == 503
    assert "crashed" in response.json()["error"]


def test_memory_has_a_limit(server):
    hungry = "SELECT (GROUP_CONCAT(?c) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    distinct = "SELECT DISTINCT ?a ?d ?g WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a"
    for query in (hungry, distinct):
        response, _ = ask(server, query)
        assert response.status_code in (503, 504)
        assert_serves(server)


def test_a_worker_out_of_memory_is_told(serve, tmp_path):
    file = tmp_path / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    server = serve("--rdf", file, "--workers", "1", KG_QUERY_MEMORY="200")
    query = "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?d ?a"
    response, _ = ask(server, query)
    assert response.status_code == 503
    assert "memory" in response.json()["error"]
    assert_serves(server)


# --- an end in the middle of an answer -----------------------------------------------------------------


def stream(server, query, accept, encoding="identity") -> tuple[int, bytes, bool]:
    """Status, the bytes that came, and whether the transfer was broken off."""
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    path = "/sparql?" + urlencode({"query": query})
    connection.request("GET", path, headers={"Accept": accept, "Accept-Encoding": encoding})
    response = connection.getresponse()
    got = bytearray()
    try:
        while chunk := response.read1(1 << 16):
            got += chunk
    except http.client.IncompleteRead:
        return response.status, bytes(got), True
    finally:
        connection.close()
    return response.status, bytes(got), False


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_broken_answer_does_not_end_in_order_before_http_1_1(server, encoding):
    """There an answer ends where the connection does: a client would take what came for the whole."""
    where = urlsplit(server.url)
    head = f"Accept: text/csv\r\nAccept-Encoding: {encoding}\r\n"
    path = "/sparql?" + urlencode({"query": ENDLESS})
    with socket.create_connection((where.hostname, where.port), timeout=60) as sock:
        sock.sendall(f"GET {path} HTTP/1.0\r\n{head}\r\n".encode())
        assert sock.recv(15) == b"HTTP/1.0 200 OK"
        with pytest.raises(ConnectionResetError):
            any(iter(lambda: not sock.recv(1 << 16), True))
    assert_serves(server)
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values"])
def test_a_broken_answer_says_so_in_its_last_line(server, accept):
    status, got, broken = stream(server, ENDLESS, accept)
    assert status == 200
    assert broken
    last = got.decode().rstrip("\n").rpartition("\n")[2]
    assert last.startswith("# ERROR: this result is incomplete: the query ran longer than 2 s")
    assert len(got) > 1_000_000


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_a_broken_answer_is_not_valid(server, accept):
    status, got, broken = stream(server, ENDLESS, accept)
    assert status == 200
    assert broken
    assert got.startswith((b"{", b"<?xml"))
    assert not got.rstrip().endswith((b"]}}", b"</sparql>"))


def test_usual_clients_see_the_break(server):
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(server, ENDLESS)


def test_a_broken_answer_is_broken_in_compression_too(server):
    _, got, broken = stream(server, ENDLESS, "text/csv", "gzip")
    assert broken
    press = zlib.decompressobj(31)
    text = press.decompress(got)
    assert not press.eof
    assert b"# ERROR: this result is incomplete" in text[-300:]


# --- clients that go -----------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [CROSS, ENDLESS], ids=["before the first byte", "while it streams"])
def test_a_client_that_hangs_up_frees_its_worker(serve, tmp_path, query):
    file = tmp_path / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    server = serve("--rdf", file, "--workers", "1", KG_QUERY_TIMEOUT="600")
    where = urlsplit(server.url)
    for _ in range(6):  # more than there are places for long queries
        with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
            sock.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
    until_quiet(server)
    assert_serves(server)


# --- many at once --------------------------------------------------------------------------------------


def test_ten_runaways_at_once(server):
    """Small queries are answered beside them, or told promptly to come back."""
    statuses: list[int] = []
    unexplained: list[str] = []

    def runaway() -> None:
        response, _ = ask(server, CROSS)
        statuses.append(response.status_code)
        # Two seconds of this query can fill the memory that a worker may have: that has no Retry-After.
        told = "Retry-After" in response.headers or "too much memory" in response.text
        if response.status_code == 503 and not told:
            unexplained.append(response.text)

    threads = [threading.Thread(target=runaway) for _ in range(10)]
    for thread in threads:
        thread.start()
    answers = []
    while any(thread.is_alive() for thread in threads):
        response = get(server, f"ASK {{ <http://e/{len(answers)}> ?p ?o }}")
        answers.append(response.status_code)
        if response.status_code != 200:
            assert int(response.headers["Retry-After"]) > 0
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert sorted(set(statuses)) in ([503, 504], [504], [503])
    assert len(statuses) == 10
    assert unexplained == []
    assert answers.count(200) > 0.9 * len(answers)
    assert set(answers) <= {200, 429, 503}


def test_the_log_tells_what_became_of_queries(serve, tmp_path: Path):
    file = tmp_path / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    log = tmp_path / "queries.jsonl"
    server = serve("--rdf", file, KG_QUERY_LOG=str(log), KG_QUERY_TIMEOUT="1")
    ask(server, QUICK)
    ask(server, CROSS)
    ask(server, "SELEKT")
    get(server, "SELECT * { ?s ?p ?o } LIMIT 7")
    stream(server, ENDLESS, "text/csv")
    deadline = time.monotonic() + 5
    while len(lines := log.read_text().splitlines()) < 5 and time.monotonic() < deadline:
        time.sleep(0.1)
    records = [json.loads(line) for line in lines]
    assert [r["status"] for r in records] == [200, 504, 400, 200, 504]
    assert [r["outcome"] for r in records][:3] == ["answered", "timed out", "bad query"]
    assert records[3]["rows"] == 7
    assert records[1]["seconds"] >= 1
    assert not any("127.0.0.1" in line for line in lines)
