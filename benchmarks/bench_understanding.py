"""What the understanding of an article costs: by stage, against length, and in memory over a long run.

    python -m benchmarks.bench_understanding ARTICLES… [--repeat 3] [--long N] [--lengths 10,100,1000]

ARTICLES are files, folders or archives as `kg build` takes them; each is measured as a set of its own.  One
process, one core, CPU seconds of that process (`time.process_time`).  Each article is measured `--repeat`
times and the quickest run counts.  *understanding* is the whole of `Understander.understand` (the stages
from *words* to *events*, and what lies between them); parsing, linking and writing stand beside it.
`--long N` converts articles of the first set again and again, N in all, and prints the resident memory at ten
points.  `--lengths` repeats the prose of the first set up to so many kilobytes: milliseconds a kilobyte must
stay level, else something is worse than linear.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.articles import parse, parsing, read_inputs
from kg.mentions import understander
from kg.model import Article, Body, RawArticle, Reject
from kg.pipeline.convert import Converter
from kg.settings import Settings

STAGES = {  # functions of kg.mentions.understander: what they are printed as
    "views": "words and known names",
    "find_datelines": "datelines",
    "openings": "datelines",
    "find_times": "times",
    "find_quantities": "quantities",
    "find_sources": "sources",
    "find_units": "units",
    "find_places": "places",
    "group": "grouping",
    "assemble": "dispatches",
    "find_events": "events",
}
SHOWN = ("parsing", "align", *dict.fromkeys(STAGES.values()), "understanding", "linking", "writing", "all")
LIMIT = 3.0  # milliseconds of understanding for the median article of a core


class Clock:
    """Adds up CPU seconds by stage; `watch` puts a clock around a function of a module."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def watch(self, module: Any, name: str, stage: str) -> None:
        plain: Callable[..., Any] = getattr(module, name)

        def timed(*given: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return plain(*given, **named)
            finally:
                self.spent[stage] += time.process_time() - start

        setattr(module, name, timed)

    def take(self) -> dict[str, float]:
        spent, self.spent = dict(self.spent), defaultdict(float)
        return spent


def read(path: Path) -> list[RawArticle]:
    return [r for r in read_inputs([path]) if not isinstance(r, Reject) and isinstance(parse(r), Article)]


def measure(raw: RawArticle, converter: Converter, clock: Clock) -> dict[str, float]:
    clock.take()
    start = time.process_time()
    article = parse(raw)
    parsed = time.process_time()
    assert isinstance(article, Article)
    found = converter.understander.understand(article)
    understood = time.process_time()
    linked = converter.linker.link(article, found)
    done = time.process_time()
    converter.writer.article(linked)
    end = time.process_time()
    return clock.take() | {
        "parsing": parsed - start,
        "understanding": understood - parsed,
        "linking": done - understood,
        "writing": end - done,
        "all": end - start,
    }


def quickest(runs: Iterable[dict[str, float]]) -> dict[str, float]:
    return min(runs, key=lambda r: r["all"])


def report(name: str, rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    table = {}
    print(f"\n{name}: {len(rows)} articles, milliseconds an article")
    print(f"  {'stage':24}{'median':>9}{'mean':>9}{'95 %':>9}")
    for stage in SHOWN:
        values = sorted(1000 * r.get(stage, 0.0) for r in rows)
        median, mean = statistics.median(values), statistics.fmean(values)
        high = values[min(len(values) - 1, int(0.95 * len(values)))]
        table[stage] = {"median": round(median, 3), "mean": round(mean, 3), "p95": round(high, 3)}
        print(f"  {stage:24}{median:9.3f}{mean:9.3f}{high:9.3f}")
    return table


def resident() -> float:
    """Megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def long_run(raws: Sequence[RawArticle], converter: Converter, articles: int) -> list[tuple[int, float]]:
    print(f"\nmemory over {articles} articles, megabytes resident")
    points, step, start = [], max(1, articles // 10), time.process_time()
    for number, raw in enumerate(itertools.islice(itertools.cycle(raws), articles), 1):
        article = parse(raw)
        assert isinstance(article, Article)
        converter.writer.article(converter.linker.link(article, converter.understander.understand(article)))
        if number % step == 0:
            points.append((number, round(resident(), 1)))
            print(f"  {number:8} {points[-1][1]:8.1f}", flush=True)
    print(f"  {articles / (time.process_time() - start):.0f} articles a second a core")
    return points


def lengthened(article: Article, prose: str, size: int) -> Article:
    """The article with a Chinese body of about `size` bytes, in paragraphs."""
    text = (prose * (size // len(prose.encode()) + 1)).encode()[:size].decode(errors="ignore")
    paragraphs, at = [], 0
    for line in text.split("\n"):
        paragraphs.append((at, at + len(line)))
        at += len(line) + 1
    zh = article.zh
    assert zh is not None
    return replace(article, zh=Body(zh.lang, text, tuple(paragraphs)), en=None, alignment=())


def lengths(raws: Sequence[RawArticle], converter: Converter, sizes: Sequence[int]) -> dict[int, float]:
    print("\ntime against length (one article, Chinese)")
    articles = [a for a in map(parse, raws) if isinstance(a, Article) and a.zh is not None]
    prose = "\n".join(a.zh.text for a in articles if a.zh is not None) + "\n"
    converter.understander.understand(articles[0])
    out = {}
    for size in sizes:
        article = lengthened(articles[0], prose, 1000 * size)
        start = time.process_time()
        converter.linker.link(article, converter.understander.understand(article))
        spent = time.process_time() - start
        out[size] = round(1000 * spent / size, 3)
        print(f"  {size:6} kB {spent:9.3f} s {out[size]:8.3f} ms/kB", flush=True)
    return out


def main() -> int:
    """Read the command line, measure, print; 1 if the median article takes longer than the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--long", type=int, default=0, metavar="N")
    parser.add_argument("--lengths", default="", metavar="KB,…")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    given = parser.parse_args()
    converter, clock = Converter.load(Settings()), Clock()
    sets = {path: read(path) for path in given.articles}
    figures: dict[str, Any] = {}
    if given.long:
        figures["memory"] = long_run(sets[given.articles[0]], converter, given.long)
    if given.lengths:
        figures["lengths"] = lengths(
            sets[given.articles[0]], converter, [int(s) for s in given.lengths.split(",")]
        )
    for name, stage in STAGES.items():
        clock.watch(understander, name, stage)
    clock.watch(parsing, "align", "align")
    for path, raws in sets.items():
        for raw in raws[:50]:
            measure(raw, converter, clock)
        rows = [quickest(measure(raw, converter, clock) for _ in range(given.repeat)) for raw in raws]
        figures[str(path)] = report(str(path), rows)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    slow = [p for p in map(str, sets) if figures[p]["understanding"]["median"] > LIMIT]
    for path in slow:
        print(f"{path}: the median article takes more than {LIMIT} ms to understand", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
