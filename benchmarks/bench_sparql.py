"""``make bench-sparql``: our endpoint beside ``oxigraph serve``, on the same store, in one run.

Both serve at the same time and take turns under load, so that whatever else the machine does meets both.
Queries are never the same twice, except for "repeated", which is what the result cache is for.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.serving import E, build, ours, oxigraph, wrk

JSON = "application/sparql-results+json"
ROWS = f"SELECT ?a ?h ?d {{ ?a <{E}date> ?d ; <{E}headline> ?h }} LIMIT"
# name, query, connections, ratio that we want to reach
CASES = (
    ("ASK", f"ASK {{ <{E}article/%d> <{E}type> ?t }}", 16, 0.25),
    ("100 rows", f"{ROWS} 100 OFFSET 0 #%d", 16, 0.9),
    ("100,000 rows", f"{ROWS} 100000 #%d", 2, 1.0),
    ("100 rows, repeated", f"{ROWS} 100", 16, 10.0),
)


def rdflib_seconds(triples: int) -> dict[str, float]:
    """What rdflib alone takes in process, without any server before it, for the same queries."""
    import random

    import rdflib

    from benchmarks.serving import article

    rng = random.Random(1946)
    graph = rdflib.Graph()
    graph.parse(data="".join(article(n, rng) for n in range(triples // 40)), format="nt")
    seconds = {}
    for name, query, _, _ in CASES[:2]:
        times = []
        for n in range(10):
            began = time.perf_counter()
            result = graph.query(query.replace("%d", str(n)))
            _ = result.askAnswer if result.type == "ASK" else list(result)
            times.append(time.perf_counter() - began)
        seconds[name] = statistics.median(times)
    return seconds


def main() -> None:
    """Print a table: requests a second of both, their ratio, and the ratio wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=5, help="of load, a round and case")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rdflib", type=int, metavar="TRIPLES", help="also measure rdflib over so many")
    parser.add_argument("--keep", type=Path, help="folder to keep the store in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-sparql-") as temporary:
        folder = given.keep or Path(temporary)
        store = folder / f"store-{given.triples}"
        build(store, given.triples)
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name, *_ in CASES}
        with oxigraph(store) as theirs, ours(store) as mine:
            for _ in range(given.rounds):
                for name, query, connections, _ in CASES:
                    seconds = given.seconds * (8 if connections < 4 else 1)  # few answers, each long
                    load = {"seconds": seconds, "connections": connections, "accept": JSON}
                    pair = [wrk(url, query, Path(temporary), **load) for url in (theirs, mine)]
                    measured[name].append((pair[0], pair[1]))
    print(f"{given.triples:,} triples; requests a second, medians of {given.rounds} rounds")
    print(f"{'':20} {'oxigraph':>10} {'ours':>10} {'ratio':>7} {'wanted':>7}")
    for name, _, _, wanted in CASES:
        theirs_, mine_ = (statistics.median(m[k] for m in measured[name]) for k in (0, 1))
        print(f"{name:20} {theirs_:10,.1f} {mine_:10,.1f} {mine_ / theirs_:7.2f} {wanted:7.2f}")
    if given.rdflib:
        for name, seconds in rdflib_seconds(given.rdflib).items():
            mine_ = statistics.median(m[1] for m in measured[name])
            print(
                f"rdflib in process, {name}: {1 / seconds:,.1f} a second; ours {mine_ * seconds:,.0f} times"
            )


if __name__ == "__main__":
    main()
