"""``kg mirror``."""

from __future__ import annotations

import dataclasses
import time

import click
from rich.filesize import decimal

from kg.cli.common import common, current_run, err, print_json
from kg.dumps.fetching import Fetcher, FetchError
from kg.dumps.mirroring import Mirror, MirrorReport
from kg.errors import UsageError
from kg.store.releases import Releases


@click.command()
@click.argument("url")
@click.option("--only", multiple=True, metavar="PATTERN",
              help="Only files with such names (graph.nt.*, *.parquet); repeatable.")  # fmt: skip
@click.option("--store/--no-store", default=True, help="Keep an Oxigraph store too (the default).")
@click.option("--keep", type=click.IntRange(1), help="How many releases to keep (setting keep_releases).")
@click.option("--every", type=click.IntRange(1), metavar="SECONDS", help="Go on: look again so often.")
@common
@click.pass_context
def mirror(
    ctx: click.Context, url: str, only: tuple[str, ...], store: bool, keep: int | None, every: int | None
) -> None:
    r"""Keep a local copy of what a Dateline server publishes: its dump files and a store.

    Only what has changed is fetched; every byte is verified.  After an interruption, the same command goes
    on where it stopped.  The store can be asked with `kg query` and served with `kg serve --rdf`.

    \b
    kg --data copy mirror https://example.org/
    kg --data copy mirror https://example.org/ --only '*.parquet' --no-store
    kg --data copy query 'SELECT (COUNT(*) AS ?n) { ?a a schema:NewsArticle }'
    """
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"URL {url!r}: not one of the web", remedy="write it as https://example.org/")
    run = current_run(ctx)
    settings = run.settings(keep_releases=keep)
    console = err()
    copy = Mirror(
        settings.data,
        Fetcher(url, user_agent=settings.user_agent),
        only=only,
        store=store,
        progress=lambda text: console.print(text, style="dim") if console.is_terminal else None,
    )
    while True:
        try:
            _show(copy.update(), as_json=run.json)
            Releases(settings.data).prune(settings.keep_releases)
        except FetchError as e:
            if every is None:
                raise
            click.echo(f"kg: {e}", err=True)
        if every is None:
            return
        time.sleep(every)


def _show(report: MirrorReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {k: v if isinstance(v, int | bool) else str(v) for k, v in dataclasses.asdict(report).items()}
        )
    elif report.changed:
        click.echo(
            f"{report.release}: {report.fetched} files fetched ({decimal(report.received)}),"
            f" {report.linked} unchanged; {report.triples:,} triples, store from {report.how}"
        )
    else:
        click.echo(f"{report.release}: current")
