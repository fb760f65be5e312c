"""Dumps: how fast they are written beside ``oxigraph dump | pigz``, and what downloads cost those who query.

    python -m benchmarks.bench_dumps                    builds a graph of 6,000 articles, then measures
    python -m benchmarks.bench_dumps --data DIR         measures a release that is there

Rates are triples a second of wall time, the best of several runs taken by turns, so that whatever else the
machine does weighs on all alike; on a busy machine CPU time is the better measure.  ``pigz`` and
``oxigraph`` (its command line) must be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

from benchmarks.generate import write_jsonl
from kg.dumps.reading import read_lines
from kg.dumps.writing import DumpWriter
from kg.resources import ontology_dir
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.releases import Release, Releases

BIN = Path(sys.executable).parent
QUERY = """SELECT ?a ?d {{ ?a a schema:NewsArticle ; schema:datePublished ?d
 FILTER(?d > "{0:04}-01-01"^^xsd:date) }} LIMIT 100"""
PREFIXES = "PREFIX schema: <https://schema.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "


def best(runs: int, *works: Callable[[], None]) -> list[tuple[float, float]]:
    """The shortest wall time and CPU time (of all processes) of each, run by turns."""
    times: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(runs):
        for taken, work in zip(times, works, strict=True):
            started, before = time.perf_counter(), sum(os.times()[:4])
            work()
            taken.append((time.perf_counter() - started, sum(os.times()[:4]) - before))
    return [(min(wall for wall, _ in taken), min(cpu for _, cpu in taken)) for taken in times]


def ours(release: Release, products: tuple[str, ...], target: Path) -> None:
    """Write the dumps of a release from what a build has at hand."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copyfile(release.dumps / "shared.nt.zst", target / "shared.nt.zst")
    archive = Archive(release.articles)
    out = DumpWriter(target, Settings(dump_products=products, base=release.manifest.base))
    shared = target / "shared.nt.zst"
    out.articles(archive, shared)
    out.shared(shared, ontology_dir() / "dateline.ttl", archive, sum(map(len, read_lines(shared))))
    out.dataset((release.dumps / "dataset.nt").read_bytes())
    out.close()
    archive.close()


def theirs(release: Release, target: Path) -> None:
    """``oxigraph dump | pigz``."""
    dump = [BIN / "oxigraph", "dump", "--location", release.store, "--graph", "default", "--format", "nt"]
    with target.open("wb") as out:
        first = subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        subprocess.run(["pigz", "-c"], stdin=first.stdout, stdout=out, check=True)
        if first.wait() != 0:
            raise SystemExit("oxigraph dump failed")


def writing(release: Release, folder: Path, runs: int) -> dict[str, object]:
    """Rates of writing."""
    target = folder / "dumps"
    every = Settings().dump_products
    taken = best(
        runs,
        lambda: theirs(release, folder / "theirs.nt.gz"),
        lambda: ours(release, ("gzip",), target),
        lambda: ours(release, every, target),
    )
    triples = release.manifest.triples
    names = ("oxigraph dump | pigz", "graph and years, zstd and gzip", "everything")
    rates = {n: round(triples / wall) for n, (wall, _) in zip(names, taken, strict=True)}
    compared = {n: round(taken[0][0] / wall, 2) for n, (wall, _) in zip(names, taken, strict=True)}
    cpu = {n: round(seconds / triples * 1e6, 1) for n, (_, seconds) in zip(names, taken, strict=True)}
    sizes = {p.name: p.stat().st_size for p in target.iterdir() if p.name.startswith("graph.")}
    return {
        "triples": triples,
        "triples a second": rates,
        "times oxigraph's speed": compared,
        "CPU microseconds a triple": cpu,
        "bytes": {**sizes, "theirs.nt.gz": (folder / "theirs.nt.gz").stat().st_size,
                  "all files": sum(p.stat().st_size for p in target.iterdir())},
    }  # fmt: skip


class Serving:
    """A server for the measurement."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        command = [BIN / "kg", "--data", data, "serve", "--port", str(port)]
        self._process = subprocess.Popen(
            command, env={**os.environ, "KG_RATE_LIMIT": "0"}, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                if requests.get(self.url + "healthz", timeout=5).ok:
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.1)
        raise SystemExit("the server did not start")

    def close(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def queries(url: str, seconds: float, start: int) -> dict[str, float]:
    """Ask one query after the other, none of them asked before; milliseconds and rate."""
    taken = []
    with requests.Session() as session:
        until = time.perf_counter() + seconds
        number = start
        while time.perf_counter() < until:
            number += 1
            text = f"{PREFIXES}{QUERY.format(1900 + number % 40)} # {number}"
            begun = time.perf_counter()
            session.get(
                url + "sparql", params={"query": text, "format": "json"}, timeout=60
            ).raise_for_status()
            taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    return {
        "a second": round(len(taken) / seconds, 1),
        "p50 ms": round(statistics.median(taken), 1),
        "p95 ms": round(taken[int(len(taken) * 0.95)], 1),
    }


def downloading(data: Path, release: Release, seconds: float, rate: str) -> dict[str, object]:
    """Queries alone, then beside ten downloads that go on all the while at `rate` each (curl's notation)."""
    server = Serving(data)
    try:
        queries(server.url, 1, 0)
        out: dict[str, object] = {"alone": queries(server.url, seconds, 100_000)}
        stop = threading.Event()
        fetched = [0] * 10

        def download(place: int) -> None:
            address = f"{server.url}dumps/{release.id}/graph.nt.gz"
            while not stop.is_set():
                command = ["curl", "-sS", "--limit-rate", rate, "--max-time", "5", "-o", os.devnull]
                command += ["-w", "%{size_download}", address]
                done = subprocess.run(command, capture_output=True, check=False)
                fetched[place] += int(done.stdout or 0)

        threads = [threading.Thread(target=download, args=(i,)) for i in range(10)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        begun = time.perf_counter()
        out["beside ten downloads"] = queries(server.url, seconds, 200_000)
        stop.set()
        for thread in threads:
            thread.join()
        out["MB a second downloaded"] = round(sum(fetched) / (time.perf_counter() - begun + 0.5) / 1e6, 1)
        out["alone again"] = queries(server.url, seconds, 300_000)
        return out
    finally:
        server.close()


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="data directory with a release; without it one is made")
    parser.add_argument("--articles", type=int, default=6000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement of queries")
    parser.add_argument("--rate", default="5M", help="bytes a second of each of ten downloads")
    options = parser.parse_args()
    for needed in ("pigz", "curl"):
        if shutil.which(needed) is None:
            raise SystemExit(f"{needed} is not installed")
    with tempfile.TemporaryDirectory(prefix="bench-dumps-") as scratch:
        folder = Path(scratch)
        data = options.data
        if data is None:
            data = folder / "data"
            write_jsonl(folder / "articles.jsonl", options.articles)
            subprocess.run([BIN / "kg", "--data", data, "build", folder / "articles.jsonl"], check=True)
        release = Releases(data).require()
        print(json.dumps(writing(release, folder, options.runs), indent=1), flush=True)
        print(json.dumps(downloading(data, release, options.seconds, options.rate), indent=1))


if __name__ == "__main__":
    main()
