"""The server as its operator sees it: health, metrics, new releases under load, an orderly end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests
from werkzeug.test import EnvironBuilder

from kg import allocator
from kg.settings import Settings
from kg.store.releases import Releases
from server.app import create_app
from server.errors import HttpError
from tests.server.conftest import KG, ROOT, children, descendants, kg, metrics_with

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def data(release_data, tmp_path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(release_data, copy, symlinks=True)
    return copy


def count(url: str, session: requests.Session | None = None) -> requests.Response:
    ask = session or requests
    return ask.get(url + "sparql", params={"query": COUNT, "format": "csv"}, timeout=30)


def test_health_and_readiness(server_url):
    assert requests.get(server_url + "healthz", timeout=30).json()["status"] == "ok"
    ready = requests.get(server_url + "readyz", timeout=30)
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert ready.json()["release"]


def test_metrics(server_url):
    count(server_url)
    requests.get(server_url + "sparql", params={"query": "SELEKT"}, timeout=30)
    metrics_with(
        server_url,
        'dateline_query_seconds_bucket{le="0.1"}',
        'dateline_queries_total{cached="false",status="200"}',
        'dateline_queries_total{cached="false",status="400"}',
        'dateline_query_workers{state="idle"}',
        'dateline_query_workers{state="long"}',
        'dateline_result_cache{what="bytes"}',
        'dateline_query_workers_total{what="died"}',
        'dateline_release_info{release="',
        "dateline_query_rows_total",
        "dateline_query_bytes_total",
    )


def test_metrics_of_what_is_no_query(server_url):
    for path in (
        "entities",
        "api/entities",
        "static/dateline.css",
        "nowhere",
        "dumps/",
        "healthz",
        "entity/Q956.ttl",
    ):
        requests.get(server_url + path, timeout=30)
    told = metrics_with(
        server_url,
        'dateline_requests_total{face="pages",status="200"}',
        'dateline_requests_total{face="api",status="200"}',
        'dateline_requests_total{face="static",status="200"}',
        'dateline_requests_total{face="dumps",status="200"}',
        'dateline_requests_total{face="data",status="200"}',
        'dateline_requests_total{face="other",status="404"}',
        'dateline_request_seconds_bucket{face="pages",le="+Inf"}',
    )
    assert 'face="health"' not in told


@pytest.mark.slow
def test_a_new_release_under_load_fails_no_request(serve, data):
    """Requests go on while a release is published, and see the new one soon."""
    server = serve("--data", data, KG_BASE="http://127.0.0.1:8000/")
    before = count(server.url)
    old = before.headers["X-Release"]
    statuses: list[int] = []
    releases: set[str] = set()
    wrong: list[str] = []
    stop = threading.Event()

    def load(paths: list[str]) -> None:
        with requests.Session() as session:
            n = 0
            while not stop.is_set():
                n += 1
                path = paths[n % len(paths)]
                try:
                    response = session.get(server.url + path.replace("{n}", str(n)), timeout=30)
                except requests.RequestException as e:
                    wrong.append(repr(e))
                    continue
                statuses.append(response.status_code)
                if response.status_code != 200:
                    wrong.append(f"{path} {response.status_code} {response.text[:200]}")
                if "X-Release" in response.headers:
                    releases.add(response.headers["X-Release"])

    queries = ["sparql?format=json&query=ASK%7B%3Fs%20%3Fp%20{n}%7D", "sparql?format=csv&query=" + COUNT]
    threads = [threading.Thread(target=load, args=(queries,)) for _ in range(3)]
    threads.append(threading.Thread(target=load, args=(["healthz", "sparql", "dumps/"],)))
    for thread in threads:
        thread.start()
    time.sleep(1)
    article = data.parent / "new.txt"
    shutil.copy(next((ROOT / "samples").rglob("*.txt")), article)
    article.write_text(article.read_text(encoding="utf-8") + "\n河内的一句新话。\n", encoding="utf-8")
    kg("--data", data, "build", ROOT / "samples", article)
    current = Releases(data).require().id
    deadline = time.monotonic() + 20
    while current not in releases and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join()
    assert current != old
    assert wrong == []
    assert releases == {old, current}
    assert len(statuses) > 50
    after = count(server.url)
    assert after.headers["X-Release"] == current
    assert after.headers["ETag"] != before.headers["ETag"]


@pytest.mark.slow
def test_reloading_the_code_under_load_fails_no_request(serve, data):
    """SIGHUP starts fresh web workers; the old ones finish what they have begun."""
    server = serve("--data", data, KG_BASE="http://127.0.0.1:8000/")
    wrong: list[str] = []
    answered: list[int] = []
    stop = threading.Event()

    def load() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            query = f"ASK {{ ?s ?p {n} }}"
            try:
                response = requests.get(server.url + "sparql", params={"query": query}, timeout=30)
            except requests.RequestException as e:
                wrong.append(repr(e))
                continue
            answered.append(response.status_code)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    os.kill(server.pid, signal.SIGHUP)
    time.sleep(4)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert set(answered) == {200}


def test_an_orderly_end_leaves_nothing_behind(serve, tmp_path):
    file = tmp_path / "a.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .")
    server = serve("--rdf", file, TMPDIR=str(tmp_path))
    assert count(server.url).text.split() == ["n", "1"]
    started = descendants(server.pid)
    assert len(started) >= 4
    assert [p.name for p in tmp_path.glob("dateline-*")]
    server.stop()
    assert server.process.returncode == 0
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in started if alive(pid)]
    assert list(tmp_path.glob("dateline-*")) == []


def test_a_killed_server_leaves_no_workers(serve, tmp_path):
    file = tmp_path / "a.ttl"
    file.touch()
    server = serve("--rdf", file, TMPDIR=str(tmp_path))
    started = descendants(server.pid)
    assert len(started) >= 4
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in started if alive(pid)]


def alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
    except OSError:
        return False
    return not status.startswith("Z")


def test_a_killed_forking_process_is_replaced(serve, tmp_path):
    file = tmp_path / "a.ttl"
    file.touch()
    server = serve("--rdf", file, "--workers", "1")
    count(server.url)
    (web,) = children(server.pid)
    (zygote,) = children(web)
    os.kill(zygote, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        response = requests.get(server.url + "sparql", params={"query": "ASK {}"}, timeout=30)
        if response.status_code == 200:
            return
        assert response.status_code == 503
        time.sleep(0.1)
    raise AssertionError(response.text)


def serve_in_vain(**environ: object) -> str:
    """What ``kg serve`` says that cannot start: one line, before anything is served."""
    done = subprocess.run(
        [KG, "serve", "--port", "0"], cwd=ROOT, env={**os.environ, **{k: str(v) for k, v in environ.items()}},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_what_cannot_start_says_why(data, tmp_path):
    assert "kg build" in serve_in_vain(KG_DATA=tmp_path / "none")
    log = tmp_path / "absent" / "log.jsonl"
    assert f"query_log = '{log}': No such file" in serve_in_vain(KG_DATA=data, KG_QUERY_LOG=log)
    archive = Releases(data).require().articles
    archive.parent.chmod(0o755)
    archive.chmod(0o644)
    with contextlib.closing(sqlite3.connect(archive)) as db, db:
        db.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
    assert "made by another version of the code; run kg build" in serve_in_vain(KG_DATA=data)


def test_the_log_is_json_lines(serve, tmp_path):
    file = tmp_path / "a.ttl"
    file.touch()
    log = tmp_path / "log.jsonl"
    server = serve("--rdf", file, "--workers", "1", KG_QUERY_LOG=str(log))
    requests.get(server.url + "sparql", params={"query": "ASK {\n}"}, headers={"Cookie": "a=b"}, timeout=30)
    (record,) = (json.loads(line) for line in log.read_text().splitlines())
    assert set(record) == {
        "when", "outcome", "status", "seconds", "rows", "bytes", "cached", "format", "query"
    }  # fmt: skip
    assert record["query"] == "ASK {\n}"
    requests.post(server.url + "sparql", data={"query": "ASK {} #" + "x" * 20_000}, timeout=30)
    record = json.loads(log.read_text().splitlines()[-1])
    assert (len(record["query"]), record["characters"]) == (10_000, 20_008)


def test_it_needs_no_home(serve, tmp_path):
    """As under systemd with ``ProtectHome``, or in a container that is read-only."""
    file = tmp_path / "a.ttl"
    file.touch()
    server = serve("--rdf", file, "--workers", "1", HOME="/dev/null")
    assert requests.get(server.url + "healthz", timeout=30).status_code == 200
    assert "ERROR" not in server.log.read_text()


def test_a_store_that_cannot_be_opened_is_told(data):
    """To those who ask, by a thread and by the event loop, which lives on."""
    for table in (data / "current" / "store").glob("*.sst"):
        table.unlink()
    app = create_app(Settings(data=data))
    answer = app.test_client().get("/sparql?query=ASK{?s+?p+?o}")
    assert (answer.status_code, answer.json["error"]) == (503, "the store cannot be opened")
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["why"]) == (503, "the store cannot be opened")
    endpoint = app.extensions["dateline.endpoint"]
    environ = EnvironBuilder(path="/sparql", query_string={"query": "ASK { ?s ?p ?o }"}).get_environ()
    with pytest.raises(HttpError, match="cannot be opened"):
        endpoint.line_up(endpoint.look(environ), print)
    app.extensions["dateline"].close()


@pytest.mark.skipif(not allocator.preloaded({}), reason="libtcmalloc-minimal4 is not installed")
def test_query_workers_have_the_better_allocator(serve, release_data):
    server = serve("--data", release_data)
    maps = [Path(f"/proc/{pid}/maps").read_text() for pid in descendants(server.pid)]
    assert maps
    assert all("libtcmalloc" in one for one in maps)
