"""How well two languages' names of one thing are joined: ``python tools/score_witnesses.py GOLD ARTICLES …``

GOLD holds annotations whose entities list their surfaces in both languages, ARTICLES the articles.  Counted
by kind are entities of which a Chinese and an English surface were found ("both"), those of which one mention
has both ("joined"), and mentions that join surfaces of different entities only ("wrong").  ``--list`` prints
what is amiss.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kg.articles import parse, read_inputs
from kg.model import Article, Mention, Reject
from kg.pipeline.convert import Converter
from kg.settings import Settings
from kg.text import fold

Surface = tuple[str, str]  # language and folded text
LANGS = ("zh", "en")


def bilingual(folder: Path) -> Iterator[tuple[str, Article]]:
    """The names and articles of a folder that have both languages."""
    for path in sorted(folder.glob("*.txt")):
        for raw in read_inputs([path]):
            article = parse(raw)
            if not isinstance(article, Reject) and article.zh is not None and article.en is not None:
                yield path.stem, article


def surfaces(mention: Mention) -> set[Surface]:
    """The surfaces of a mention."""
    return {(f.span.lang.value, fold(f.span.text)) for f in mention.finds}


class Gold:
    """The entities of an annotated article, by their surfaces."""

    def __init__(self, annotation: dict) -> None:
        self.entities = annotation["entities"]
        self._owners: dict[tuple[str, Surface], set[int]] = {}
        for number, entity in enumerate(self.entities):
            for surface in ((lang, fold(text)) for lang in LANGS for text in entity.get(lang, ())):
                self._owners.setdefault((entity["kind"], surface), set()).add(number)

    def named(self, mention: Mention) -> dict[str, set[int]]:
        """The entities that the surfaces of a mention name, by language."""
        out: dict[str, set[int]] = {lang: set() for lang in LANGS}
        for surface in surfaces(mention):
            out[surface[0]] |= self._owners.get((mention.kind.value, surface), set())
        return out


def compare(gold: Gold, mentions: tuple[Mention, ...], counts: Counter[tuple[str, str]]) -> Iterator[str]:
    """Count for one article; yields what is amiss."""
    found: dict[str, set[int]] = {lang: set() for lang in LANGS}
    joined: set[int] = set()
    for mention in mentions:
        named = gold.named(mention)
        for lang in LANGS:
            found[lang] |= named[lang]
        if named["zh"] and named["en"]:
            joined |= named["zh"] & named["en"]
            counts[mention.kind.value, "pairs"] += 1
            if not named["zh"] & named["en"]:
                counts[mention.kind.value, "wrong"] += 1
                yield f"wrong {mention.kind.value}: {sorted(surfaces(mention))}"
    for number in sorted(found["zh"] & found["en"]):
        entity = gold.entities[number]
        counts[entity["kind"], "both"] += 1
        counts[entity["kind"], "joined"] += number in joined
        if number not in joined:
            yield f"apart {entity['kind']}: {entity.get('zh')} {entity.get('en')}"


def main() -> None:
    """Print a line for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="GOLD ARTICLES")
    parser.add_argument("--list", action="store_true", help="print what is amiss")
    given = parser.parse_args()
    converter = Converter.load(Settings())
    counts: Counter[tuple[str, str]] = Counter()
    for gold, articles in zip(given.folders[::2], given.folders[1::2], strict=True):
        for name, article in bilingual(articles):
            known = Gold(json.loads((gold / f"{name}.json").read_text(encoding="utf-8")))
            for line in compare(known, converter.understander.understand(article).mentions, counts):
                if given.list:
                    print(f"{name}: {line}")
    print(f"{'':8} {'both':>5} {'joined':>12} {'wrong':>6} of pairs")
    for kind in ("source", "place", "unit", "measure"):
        both, joined, pairs, wrong = (counts[kind, what] for what in ("both", "joined", "pairs", "wrong"))
        share = joined / max(1, both)
        print(f"{kind:8} {both:5} {joined:5} ({share:.3f}) {wrong:5} of {pairs}")


if __name__ == "__main__":
    main()
