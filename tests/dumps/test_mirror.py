"""``kg mirror`` over real HTTP: a first copy, following along, interruptions, damage."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kg.dumps.fetching import Fetcher, FetchError
from kg.dumps.mirroring import Mirror
from kg.errors import ReleaseError
from kg.store.manifest import differences
from kg.store.oxigraph import OxigraphEngine
from kg.store.releases import Release, Releases
from tests.dumps.conftest import Archive
from tests.dumps.test_files import store_lines
from tests.server.conftest import Server, metrics_with, start

KG = [sys.executable, "-m", "kg"]


class Line:
    """A line to a server that can be cut: it forwards bytes, and hangs up after `budget` of them."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
        self._server = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.budget: int | None = None
        self.cuts = 0
        self.change: Callable[[bytes], bytes] = lambda data: data
        self.requests: list[bytes] = []
        self.rate: int | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            up = threading.Thread(target=self._up, args=(client, server), daemon=True)
            up.start()
            sent = 0
            while data := _receive(server):
                data = self.change(data)
                if self.budget is not None and sent + len(data) > self.budget:
                    client.sendall(data[: self.budget - sent])
                    self.cuts += 1
                    break
                try:
                    client.sendall(data)
                except OSError:
                    break
                sent += len(data)
                if self.rate:
                    time.sleep(len(data) / self.rate)
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            up.join(5)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        while data := _receive(client):
            self.requests.append(data)
            try:
                server.sendall(data)
            except OSError:
                return

    def close(self) -> None:
        self._listener.close()


def _receive(end: socket.socket) -> bytes:
    try:
        return end.recv(16384)
    except OSError:
        return b""


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    found = Line(server.url)
    yield found
    found.close()


def fetcher(url: str) -> Fetcher:
    return Fetcher(url, user_agent="test", timeout=10, sleep=lambda _: None)


def assert_copy(copy: Path, original: Release, *, only: str | None = None) -> None:
    release = Releases(copy).require()
    assert release.id == original.id
    assert differences(release.path, release.manifest) == []
    assert set(store_lines(release)) == set(store_lines(original))
    for path in release.dumps.iterdir():
        assert path.read_bytes() == (original.dumps / path.name).read_bytes(), path.name
    if only is None:
        assert {p.name for p in release.dumps.iterdir()} == {p.name for p in original.dumps.iterdir()}
    assert not list((copy / "downloads").iterdir())


def test_a_copy_is_whole_and_can_be_asked(server: Server, archive: Archive, tmp_path: Path):
    done = subprocess.run(
        [*KG, "--data", tmp_path, "mirror", server.url], capture_output=True, text=True, check=True
    )
    assert archive.new.id in done.stdout
    assert_copy(tmp_path, archive.new)
    query = "SELECT (COUNT(*) AS ?n) { ?a a schema:NewsArticle }"
    command = [*KG, "--data", tmp_path, "query", query, "-f", "csv"]
    asked = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = pq.read_metadata(archive.new.dumps / "articles.parquet").num_rows
    assert asked.stdout.split() == ["n", str(rows)]
    again = subprocess.run(
        [*KG, "--data", tmp_path, "mirror", server.url], capture_output=True, text=True, check=True
    )
    assert "current" in again.stdout
    updated = subprocess.run([*KG, "--data", tmp_path, "update"], capture_output=True, text=True, check=False)
    assert updated.returncode == 5
    assert "is a mirror" in updated.stderr


@pytest.fixture
def following(archive: Archive, tmp_path: Path) -> Iterator[tuple[Server, Releases]]:
    """A server that publishes the older release, and its releases."""
    data = tmp_path / "served"
    shutil.copytree(archive.settings.data, data, symlinks=True)
    releases = Releases(data)
    releases.republish(archive.old.id)
    running = start(tmp_path / "log.txt", "--data", data)
    yield running, releases
    running.stop()


def await_switch(server: Server, archive: Archive) -> None:
    """Until each process of the server serves the newer release: it looks once a second."""
    both = {archive.old.id: 0, archive.new.id: 1}
    metrics_with(server.url, *(f'release_info{{release="{id}"}} {n}.0' for id, n in both.items()))


def test_a_copy_follows_by_changes_and_fetches_only_what_differs(
    following: tuple[Server, Releases], archive: Archive, tmp_path: Path
):
    server, releases = following
    copy = tmp_path / "copy"
    first = Mirror(copy, fetcher(server.url)).update()
    assert (first.release, first.how, first.linked) == (archive.old.id, "graph", 0)
    releases.republish(archive.new.id)
    await_switch(server, archive)
    second = Mirror(copy, fetcher(server.url)).update()
    assert (second.release, second.how) == (archive.new.id, "changes")
    assert second.linked > 4
    assert second.received < first.received
    assert_copy(copy, archive.new)
    mine = Releases(copy).require()
    assert (mine.dumps / "articles-1946.nt.gz").samefile(
        copy / "releases" / archive.old.id / "dumps" / "articles-1946.nt.gz"
    )


def test_where_the_older_release_is_gone_the_graph_is_loaded(
    following: tuple[Server, Releases], archive: Archive, tmp_path: Path
):
    server, releases = following
    copy = tmp_path / "copy"
    Mirror(copy, fetcher(server.url), only=["SHA256SUMS"]).update()
    releases.republish(archive.new.id)
    shutil.rmtree(releases.data / "releases" / archive.old.id)
    shutil.rmtree(releases.data / "changes", ignore_errors=True)
    await_switch(server, archive)
    report = Mirror(copy, fetcher(server.url), only=["SHA256SUMS"]).update()
    assert (report.release, report.how) == (archive.new.id, "graph")
    assert_copy(copy, archive.new, only="SHA256SUMS")


def test_a_line_that_breaks_again_and_again_costs_no_byte_twice(line: Line, archive: Archive, tmp_path: Path):
    line.budget = 40_000  # less than the files
    mirror = Mirror(tmp_path, fetcher(line.url), only=["graph.nt.gz"])
    report = mirror.update()
    assert line.cuts > 2
    assert any(b"Range: bytes=" in r and b"If-Range:" in r for r in line.requests)
    sizes = sum((archive.new.dumps / n).stat().st_size for n in ("graph.nt.gz", "graph.nt.zst"))
    assert report.received == sizes
    assert_copy(tmp_path, archive.new, only="graph.nt.gz")


def test_a_run_that_is_killed_goes_on_where_it_stopped(line: Line, archive: Archive, tmp_path: Path):
    line.rate = 200_000  # bytes a second
    command = [*KG, "--data", tmp_path, "mirror", line.url, "--only", "graph.nt.gz"]
    process = subprocess.Popen(command)
    part = tmp_path / "downloads" / archive.new.id / "graph.nt.gz.part"
    until = time.monotonic() + 30
    while time.monotonic() < until and not (part.exists() and part.stat().st_size > 20_000):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    there = part.stat().st_size
    assert Releases(tmp_path).current() is None
    line.rate = None
    line.requests.clear()
    subprocess.run(command, check=True, capture_output=True)
    assert any(f"Range: bytes={there}-".encode() in r for r in line.requests)
    assert_copy(tmp_path, archive.new, only="graph.nt.gz")


def test_damaged_bytes_are_found(line: Line, tmp_path: Path):
    line.change = lambda data: data.replace(b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfe")  # zstd's first bytes
    with pytest.raises(FetchError, match="not those that the server announced"):
        Mirror(tmp_path, fetcher(line.url), only=["graph.nt.zst"]).update()
    assert Releases(tmp_path).current() is None
    line.change = lambda data: data
    Mirror(tmp_path, fetcher(line.url), only=["graph.nt.zst"]).update()
    assert Releases(tmp_path).current() is not None


def test_a_beginning_of_another_file_is_not_built_upon(line: Line, archive: Archive, tmp_path: Path):
    part = tmp_path / "downloads" / archive.new.id / "graph.nt.zst.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 1000)
    Mirror(tmp_path, fetcher(line.url), only=["graph.nt.zst"]).update()
    assert_copy(tmp_path, archive.new, only="graph.nt.zst")


def test_without_a_store_nothing_but_the_files_is_kept(server: Server, tmp_path: Path):
    report = Mirror(tmp_path, fetcher(server.url), only=["*.parquet"], store=False).update()
    release = Releases(tmp_path).require()
    assert report.how == "none"
    assert {p.suffix for p in release.dumps.iterdir()} == {".parquet"}
    assert not release.store.exists()


def test_what_a_copy_lacks_of_its_release_is_fetched_later(server: Server, archive: Archive, tmp_path: Path):
    """Other files are wanted than before; the server had not made all; a run was ended before the end."""
    first = Mirror(tmp_path, fetcher(server.url), only=["*.parquet"], store=False)
    tables = first.update().fetched
    report = Mirror(tmp_path, fetcher(server.url)).update()
    assert (report.changed, report.linked) == (True, tables)
    assert_copy(tmp_path, archive.new)
    assert not first.update().changed  # nothing that it has is taken away
    (tmp_path / "current").unlink()
    assert Mirror(tmp_path, fetcher(server.url)).update().changed
    assert_copy(tmp_path, archive.new)


def test_releases_that_were_built_here_are_not_touched(server: Server, archive: Archive):
    with pytest.raises(ReleaseError, match="was built there"):
        Mirror(archive.settings.data, fetcher(server.url)).update()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9/", "http://127.0.0.1:9/ cannot be fetched from, .*: Connection refused; "),
        ("{server}nothing/", "nothing/.* HTTP 404; "),
    ],
)
def test_what_is_no_server_is_said_to_be_none(server: Server, tmp_path: Path, address: str, said: str):
    with pytest.raises(FetchError, match=said):
        Mirror(tmp_path, fetcher(address.format(server=server.url))).update()


def test_file_names_that_lead_elsewhere_are_refused(line: Line, tmp_path: Path):
    line.change = lambda data: data.replace(b'"name":"graph.nt.gz"', b'"name":"../../nt.gz"')
    with pytest.raises(FetchError, match="leads elsewhere"):
        Mirror(tmp_path, fetcher(line.url)).update()


def test_a_store_of_the_copy_has_the_triples_that_were_announced(
    server: Server, archive: Archive, tmp_path: Path
):
    Mirror(tmp_path, fetcher(server.url), only=["graph.nt.zst"]).update()
    engine = OxigraphEngine(Releases(tmp_path).require().store)
    assert len(engine) == archive.new.manifest.triples
    engine.close()
