"""Train the judge of units: ``python tools/train_units.py GOLD ARTICLES [GOLD ARTICLES …] [--check]``

GOLD is a folder of annotations whose ``entities`` of kind ``unit`` have surfaces in ``zh`` and ``en``;
ARTICLES the articles of the same names.  A phrase is a unit where it is such a surface; optional ones teach
nothing. Phrases that the rules find by themselves teach too.  Writes
``kg/mentions/units/unit-weights.tsv``; ``--check`` prints the units found in held-out articles, with the
rules alone and with the judge, instead.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from fitting import Example, Key, fitted

from kg.articles import parse, read_inputs
from kg.authority import open_authority
from kg.mentions.names import NameDictionary
from kg.mentions.units.finding import ruled_units, speaks_of_soldiers
from kg.mentions.units.judging import WEIGHTS, Judge, Observations, asked, judged, observe
from kg.mentions.units.phrases import phrases
from kg.mentions.view import View, views
from kg.model import Find, Lang, RawArticle, Reject

OUTPUT = Path(__file__).parent.parent / "kg" / "mentions" / "units" / WEIGHTS
EPOCHS, RATE, FOLDS, SEED = 15, 0.1, 8, 1
PULL = {"before": 4.0, "after": 4.0, "word": 4.0, "sorts": 4.0}  # of weights to 0, in examples; of others
PULL_OF_OTHERS = 2.0
LEAST = 0.05  # what weighs less is left out


class Page:
    """One language of an article: what the rules find, and what its gold says of every phrase."""

    def __init__(self, name: str, seen: View, finds: list[Find], gold: dict) -> None:
        self.name, self.seen, self.finds = name, seen, finds
        units = [e for e in gold["entities"] if e["kind"] == "unit"]
        lang = seen.lang.value
        self.units = {plain(s) for e in units if not e.get("optional") for s in e.get(lang) or ()}
        self.optional = {plain(s) for e in units if e.get("optional") for s in e.get(lang) or ()} - self.units
        self.rows = list(self._rows())

    def _rows(self) -> Iterator[tuple[Observations, bool]]:
        """Each phrase that is a question, or that the rules find, and whether it is a unit."""
        spans = {(f.span.start, f.span.end) for f in self.finds if not f.optional}
        spans.update((p.start, p.end) for question in asked(self.seen, self.finds) for p in question)
        for p in (p for grown in phrases(self.seen) for p in grown):
            text = plain(self.seen.text[p.start : p.end])
            if text not in self.optional and (p.start, p.end) in spans:
                yield observe(self.seen, p, len(self.finds)), text in self.units

    def score(self, finds: Iterable[Find]) -> Counter:
        """Right, false and missed surfaces."""
        got = {plain(f.span.text) for f in finds if not f.optional}
        extra = {g for g in got - self.units if not any(g in o or o in g for o in self.optional)}
        return Counter(
            right=len(got & self.units), false=len(extra - self.optional), missed=len(self.units - got)
        )


def plain(text: str) -> str:
    """A surface as it is compared: without an article."""
    text = " ".join(text.replace("’", "'").split()).casefold()
    return next((text.removeprefix(a) for a in ("the ", "a ", "an ") if text.startswith(a)), text)


class Reader:
    """What is known of units."""

    def __init__(self) -> None:
        authority = open_authority(None)
        self.names = NameDictionary.build(n for n in authority.names() if n.kind != "measure")
        items = list(authority.items("unit"))
        self.echelons = {i.id: i.echelon for i in items if i.echelon is not None}
        self.countries = {i.id: i.country for i in items}


def pages(gold: Path, articles: Path, reader: Reader) -> Iterator[Page]:
    """Both languages of the articles that have gold and speak of soldiers."""
    known = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(gold.glob("*.json"))}
    for raw in read_inputs([articles]):
        name = Path(raw.origin).stem
        if name not in known or not isinstance(raw, RawArticle) or isinstance(article := parse(raw), Reject):
            continue
        told: frozenset[str] | None = None
        for seen in views(article, reader.names):
            at_war = speaks_of_soldiers(seen)
            day = article.printed.isoformat()
            finds = ruled_units(seen, reader.echelons, reader.countries, day, told, at_war=at_war)
            told = frozenset(i for f in finds for i in f.items)
            if at_war:
                yield Page(name, seen, finds, known[name])


def train(group: Sequence[Page]) -> dict[str, dict[str, float]]:
    """Logistic regression by AdaGrad over the observations, each weight pulled towards 0."""
    weights: dict[str, dict[str, float]] = {}
    for lang in Lang:
        rows = [(r, y) for p in group if p.seen.lang is lang for r, y in p.rows]
        examples = [([("bias", ""), *dict.fromkeys(r)], y) for r, y in rows]
        for (name, value), w in sorted(weighed(examples).items()):
            if abs(w) >= LEAST and value.isprintable():
                weights.setdefault(f"{lang.value} {name}", {})[value] = round(w, 2)
    return weights


def weighed(examples: list[Example]) -> dict[Key, float]:
    """The weights of one language."""
    often = Counter(k for keys, _ in examples for k in keys)
    pull = {k: PULL.get(k[0], PULL_OF_OTHERS) / n if k[0] != "bias" else 0.0 for k, n in often.items()}
    return fitted(examples, pull=pull.__getitem__, epochs=EPOCHS, rate=RATE, seed=SEED, learnt=0.0)


def report(name: str, c: Counter) -> None:
    """One line of figures."""
    precision = c["right"] / max(1, c["right"] + c["false"])
    recall = c["right"] / max(1, c["right"] + c["missed"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"{name:24} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}  {dict(c)}", flush=True)


def check(group: dict[str, list[Page]], *, show: bool) -> None:
    """Print what is found in articles that the weights have not seen, by folder and language."""
    numbered = {n: i % FOLDS for i, n in enumerate(sorted({p.name for g in group.values() for p in g}))}
    random.Random(SEED).shuffle(folds := list(numbered.values()))
    numbered = dict(zip(numbered, folds, strict=True))
    everything = [p for g in group.values() for p in g]
    weights = [train([p for p in everything if numbered[p.name] != n]) for n in range(FOLDS)]
    for lang in Lang:
        sums = Counter(), Counter()
        for folder, papers in group.items():
            rules, both = Counter(), Counter()
            for p in (p for p in papers if p.seen.lang is lang):
                rules += p.score(p.finds)
                new = judged(p.seen, list(p.finds), Judge(weights[numbered[p.name]], lang))
                both += p.score(new)
                if show:
                    _show(p, new)
            if rules:
                report(f"{lang.value} {folder} rules", rules)
                report(f"{lang.value} {folder} judge", both)
                sums[0].update(rules)
                sums[1].update(both)
        report(f"{lang.value} all, rules", sums[0])
        report(f"{lang.value} all, judge", sums[1])


def _show(p: Page, new: list[Find]) -> None:
    for f in new:
        if f not in p.finds:
            text = plain(f.span.text)
            mark = "+" if text in p.units else "?" if text in p.optional else "-"
            before = p.seen.text[max(0, f.span.start - 12) : f.span.start].replace("\n", "/")
            print(
                mark, p.name, before, "[", f.span.text, "]", p.seen.text[f.span.end :][:10].replace("\n", "/")
            )


def main() -> None:
    """Read the command line; train, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="GOLD ARTICLES")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--show", action="store_true", help="with --check: each unit that the judge adds")
    given = parser.parse_args()
    reader = Reader()
    pairs = list(zip(given.folders[::2], given.folders[1::2], strict=True))
    group = {
        f"{n} {gold.name}": list(pages(gold, articles, reader)) for n, (gold, articles) in enumerate(pairs)
    }
    if given.check:
        check(group, show=given.show)
        return
    weights = train([p for g in group.values() for p in g])
    lines = ["# Log-odds of naming a unit, learnt by tools/train_units.py from annotated articles."]
    lines += [f"{n}\t{v}\t{w:g}" for n, table in sorted(weights.items()) for v, w in sorted(table.items())]
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUTPUT}: {len(lines) - 1} weights")


if __name__ == "__main__":
    main()
