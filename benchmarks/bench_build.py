"""``make bench-build``: the build, measured against what bounds it, in one run.

    python -m benchmarks.bench_build [N ...]      default 100000; several show how the cost grows

For each N: generated articles, ``kg build`` over them (until it is published, then the other files to
download), then understanding alone on all cores, then ``oxigraph
load`` of the same triples and ``oxigraph optimize``.  CPU seconds are what the work costs; wall time depends
on who else is on the machine, so compare ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import zstandard

from benchmarks.generate import write_jsonl
from kg.articles import parse
from kg.model import Reject
from kg.pipeline.convert import TOGETHER, Batch, Converter
from kg.pipeline.feeding import Feed
from kg.pipeline.runner import runner_for
from kg.settings import Settings
from kg.store.releases import Release, Releases

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock, and of CPU in this process and its children."""

    wall: float
    cpu: float


class Watch:
    """Measures a block."""

    def __enter__(self) -> Watch:
        self._wall, self._cpu = time.perf_counter(), _cpu()
        return self

    def __exit__(self, *_: object) -> None:
        self.spent = Spent(time.perf_counter() - self._wall, _cpu() - self._cpu)


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usages)


def understand_all(inputs: Iterable[Path], processes: int) -> Spent:
    """Parsing and understanding alone, on all cores; nothing is kept."""
    converter = Converter.load(Settings())

    def work(batch: Batch) -> int:
        articles = [a for a in map(parse, batch.raws) if not isinstance(a, Reject)]
        return sum(
            len(found.mentions)
            for start in range(0, len(articles), TOGETHER)
            for found in converter.understander.understand_all(articles[start : start + TOGETHER])
        )

    with Watch() as watch:
        sum(runner_for(processes).run(work, Feed(inputs)))
    return watch.spent


def load_alone(release: Release, folder: Path) -> tuple[Spent, Spent]:
    """``oxigraph load`` of a release's triples, and ``oxigraph optimize``."""
    lines = folder / "triples.nt"
    with lines.open("wb") as out:
        names = [*release.dumps.glob("articles-*.nt.zst"), release.dumps / "shared.nt.zst"]
        for path in sorted(names):
            with path.open("rb") as data:
                zstandard.ZstdDecompressor().copy_stream(data, out)
    store = folder / "store"
    with Watch() as load:
        subprocess.run([BIN / "oxigraph", "load", "-l", store, "-f", lines], check=True, capture_output=True)
    with Watch() as optimise:
        subprocess.run([BIN / "oxigraph", "optimize", "-l", store], check=True, capture_output=True)
    lines.unlink()
    shutil.rmtree(store)
    return load.spent, optimise.spent


def bench(count: int, folder: Path, processes: int) -> float:
    """One size; prints its table; returns CPU seconds an article."""
    articles = folder / "articles.jsonl"
    size = write_jsonl(articles, count)
    data = folder / "data"
    kg = [BIN / "kg", "--data", data]
    command = [*kg, "--json", "build", "--quick", articles, "--processes", str(processes)]
    with Watch() as watch:
        with Watch() as published:
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # progress is to be seen
        subprocess.run([*kg, "releases", "complete"], check=True, stdout=subprocess.PIPE)
    report = json.loads(done.stdout)
    release = Releases(data).require()
    alone = understand_all([articles], processes)
    load, optimise = load_alone(release, folder)
    bound = max(alone.wall, load.wall + optimise.wall)
    triples = report["triples"]
    print(f"\n{count:,} articles, {size / count:,.0f} bytes each, {triples / count:.0f} triples each")
    print(f"{'':34}{'wall s':>10}{'CPU s':>10}{'articles/s':>12}{'triples/s':>12}")
    for name, spent in (("kg build", watch.spent), ("  until it is published", published.spent),
                        ("understanding alone", alone),
                        ("oxigraph load", load), ("oxigraph optimize", optimise)):  # fmt: skip
        print(
            f"{name:34}{spent.wall:10.1f}{spent.cpu:10.1f}"
            f"{count / spent.wall:12,.0f}{triples / spent.wall:12,.0f}"
        )
    for name, spent in (("build", watch.spent), ("published", published.spent)):
        print(f"{f'{name} / longer of the two':34}{spent.wall / bound:10.2f}   (limit 1.3)")
    print(f"{'  the same in CPU':34}{watch.spent.cpu / max(alone.cpu, load.cpu + optimise.cpu):10.2f}")
    print("stages:", ", ".join(f"{k} {v:.1f}" for k, v in report["stages"].items()))
    archive = (data / "current/articles.db").stat().st_size
    dumps = sum(p.stat().st_size for p in release.dumps.iterdir())
    print(
        f"peak memory {report['peak_memory'] / 2**20:,.0f} MiB; store {report['store_bytes'] / triples:.0f},"
        f" articles.db {archive / triples:.0f}, dumps {dumps / triples:.0f} bytes a triple"
    )
    return watch.spent.cpu / count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("counts", type=int, nargs="*", default=[100_000])
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--folder", type=Path, help="where to work (50 kB an article); default a temporary one"
    )
    parser.add_argument(
        "--keep", type=Path, help="keep each release in KEEP/N/data, for the benchmarks of pages and dumps"
    )
    arguments = parser.parse_args()
    costs = {}
    for n in arguments.counts:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as temporary:
            folder = arguments.keep / str(n) if arguments.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            costs[n] = bench(n, folder, arguments.processes)
    print("\nCPU an article:", ", ".join(f"{n:,}: {1000 * c:.2f} ms" for n, c in costs.items()))
    largest = max(costs)
    hours = 1_400_000 * costs[largest] / arguments.processes / 3600
    print(
        f"1.4 million articles at the cost of {largest:,}: {hours:.1f} hours on {arguments.processes} cores,"
    )
    print("if the cost an article stays as it is; the line above says whether it does.")


if __name__ == "__main__":
    main()
