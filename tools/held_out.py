"""Annotate gold articles with weights that were fitted without them, to be scored end to end.

``python tools/held_out.py GOLD ARTICLES [--authority INDEX]… > predictions.jsonl``

Of five parts of the articles each is annotated with weights fitted on the other four.  With several
authorities all teach and the last one annotates; ``embedded`` stands for the embedded one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from kg.articles import parse, read_inputs
from kg.authority import open_authority
from kg.linking.linker import Linker
from kg.linking.training import cross_validate, examples, folds, load_gold
from kg.linking.weights import STARTING
from kg.mentions import Understander
from kg.model import Article, RawArticle
from kg.pipeline.annotate import annotation
from kg.rdf import Minter
from kg.settings import Settings


def main() -> None:
    """Print one line of JSON an article."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--authority", action="append", default=[])
    options = parser.parse_args()
    settings = Settings()
    gold = load_gold(options.gold)
    raws = [r for r in read_inputs([options.articles]) if isinstance(r, RawArticle)]
    parsed = [(Path(r.origin).stem, parse(r)) for r in raws]
    articles = {name: a for name, a in parsed if isinstance(a, Article)}
    data, understood = [], {}
    for name in options.authority or ["embedded"]:
        authority = open_authority(None if name == "embedded" else Path(name))
        understander = Understander(
            authority.names(),
            settings.newspaper,
            measures=authority.items("measure"),
            units=authority.items("unit"),
        )
        understood = {id: understander.understand(a) for id, a in articles.items()}
        pairs = [(id, a, understood[id]) for id, a in articles.items()]
        data += examples(Linker(authority, weights=STARTING), pairs, gold, name)
    parts = [(train, {e.article for e in test}) for train, test in folds(data)]
    parts[0] = (
        parts[0][0],
        parts[0][1] | (set(articles) - {e.article for e in data}),
    )  # these teach nothing
    minter = Minter(settings.base)
    for train, names in parts:
        linker = Linker(authority, weights=cross_validate(train)[0])
        for id in sorted(names):
            print(
                json.dumps(annotation(linker.link(articles[id], understood[id]), minter), ensure_ascii=False)
            )


if __name__ == "__main__":
    main()
