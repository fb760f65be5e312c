"""How fast pages are on a release of 100,000 articles: every kind of page, hubs above all.

Each page is asked for many times over loopback, one request after the other, with nothing cached between
browser and server, and nothing remembered by the server unless asked for; then several clients read at once.
A page of which more than one in twenty takes longer than 150 ms fails.

    python -m benchmarks.bench_pages                          builds a release of 100,000 articles first
    python -m benchmarks.bench_pages --data DIR               measures the release there is
    python -m benchmarks.bench_pages --articles 10000 --json out.json
    python -m benchmarks.bench_pages --data DIR --remember    pages are made once, as they are by default
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from benchmarks.generate import write_jsonl
from kg.authority import open_authority
from kg.store.archive import Archive
from kg.store.releases import Releases
from kg.store.rows import Filters

ROOT = Path(__file__).parent.parent
KG = Path(sys.executable).with_name("kg")
LIMIT = 150.0  # milliseconds for one page in twenty
BATCH_LIMIT = 300.0  # milliseconds for 50 names to reconcile
ROUNDS = 60
TOGETHER, SECONDS = 4, 10.0
HTML = {"Accept": "text/html", "Accept-Language": "zh"}


@dataclass(frozen=True, slots=True)
class Result:
    """One kind of page, in milliseconds."""

    page: str
    n: int
    p50: float
    p95: float
    most: float
    kilobytes: float

    @property
    def slow(self) -> bool:
        return self.p95 > (BATCH_LIMIT if self.page.startswith("reconcile") else LIMIT)


def build(data: Path, articles: int) -> None:
    """A release of generated articles."""
    file = data.parent / "articles.jsonl"
    write_jsonl(file, articles)
    subprocess.run([KG, "--data", data, "build", file], check=True, cwd=ROOT)


@contextlib.contextmanager
def served(data: Path, remember: bool) -> Iterator[str]:
    """The address of a server over `data`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    unremembered = {} if remember else {"KG_RESULT_CACHE": "0"}
    process = subprocess.Popen(
        [KG, "--data", data, "serve", "--port", str(port)],
        env={**os.environ, "KG_RATE_LIMIT": "0", **unremembered},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{url}/readyz", timeout=5).ok:
                    break
            time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def pages(archive: Archive, rng: random.Random) -> dict[str, list[str]]:
    """Addresses by kind of page."""
    top = archive.top_entities(limit=3000)
    hubs, rare = top[:5], rng.sample(top[len(top) // 2 :], min(60, len(top) // 2))
    listed = list(archive.articles(limit=1000).articles)
    articles = rng.sample(listed, min(60, len(listed)))
    ids = [a.id for a in articles]
    years = [y for y, _ in archive.entity_years(hubs[0].id)]
    events = [e.event for e in archive.events(limit=200)[0]]
    deep = _deep(archive, hubs[0].id)
    first, second = hubs[0].id, hubs[1].id
    words = [e.label_zh for e in top[:40] if e.label_zh]
    return {
        "home": ["/"],
        "hub entity": [f"/page/entity/{e.id}" for e in hubs],
        "hub entity, a year": [f"/page/entity/{e.id}?year={y}" for e in hubs for y in years[::5]],
        "hub entity, far down": [f"/page/entity/{first}?after={deep}"],
        "rare entity": [f"/page/entity/{e.id}" for e in rare],
        "article": [f"/page/article/{i}" for i in ids],
        "issue": [f"/page/issue/{a.date}" for a in articles],
        "event": [f"/page/event/{e}" for e in rng.sample(events, min(60, len(events)))],
        "map": ["/map", "/map?what=events&from=1950&to=1955", "/map.json"],
        "timeline": ["/timeline", "/timeline?type=battle", f"/timeline?entity={first}&year=1954"],
        "calendar": [f"/issues?year={y}" for y in years],
        "all articles": ["/search", "/search?order=newest"],
        "hub as filter": [f"/search?entity={e.id}" for e in hubs],
        "hub in a year": [f"/search?entity={e.id}&year={y}" for e in hubs for y in years[::9]],
        "two hubs": [f"/search?entity={first}&entity={second}"],
        "narrowed": [
            f"/search?{narrow}"
            for narrow in (
                "kind=unit",
                "confidence=0.9",
                "role=dateline",
                "event_type=battle",
                "page=1&text_lang=zh",
                "agreement=conflict",
                f"entity={first}&event_type=battle",
                f"entity={second}&kind=place&since=1950-03-01",
            )
        ],
        "trends": [f"/trends?entity={first}&entity={second}&q={word}" for word in words[:10]],
        "search": [f"/search?q={w}" for w in words],
        **{
            f"search, {tab}": [
                *(f"/search/{tab}?q={w}" for w in words[:10]),
                f"/search/{tab}",
                f"/search/{tab}?entity={first}",
                f"/search/{tab}?entity={second}&since=1950-03-01",
                f"/search/{tab}?year={years[0]}",
            ]
            for tab in ("map", "years", "tops")
        },
        "completion": [f"/complete?q={w[:n]}" for w in words for n in (1, 2)],
        "data of a hub": [f"/data/entity/{e.id}.ttl" for e in hubs],
        "data of an article": [f"/data/article/{i}.jsonld" for i in ids],
        "REST list": ["/api/articles", f"/api/articles?entity={first}", "/api/entities", "/api/events"],
        "REST article": [f"/api/articles/{i}" for i in ids],
    }


def _deep(archive: Archive, entity: str) -> str:
    """The cursor of a page in the middle of a hub's list."""
    after = None
    for _ in range(15):
        page = archive.articles(Filters(entities=(entity,)), after=after, limit=1000)
        if page.next is None:
            break
        after = page.next
    return after or ""


def measure(name: str, ask: Callable[[int], requests.Response], rounds: int) -> Result:
    """Time `rounds` requests; the first one of each kind is not counted."""
    ask(0)
    times, sizes = [], []
    for n in range(rounds):
        start = time.perf_counter()
        answer = ask(n)
        times.append((time.perf_counter() - start) * 1000)
        answer.raise_for_status()
        sizes.append(len(answer.content))
    times.sort()
    return Result(
        name,
        rounds,
        round(statistics.median(times), 1),
        round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
        round(times[-1], 1),
        round(statistics.mean(sizes) / 1024, 1),
    )


def together(url: str, paths: list[str]) -> float:
    """Pages a second that several readers get at once."""
    end = time.monotonic() + SECONDS

    def read(reader: int) -> int:
        session, rng, done = requests.Session(), random.Random(reader), 0
        while time.monotonic() < end:
            session.get(url + rng.choice(paths), headers=HTML, timeout=60).raise_for_status()
            done += 1
        return done

    with ThreadPoolExecutor(TOGETHER) as readers:
        return sum(readers.map(read, range(TOGETHER))) / SECONDS


def run(data: Path, rounds: int, remember: bool) -> tuple[list[Result], float, int]:
    """All pages of the release in `data`."""
    archive = Archive(Releases(data).require().articles)
    rng = random.Random(1)
    kinds = pages(archive, rng)
    names = [i.label("zh") or i.id for i in rng.sample(list(open_authority().items("place")), 50)]
    batch = {
        "queries": json.dumps({f"q{n}": {"query": name, "type": "place"} for n, name in enumerate(names)})
    }
    session = requests.Session()
    results = []
    with served(data, remember) as url:
        for name, paths in kinds.items():
            results.append(
                measure(
                    name,
                    lambda n, paths=paths: session.get(url + paths[n % len(paths)], headers=HTML, timeout=60),
                    rounds,
                )
            )
            show(results[-1])
        results.append(
            measure(
                "reconcile 50 names",
                lambda _: session.post(f"{url}/reconcile", data=batch, timeout=60),
                rounds,
            )
        )
        show(results[-1])
        mixed = [
            p for name in ("hub entity", "article", "rare entity", "issue", "search") for p in kinds[name]
        ]
        rate = together(url, mixed)
    return results, rate, archive.statistics()["total"]["articles"]


def show(result: Result) -> None:
    mark = "  SLOW" if result.slow else ""
    times = f"{result.p50:8.1f} {result.p95:8.1f} {result.most:8.1f} ms"
    print(f"{result.page:24} {times} {result.kilobytes:8.1f} kB{mark}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="measure the release in this data directory")
    parser.add_argument("--articles", type=int, default=100_000, help="how many to generate without --data")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests for each kind of page")
    parser.add_argument("--remember", action="store_true", help="let the server remember whole pages")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-pages-") as folder:
        data = given.data
        if data is None:
            data = Path(folder) / "data"
            build(data, given.articles)
        print(f"{'page':24} {'p50':>8} {'p95':>8} {'most':>8}")
        results, rate, articles = run(data, given.rounds, given.remember)
    print(f"{articles:,} articles; {TOGETHER} readers at once get {rate:.0f} pages/s")
    if given.json:
        figures = {"articles": articles, "pages_a_second": rate, "pages": [asdict(r) for r in results]}
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 1 if any(r.slow for r in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
