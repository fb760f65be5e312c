"""What the understanding of an article costs: by stage, against length, and in memory over a long run.

    python -m benchmarks.bench_understanding ARTICLES… [--repeat 3] [--long N] [--lengths 10,100,1000]

ARTICLES are files, folders or archives as `kg build` takes them; each is measured as a set of its own.  One
process, one core, CPU seconds of that process (`time.process_time`).  As in a build, some dozens of articles
go through a stage together (`kg.pipeline.convert.TOGETHER`); each article's time in each stage is taken,
`--repeat` times, and the quickest run counts.  *understanding* is the sum of the stages of `Understander`;
parsing, linking and writing stand beside it.
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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from kg.articles import parse, read_inputs
from kg.mentions.understander import Reading
from kg.model import Article, Body, RawArticle, Reject
from kg.pipeline.convert import TOGETHER, Converter
from kg.settings import Settings

T = TypeVar("T")
U = TypeVar("U")
PARTS = ("parsing", "understanding", "linking", "writing")
LIMIT = 3.0  # milliseconds of understanding for the median article of a core


class Clock:
    """CPU seconds of each article of a batch by stage."""

    def __init__(self, articles: int) -> None:
        self.rows: list[dict[str, float]] = [{} for _ in range(articles)]

    def each(self, stage: str, work: Callable[[T], U], values: Iterable[T]) -> list[U]:
        """What `work` makes of each value, one an article, timed."""
        out = []
        for row, value in zip(self.rows, values, strict=True):
            start = time.process_time()
            out.append(work(value))
            row[stage] = time.process_time() - start
        return out


def read(path: Path) -> list[RawArticle]:
    return [r for r in read_inputs([path]) if not isinstance(r, Reject) and isinstance(parse(r), Article)]


def measure(raws: Sequence[RawArticle], converter: Converter) -> list[dict[str, float]]:
    """The seconds of each article of a batch."""
    clock = Clock(len(raws))
    articles = [a for a in clock.each("parsing", parse, raws) if isinstance(a, Article)]
    readings = [*map(Reading, articles)]
    for stage in converter.understander.stages:
        clock.each(stage.name, stage.work, readings)
    for row in clock.rows:
        row["understanding"] = sum(row.values()) - row["parsing"]
    understood = zip(articles, [r.understanding() for r in readings], strict=True)
    linked = clock.each("linking", lambda one: converter.linker.link(*one), understood)
    clock.each("writing", converter.writer.article, linked)
    for row in clock.rows:
        row["all"] = sum(row[part] for part in PARTS)
    return clock.rows


def measured(raws: Sequence[RawArticle], converter: Converter, repeat: int) -> list[dict[str, float]]:
    """The seconds of each article in its quickest run of `repeat`."""
    rows: list[dict[str, float]] = []
    for start in range(0, len(raws), TOGETHER):
        runs = [measure(raws[start : start + TOGETHER], converter) for _ in range(repeat)]
        rows += map(quickest, zip(*runs, strict=True))
    return rows


def quickest(runs: Iterable[dict[str, float]]) -> dict[str, float]:
    return min(runs, key=lambda r: r["all"])


def report(name: str, rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    table = {}
    print(f"\n{name}: {len(rows)} articles, milliseconds an article")
    print(f"  {'stage':24}{'median':>9}{'mean':>9}{'95 %':>9}")
    for stage in rows[0]:
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
    converter = Converter.load(Settings())
    sets = {path: read(path) for path in given.articles}
    figures: dict[str, Any] = {}
    if given.long:
        figures["memory"] = long_run(sets[given.articles[0]], converter, given.long)
    if given.lengths:
        figures["lengths"] = lengths(
            sets[given.articles[0]], converter, [int(s) for s in given.lengths.split(",")]
        )
    for path, raws in sets.items():
        measure(raws[:50], converter)
        figures[str(path)] = report(str(path), measured(raws, converter, given.repeat))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    slow = [p for p in map(str, sets) if figures[p]["understanding"]["median"] > LIMIT]
    for path in slow:
        print(f"{path}: the median article takes more than {LIMIT} ms to understand", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
