"""``kg build`` and ``kg update``."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import (
    Run,
    common,
    current_run,
    err,
    out,
    own_port,
    place,
    print_json,
    tell_conflicts,
    told,
)
from kg.cli.progress import Bar
from kg.errors import ReleaseError
from kg.linking.judgements import Judgements
from kg.model import Reject
from kg.pipeline.build import build as run_build
from kg.pipeline.report import BuildReport
from kg.settings import Settings
from kg.store.releases import Releases

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 3  # rejects that are shown at once


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("--processes", type=click.IntRange(0), metavar="N", help="Worker processes; 0: one a core.")
@click.option("--base", metavar="IRI", help="Base IRI of everything minted; ends in '/'.")
@click.option("--quick", is_flag=True, help="Leave most files to download for kg releases complete.")
@common
@click.pass_context
def build(
    ctx: click.Context, inputs: tuple[str, ...], processes: int | None, base: str | None, quick: bool
) -> None:
    r"""Convert articles into a new release and publish it.

    IN is a file, a folder, a glob or '-' (standard input): .txt or .md (also .gz, .zst, or in .zip, .tar),
    JSON, JSON Lines, Parquet.  What cannot be read goes to rejects.jsonl; the run goes on.
    The release is published as soon as it can be queried and browsed; most files to download are made after
    that, unless --quick says not to.

    \b
    kg build samples/
    kg build archive-1953.zip 'more/*.txt' --data /srv/dateline
    zcat articles.jsonl.gz | kg build -
    """
    run = current_run(ctx)
    settings = run.settings(processes=processes, base=base)
    with Bar(err()) as bar:
        report = run_build(inputs, settings, quick=quick, progress=bar)
    _show(report, settings, run)
    ctx.exit(report.exit_code)


@click.command()
@click.argument("inputs", nargs=-1, metavar="[IN...]")
@click.option(
    "--delete-missing", is_flag=True, help="Remove articles that are not among the inputs any more."
)
@click.option(
    "--replace", is_flag=True, help="Put inputs in the place of articles with their date, page and title."
)
@click.option("--processes", type=click.IntRange(0), metavar="N", help="Worker processes; 0: one a core.")
@click.option("--base", metavar="IRI", help="Another base IRI than that of the published release.")
@click.option("--quick", is_flag=True, help="Leave most files to download for kg releases complete.")
@common
@click.pass_context
def update(
    ctx: click.Context,
    inputs: tuple[str, ...],
    delete_missing: bool,
    replace: bool,
    processes: int | None,
    base: str | None,
    quick: bool,
) -> None:
    r"""Convert only what is new or has changed, and publish the result.

    An article is converted again when its bytes, the code, the authority or the judgements have changed.
    The release is published as soon as it can be queried, with its graph as N-Triples; the other files to
    download are made after that, unless --quick says not to.

    An input replaces what an input of the same name held.  With --replace it also takes the place of an
    article that came under another name and has its date, page and title: so corrections may have names of
    their own.

    Without IN, the articles of the published release are converted again from their kept text where that
    is needed: after `kg judge`, for example.

    \b
    kg update articles/
    kg update articles/ --delete-missing     also remove what was withdrawn
    kg update corrected.txt --replace        whatever the file was called before
    kg update                                obey new judgements
    """
    from kg.pipeline.update import update as run_update

    run = current_run(ctx)
    settings = run.settings(processes=processes, base=base)
    if base is None and not run.sets("base"):
        settings = _with_its_base(settings)
    with Bar(err()) as bar:
        report = run_update(
            inputs, settings, delete_missing=delete_missing, replace=replace, quick=quick, progress=bar
        )
    _show(report, settings, run)
    ctx.exit(report.exit_code)


def _with_its_base(settings: Settings) -> Settings:
    """For an update where no base is set: it goes on with the one that the published release has."""
    try:
        current = Releases(settings.data).current()
    except ReleaseError:
        return settings  # what is wrong there the update tells
    if current is None:
        return settings
    return dataclasses.replace(settings, base=current.manifest.base)


def _show(report: BuildReport, settings: Settings, run: Run) -> None:
    """Print what was done, what is contradictory, and where to look."""
    tell_conflicts(Judgements.load(settings.judgements_file))
    if run.json:
        print_json(report.to_json())
        return
    console = out()
    _show_counts(report, console)
    _show_doubtful(report, console)
    if report.release is None:
        console.print("nothing was published")
        return
    rate = report.counts.converted / report.seconds if report.seconds else 0
    console.print(f"{report.triples:,} triples in {report.seconds:.1f} s ({rate:,.0f} articles/s)")
    console.print(f"published [bold]{report.release}[/] in {settings.data}")
    serve = f"kg serve --data {settings.data}" if "data" in run.flags else "kg serve"
    port = own_port(settings.base)
    if port in (None, settings.port):
        console.print(f"look at it: {serve}, then http://{place(settings.host, settings.port)}")
    else:
        console.print(f"look at it: {serve} --port {port}, then {settings.base}")
    if report.unfinished:
        click.echo(
            f"kg: the other files to download could not be made: {report.unfinished};"
            " when that is mended: kg releases complete",
            err=True,
        )


def _show_counts(report: BuildReport, console: Console) -> None:
    counts, mentions = report.counts, report.mentions
    console.print(
        f"[bold]{counts.read:,}[/] read = {counts.converted:,} converted + {counts.unchanged:,} unchanged"
        f" + {counts.duplicates:,} duplicates + {counts.rejected:,} rejected"
    )
    if report.because:
        console.print(f"converted again, for these have changed: {', '.join(report.because)}")
    if mentions.get("mentions"):
        linked = mentions.get("wikidata", 0)
        console.print(
            f"{mentions['mentions']:,} mentions, {linked:,} linked to Wikidata"
            f" ({100 * linked // mentions['mentions']} %), {mentions.get('events', 0):,} event reports"
        )
    if report.kind == "update" and report.release:
        articles = "article" if report.removed == 1 else "articles"
        console.print(f"{report.removed:,} {articles} removed; +{report.added:,} -{report.deleted:,} triples")


def _show_doubtful(report: BuildReport, console: Console) -> None:
    """What was set aside, and what may be meant to replace something."""
    if report.rejects:
        for reject in _first(report.rejects):
            console.print(f"  {reject}", markup=False, soft_wrap=True)
        console.print(f"rejects, with reasons: {report.rejects}")
    for new, other in report.beside[:_SHOWN]:
        said = f"  {new} has the date, page and title of {other}, and stands beside it"
        console.print(said, markup=False, soft_wrap=True)
    if report.beside:
        more = f"{len(report.beside):,} such articles; " if len(report.beside) > _SHOWN else ""
        console.print(f"{more}what corrects another replaces it with: kg update --replace FILE")


def _first(rejects: Path) -> list[str]:
    """The first few rejects, a line each."""
    with rejects.open(encoding="utf-8") as lines:
        return [
            told(Reject(said["file"], said["line"], said["reason"], said["remedy"]))
            for said in map(json.loads, itertools.islice(lines, _SHOWN))
        ]
