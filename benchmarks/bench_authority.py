"""Measure the authority: ``python -m benchmarks.bench_authority [--entities 200000] [--names 1000000]``.

Makes a dump of entities in the shape of Wikidata's (as wordy: statements with hashes and references; one in
ten of a class that is wanted) and an index of a million names, in a temporary folder, and prints:

* entities a second a core of the dump importer, for gzip and for plain lines;
* how long a killed build takes to go on, and what is read again;
* size of the index, time to open it in a new process, lookups a second, memory of one process and what each
  further process adds.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kg.authority.authority import Authority
from kg.authority.importers.dump import Selection, read_dump
from kg.authority.importers.files import InputFile
from kg.authority.importers.report import ImportReport
from kg.authority.index import write_index
from kg.mentions.names import NameDictionary
from kg.model import Item

SYLLABLES = "阿巴贝布达德迪尔法格哈赫基卡克拉莱勒里卢马米莫姆纳尼诺帕佩普奇萨塞斯塔特瓦维沃西雅伊尤扎"
LATIN = [
    "ba",
    "den",
    "ford",
    "gar",
    "hal",
    "kin",
    "lo",
    "mar",
    "nor",
    "pel",
    "ri",
    "sten",
    "to",
    "vel",
    "win",
    "za",
]
WANTED, UNWANTED = 515, 13442814


def chinese(n: int) -> str:
    """The n-th of many names, five characters long."""
    out = ""
    for _ in range(5):
        n, digit = divmod(n, len(SYLLABLES))
        out += SYLLABLES[digit]
    return out


def english(n: int) -> str:
    """The n-th of many names."""
    out = ""
    for _ in range(6):
        n, digit = divmod(n, len(LATIN))
        out += LATIN[digit]
    return out.capitalize()


def statement(property: str, value: object, kind: str, salt: int) -> dict[str, object]:
    """A statement with a reference, as the dump has them."""
    digest = hashlib.sha1(f"{property} {salt} {value}".encode(), usedforsecurity=False).hexdigest()
    snak = {
        "snaktype": "value", "property": property, "hash": digest,
        "datavalue": {"value": value, "type": kind}, "datatype": "wikibase-item",
    }  # fmt: skip
    reference = {"hash": digest[::-1], "snaks": {"P248": [snak]}, "snaks-order": ["P248"]}
    return {
        "mainsnak": snak, "type": "statement", "id": f"Q1${digest[:30]}", "rank": "normal",
        "references": [reference],
    }  # fmt: skip


def item_value(number: int) -> dict[str, object]:
    """A value that is an item."""
    return {"entity-type": "item", "numeric-id": number, "id": f"Q{number}"}


def entities(count: int) -> Iterator[str]:
    """Lines of a dump; one in ten is of a class that is wanted."""
    point = {"latitude": 21.5, "longitude": 103.25, "globe": "http://www.wikidata.org/entity/Q2"}
    for n in range(count):
        wanted = n % 10 == 0
        names = {"en": english(n), "fr": english(n)} | ({"zh": chinese(n)} if wanted else {})
        claims = {
            "P31": [statement("P31", item_value(WANTED if wanted else UNWANTED), "wikibase-entityid", n)],
            "P17": [statement("P17", item_value(881), "wikibase-entityid", n)],
            "P625": [statement("P625", point, "globecoordinate", n)],
            "P50": [statement("P50", item_value(n * 7 + i), "wikibase-entityid", n) for i in range(6)],
        }  # fmt: skip
        yield json.dumps(
            {
                "type": "item", "id": f"Q{n + 10_000_000}", "modified": "2026-05-01T00:00:00Z",
                "labels": {k: {"language": k, "value": v} for k, v in names.items()},
                "descriptions": {k: {"language": k, "value": "a thing of which much is said"} for k in names},
                "aliases": {}, "claims": claims,
                "sitelinks": {s: {"site": s, "title": "x", "badges": []} for s in ("enwiki", "zhwiki")},
            },
            ensure_ascii=False, separators=(",", ":"),
        )  # fmt: skip


def write_dump(folder: Path, count: int) -> tuple[Path, Path]:
    """The same dump as plain lines and as gzip."""
    plain, packed = folder / "dump.json", folder / "dump.json.gz"
    with (
        plain.open("w", encoding="utf-8") as a,
        gzip.open(packed, "wt", encoding="utf-8", compresslevel=6) as b,
    ):
        for out in (a, b):
            out.write("[\n")
        for line in entities(count):
            for out in (a, b):
                out.write(line + ",\n")
        for out in (a, b):
            out.write("]\n")
    return plain, packed


def measure_import(dump: Path) -> None:
    """Entities a second of processor time."""
    report = ImportReport(str(dump))
    start = time.process_time()
    for _ in read_dump(InputFile(dump), report, Selection()):
        pass
    seconds = time.process_time() - start
    print(
        f"{dump.name}: {report.read:,} entities ({dump.stat().st_size / 1e6:,.0f} MB), {report.kept:,} kept,"
        f" {report.read / seconds:,.0f} a second a core"
    )


def read_so_far(work: Path) -> int:
    """Up to which line a build has committed what it read."""
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{work}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT max(position) FROM input").fetchone()[0] or 0)
    return 0


def measure_resuming(dump: Path, folder: Path) -> None:
    """A build killed half way, and one that goes on."""
    target = folder / "resumed.idx"
    command = [sys.executable, "-m", "kg", "authority", "build", "-o", str(target), str(dump)]
    start = time.perf_counter()
    build = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    work = target.with_name(f".{target.name}.work")
    while build.poll() is None and not read_so_far(work):
        time.sleep(0.05)
    position = read_so_far(work)
    build.send_signal(signal.SIGKILL)
    build.wait()
    killed = time.perf_counter() - start
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    again = time.perf_counter() - start
    start = time.perf_counter()
    command[command.index(str(target))] = str(folder / "whole.idx")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    whole = time.perf_counter() - start
    same = Authority(target).version == Authority(folder / "whole.idx").version
    print(
        f"killed after {killed:.1f} s at line {position:,}, went on and was done in {again:.1f} s;"
        f" undisturbed {whole:.1f} s; {'same' if same else 'OTHER'} content"
    )


def measure_index(folder: Path, names: int) -> None:
    """An index of so many names: size, opening, lookups, memory."""
    path = folder / "names.idx"
    count = names // 10  # each item gives two labels, an alias and seven names by rule
    items = (
        Item(
            f"Q{n:09}", "place", "city", (("zh", chinese(n)), ("en", english(n))),
            (("en", f"{english(n)} {english(n * 7 + 3)}"),), lat=n % 80, lon=n % 170, country="Q881",
        )
        for n in range(count)
    )  # fmt: skip
    start = time.perf_counter()
    report = write_index(path, items, date="2026-01-01")
    print(
        f"index: {report.items:,} items, {report.names:,} names, {report.size / 1e6:,.0f} MB,"
        f" written in {time.perf_counter() - start:.0f} s"
    )
    queue: multiprocessing.Queue[tuple[str, float]] = multiprocessing.get_context("spawn").Queue()
    for what in (_open, _look, _match):
        process = multiprocessing.get_context("spawn").Process(target=what, args=(path, count, queue))
        process.start()
        label, value = queue.get()
        process.join()
        print(f"{label}: {value:,.2f}")


def memory(name: str) -> float:
    """A figure of this process's memory in MB: Rss, Pss or Private_Dirty."""
    for line in Path(f"/proc/{os.getpid()}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1000
    return 0.0


def _open(path: Path, count: int, queue: multiprocessing.Queue[tuple[str, float]]) -> None:
    start = time.perf_counter()
    authority = Authority(path)
    authority.lookup(chinese(count // 2))
    queue.put(("seconds to open it and look up a name in a new process", time.perf_counter() - start))


def _look(path: Path, count: int, queue: multiprocessing.Queue[tuple[str, float]]) -> None:
    authority = Authority(path)
    before = memory("Private_Dirty")
    start = time.perf_counter()
    for n in range(0, count, max(1, count // 40_000)):
        authority.lookup(chinese(n))
    seconds = time.perf_counter() - start
    print(f"memory of its own after 40,000 lookups, MB: {memory('Private_Dirty') - before:,.0f}")
    queue.put(("lookups a second, none of them repeated", min(count, 40_000) / seconds))


def _match(path: Path, count: int, queue: multiprocessing.Queue[tuple[str, float]]) -> None:
    start = time.perf_counter()
    dictionary = NameDictionary.build(Authority(path).names())
    print(f"matcher built in {time.perf_counter() - start:.1f} s; this process, MB: {memory('Rss'):,.0f}")
    child = os.fork()  # as the converting processes are made
    if not child:
        Authority(path).lookup(chinese(count // 3))
        print(f"each further process, MB of its own: {memory('Private_Dirty'):,.0f}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    assert dictionary is not None  # held until the child is done
    queue.put(("MB of memory at most", memory("Rss")))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entities", type=int, default=200_000)
    parser.add_argument("--names", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as name:
        folder = Path(name)
        plain, packed = write_dump(folder, options.entities)
        measure_import(plain)
        measure_import(packed)
        measure_resuming(packed, folder)
        measure_index(folder, options.names)


if __name__ == "__main__":
    main()
