"""How soon queries end at their limit, and how small ones fare beside ten runaways."""

from __future__ import annotations

import argparse
import http.client
import statistics
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.serving import E, build, ours

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
QUERIES = {
    "cross product": CROSS,
    "property path": f"SELECT (COUNT(*) AS ?n) {{ ?a (<{E}mentions>|^<{E}mentions>)* ?b }}",
    "order by": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a LIMIT 10",
    "500 patterns": "SELECT * { " + " . ".join(f"?x{n} ?p{n} ?x{n + 1}" for n in range(500)) + " }",
    "3,000 groups": "SELECT * " + "{" * 3000 + "}" * 3000,
    "endless rows": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}
RUNAWAYS = 10


def ask(url: str, query: str) -> tuple[int, float]:
    """Status (0: broken off while rows came) and seconds."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=120)
    began = time.perf_counter()
    headers = {"Content-Type": "application/sparql-query"}
    connection.request("POST", f"{where.path}?{where.query}", body=query, headers=headers)
    response = connection.getresponse()
    status = response.status
    try:
        while response.read1(1 << 18):
            pass
    except http.client.IncompleteRead:
        status = 0
    connection.close()
    return status, time.perf_counter() - began


def main() -> None:
    """Print the time each runaway takes to its end, and the latencies of small queries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=3.0, help="seconds that a query of each kind may run")
    parser.add_argument("--beside", type=float, default=10.0, help="seconds that the ten runaways run")
    parser.add_argument("--keep", type=Path, help="folder to keep the store in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-killing-") as temporary:
        store = (given.keep or Path(temporary)) / f"store-{given.triples}"
        build(store, given.triples)
        with ours(store, KG_QUERY_TIMEOUT=str(max(given.limit, given.beside))) as url:
            print(f"limit {given.limit:g} s, {given.triples:,} triples")
            for name, query in QUERIES.items():
                status, seconds = ask(f"{url}?timeout={given.limit}", query)
                print(f"{name:16} status {status or 'broken off':>10} after {seconds:6.2f} s")
            beside(f"{url}?timeout={given.beside}")


def beside(url: str) -> None:
    """Small queries while ten runaways are running, each until its limit or until it is told 503."""
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(ask(url, CROSS)[0])) for _ in range(RUNAWAYS)]
    for thread in threads:
        thread.start()
    times: list[float] = []
    refused = 0
    n = 0
    while any(thread.is_alive() for thread in threads):
        n += 1
        status, seconds = ask(url, f"ASK {{ <{E}article/{n}> <{E}type> ?t }}")
        times.append(seconds)
        refused += status != 200
        time.sleep(0.005)
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print(f"beside {RUNAWAYS} runaways {sorted(statuses)}: {len(times)} small queries, {refused} refused,")
    print(f"  p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, longest {max(times) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
