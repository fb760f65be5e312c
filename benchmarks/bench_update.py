"""``make bench-update``: how soon corrections are published.

    python -m benchmarks.bench_update [N] [--changes 1 1000] [--data DIR]      default 20000 articles

Builds a release of N generated articles, one file each, and then, for each number of changes, adds a sentence
to so many of them and runs ``kg update --quick`` over these, which ends with the publication, and ``kg
releases complete``, which makes the remaining files to download.  With ``--data`` the release is kept, and
taken if it is there already.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path

from benchmarks.bench_build import BIN, Watch
from benchmarks.generate import write_files
from kg.store.releases import Releases

_SENTENCE = "\n    法新社报道说，河内的战斗还在继续。第{}次更正。\n"


def _kg(data: Path, *arguments: object) -> tuple[Watch, dict[str, object]]:
    """Run a command; how long it took, and its report."""
    command = [BIN / "kg", "--data", data, "--json", *map(str, arguments)]
    with Watch() as watch:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    text = done.stdout.decode()
    return watch, json.loads(text) if text.startswith("{") else {}


def prepare(count: int, folder: Path) -> tuple[Path, list[Path]]:
    """The data directory with a release of `count` articles, and their files."""
    data, inputs = folder / "data", folder / "in"
    if Releases(data).current() is None:
        write_files(inputs, count)
        watch, report = _kg(data, "build", inputs)
        spent = watch.spent
        print(f"build of {count:,} articles: {spent.wall:,.0f} s on the clock, {spent.cpu:,.0f} s of CPU")
        print("  stages:", _stages(report))
    return data, sorted(inputs.rglob("*.txt"))


def change(data: Path, files: list[Path], count: int, number: int) -> None:
    """Change so many articles, publish, and print how long it took."""
    chosen = random.Random(number).sample(files, count)
    for path in chosen:
        with path.open("a", encoding="utf-8") as out:
            out.write(_SENTENCE.format(number))
    watch, report = _kg(data, "update", "--quick", *chosen)
    spent = watch.spent
    print(
        f"{count:,} changed of {len(files):,}: published after {spent.wall:.1f} s ({spent.cpu:.1f} s of CPU),"
        f" +{report['triples_added']} -{report['triples_deleted']} triples"
    )
    print("  stages:", _stages(report))
    later, _ = _kg(data, "releases", "complete")
    print(f"  the other files to download: {later.spent.wall:.1f} s ({later.spent.cpu:.1f} s of CPU)")


def _stages(report: dict[str, object]) -> str:
    stages = report["stages"]
    assert isinstance(stages, dict)
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in stages.items() if seconds >= 0.05)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--changes", type=int, nargs="+", default=[1, 1000])
    parser.add_argument("--data", type=Path, help="where to work and to keep the release")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.data or Path(temporary)
        data, files = prepare(arguments.count, folder)
        made = len(Releases(data).all())
        for number, count in enumerate(arguments.changes, start=made):
            change(data, files, min(count, len(files)), number)


if __name__ == "__main__":
    main()
