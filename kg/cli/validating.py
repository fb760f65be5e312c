"""``kg validate``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.common import common, current_run, out
from kg.dumps.slicing import sample
from kg.errors import InputError, ValidationError
from kg.rdf.validate import Report
from kg.rdf.validate import validate as run_validate
from kg.store.releases import Releases


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shapes", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Other shapes.")
@click.option("--sample", "size", default=20, type=click.IntRange(1), metavar="N",
              help="Without FILES: how many articles of the release to take.")  # fmt: skip
@click.option("--lang", default="en", type=click.Choice(["en", "zh"]), help="Language of the messages.")
@common
@click.pass_context
def validate(ctx: click.Context, files: tuple[Path, ...], shapes: Path | None, size: int, lang: str) -> None:
    r"""Check triples against the shapes (SHACL).

    FILES are .ttl .nt .rdf .jsonld .nq .trig, also .gz and .zst; together they are one graph, their named
    graphs too.  Without FILES, articles spread evenly over the published release are checked, with
    everything that they refer to.

    \b
    kg validate
    kg validate graph.ttl --shapes my-shapes.ttl
    """
    run = current_run(ctx)
    if files:
        what = ", ".join(map(str, files))
        report = run_validate(list(files), shapes)
    else:
        release = Releases(run.settings().data).require()
        taken = sample(release, size)
        what = f"{taken.articles:,} of the {taken.of:,} articles of release {release.id}"
        report = run_validate(taken.triples, shapes)
    if not report.triples:
        raise InputError(f"{what}: there is no triple in it, nothing was checked", remedy="name other files")
    _show(report, as_json=run.json, lang=lang)
    if not files and not run.json:
        out().print(f"checked: {what}; --sample takes more", markup=False)
    if not report.conforms:
        raise ValidationError("the triples break the shapes", remedy="the findings stand above")


def _show(report: Report, *, as_json: bool, lang: str) -> None:
    if as_json:
        click.echo(report.json())
    else:
        out().print(report.text(lang), markup=False)
