"""``kg linking``: fit the weights of the linker, and measure them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from kg.articles import parse, read_inputs
from kg.authority import open_authority
from kg.cli.common import Commands, Run, common, out, print_json
from kg.errors import UsageError
from kg.linking.linker import Linker
from kg.linking.training import Calibration, Example, cross_validate, examples, load_gold
from kg.linking.weights import STARTING, Weights, default_weights
from kg.mentions import Understander
from kg.model import Article, RawArticle, Reject, Understanding


@click.group(cls=Commands)
def linking() -> None:
    """Fit the linker's weights on gold annotations, and measure its confidences."""


@linking.command()
@click.argument("gold", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("articles", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here."
)
@click.option(
    "--also",
    "others",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Learn from the candidates of this authority index as well; repeatable.",
)
@common
@click.pass_obj
def train(run: Run, gold: Path, articles: Path, output: Path | None, others: tuple[Path, ...]) -> None:
    r"""Fit the weights on GOLD (a folder of annotations) for ARTICLES, and cross-validate them by article.

    Weights that are to serve small and large authorities are fitted on the candidates of both.

    \b
    kg linking train eval/gold eval/articles --also tables.idx -o kg/linking/weights.toml
    """
    settings = run.settings()
    answers = load_gold(gold)
    data: list[Example] = []
    for path in (settings.authority, *others):
        authority = open_authority(path)
        understander = Understander(
            authority.names(),
            settings.newspaper,
            measures=authority.items("measure"),
            units=authority.items("unit"),
        )
        name = path.name if path is not None else "embedded"
        linker = Linker(authority, weights=STARTING)
        data += examples(linker, _understood(articles, understander), answers, name)
    if not data:
        raise UsageError(
            f"{articles}: no article there has gold in {gold} and a name to choose for",
            remedy="name each article's file by the id of its gold, as dev-00.txt for the id dev-00",
        )
    weights, found = cross_validate(data)
    if output is not None:
        output.write_text(weights.to_toml(), encoding="utf-8")
    _report(run, weights, found)


def _understood(articles: Path, understander: Understander) -> Iterator[tuple[str, Article, Understanding]]:
    for raw in read_inputs([articles]):
        if isinstance(raw, RawArticle) and not isinstance(article := parse(raw), Reject):
            yield Path(raw.origin).stem, article, understander.understand(article)


def _report(run: Run, weights: Weights, found: Mapping[str, Calibration]) -> None:
    if run.json:
        print_json({"authorities": {n: asdict(c) for n, c in found.items()}, "weights": weights.to_toml()})
        return
    console = out()
    for name, told in found.items():
        console.print(
            f"{name}: {told.examples} gold mentions with a choice; on held-out articles {told.accuracy:.1%}"
            f" right, expected calibration error {told.error:.3f}"
        )
        table = Table("confidence", "mentions", "mean confidence", "right", box=None)
        for low, count, mean, right in told.bins:
            table.add_row(f"{low:.1f}-{low + 0.1:.1f}", str(count), f"{mean:.2f}", f"{right:.2f}")
        console.print(table)
    same = weights.item == default_weights().item
    console.print("these are the weights in use" if same else weights.to_toml(), markup=False)
