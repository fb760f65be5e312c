"""``make bench-update``: how soon corrections are published.

    python -m benchmarks.bench_update [N] [--changes 1 1000] [--data DIR]      default 20000 articles

Builds a release of N generated articles and then, for each number of changes, adds a sentence
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
from benchmarks.generate import write_jsonl
from kg.store.releases import Releases

_SENTENCE = "\n    法新社报道说，河内的战斗还在继续。第{}次更正。\n"


def _kg(data: Path, *arguments: object) -> tuple[Watch, dict[str, object]]:
    """Run a command; how long it took, and its report."""
    command = [BIN / "kg", "--data", data, "--json", *map(str, arguments)]
    with Watch() as watch:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    text = done.stdout.decode()
    return watch, json.loads(text) if text.startswith("{") else {}


def prepare(count: int, folder: Path) -> Path:
    """The data directory with a release of `count` articles, which are in ``articles.jsonl`` beside it."""
    data, articles = folder / "data", folder / "articles.jsonl"
    if Releases(data).current() is None:
        write_jsonl(articles, count)
        watch, report = _kg(data, "build", articles)
        spent = watch.spent
        print(f"build of {count:,} articles: {spent.wall:,.0f} s on the clock, {spent.cpu:,.0f} s of CPU")
        print("  stages:", _stages(report))
    return data


def change(data: Path, articles: list[bytes], count: int, number: int) -> None:
    """Change so many articles, publish, and print how long it took."""
    changed = data.parent / f"changed-{number}.jsonl"
    with changed.open("w", encoding="utf-8") as out:
        for line in random.Random(number).sample(articles, count):
            text = json.loads(line)["text"] + _SENTENCE.format(number)
            out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    watch, report = _kg(data, "update", "--quick", changed)
    spent = watch.spent
    print(
        f"{count:,} changed of {len(articles):,}: published after {spent.wall:.1f} s"
        f" ({spent.cpu:.1f} s of CPU), +{report['triples_added']} -{report['triples_deleted']} triples"
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
        data = prepare(arguments.count, folder)
        articles = (folder / "articles.jsonl").read_bytes().splitlines()
        made = len(Releases(data).all())
        for number, count in enumerate(arguments.changes, start=made):
            change(data, articles, min(count, len(articles)), number)


if __name__ == "__main__":
    main()
