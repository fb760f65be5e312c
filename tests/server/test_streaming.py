"""Large answers: they begin before they are computed, take no memory, and go compressed."""

from __future__ import annotations

import gzip
import http.client
import io
import threading
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import zstandard

from tests.server.conftest import descendants

ROWS = 1_000_000
MILLION = f"SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS}"


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    file = tmp_path_factory.mktemp("streaming") / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(1100)))
    return serve("--rdf", file, "--workers", "1", KG_QUERY_TIMEOUT="120")


def open_stream(server, query, accept, encoding="identity"):
    where = urlsplit(server.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
    path = "/sparql?" + urlencode({"query": query})
    connection.request("GET", path, headers={"Accept": accept, "Accept-Encoding": encoding})
    return connection, connection.getresponse()


def resident(pid: int) -> int:
    """Bytes of memory that a process and all its descendants hold for themselves."""
    total = 0
    for one in (pid, *descendants(pid)):
        rollup = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) << 10 for line in rollup if line.startswith("Private_"))
    return total


@pytest.mark.slow
def test_a_million_rows_begin_at_once_and_take_no_memory(server):
    connection, response = open_stream(server, MILLION, "text/csv")
    first = response.read1(1 << 16)
    assert first.startswith(b"a,b,c,d,e,f\r\n")
    # The worker is still at it: it cannot be further than what the buffers between us hold.
    metrics = requests.get(server.url + "metrics", timeout=30).text
    assert "dateline_query_rows_total 0.0" in metrics
    before = resident(server.pid)
    most = before
    lines = first.count(b"\n")
    size = 0
    while chunk := response.read1(1 << 18):
        lines += chunk.count(b"\n")
        size += len(chunk)
        if size > 8 << 20:
            most, size = max(most, resident(server.pid)), 0
    connection.close()
    assert lines == ROWS + 1
    assert most - before < 40 << 20


@pytest.mark.parametrize(
    ("encoding", "opened"),
    [("gzip", lambda r: gzip.GzipFile(fileobj=r)), ("zstd", lambda r: zstandard.open(r, "rb"))],
)
def test_compressed_streams(server, encoding, opened):
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 100000"
    connection, response = open_stream(server, query, "text/csv", encoding)
    assert response.headers["Content-Encoding"] == encoding
    raw = response.read()
    connection.close()
    text = opened(io.BytesIO(raw)).read()
    assert text.count(b"\n") == 100_001
    assert len(raw) < len(text) / 5


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "gzip;q=0, zstd", "*", "br"])
def test_compressed_small_answers(server, encoding):
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 50"
    plain, packed = (open_stream(server, query, "text/csv", e) for e in ("identity", encoding))
    body = packed[1].read()
    chosen = packed[1].headers.get("Content-Encoding")
    assert chosen == {"gzip": "gzip", "zstd": "zstd", "gzip;q=0, zstd": "zstd"}.get(encoding)
    if chosen == "gzip":
        body = gzip.decompress(body)
    elif chosen == "zstd":
        body = zstandard.decompress(body, max_output_size=1 << 20)
    assert body == plain[1].read()
    assert "Accept-Encoding" in packed[1].headers["Vary"]
    for connection, _ in (plain, packed):
        connection.close()


@pytest.mark.parametrize("accept", ["application/n-triples", "text/turtle", "application/rdf+xml"])
def test_large_graphs_stream(server, accept):
    query = "CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f FILTER(?d != ?a) }"
    connection, response = open_stream(server, query, accept)
    assert response.status == 200
    assert len(response.read1(1 << 16)) > 0
    connection.close()


def test_slow_readers_do_not_hold_up_others(server):
    """More readers who do not read than there are places for long queries."""
    streams = [open_stream(server, MILLION, "text/csv") for _ in range(6)]
    for _, response in streams:
        assert response.read1(100)
    time.sleep(2)  # answers that are read for a second count as downloads, and need no place any more
    answers: list[int] = []

    def count() -> None:
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c < ?f) }"
        answers.append(requests.get(server.url + "sparql", params={"query": query}, timeout=60).status_code)

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(20):
        query = f"ASK {{ <http://e/{n}> ?p ?o }}"
        assert requests.get(server.url + "sparql", params={"query": query}, timeout=30).json()["boolean"]
    for thread in threads:
        thread.join()
    for connection, _ in streams:
        connection.close()
    assert answers == [200, 200]
