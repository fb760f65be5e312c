"""The commands of ``kg authority`` that ask Wikidata."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kg.authority.embedded import cache_folder, embedded_items, embedded_tables
from kg.authority.importers.cleaning import tidy
from kg.authority.kinds import KINDS
from kg.authority.pulling import Pulled, pull_ids, pull_names
from kg.authority.rewriting import rewrite_tables, write_table
from kg.authority.verifying import PROVEN, Finding, Status
from kg.authority.verifying import verify as verify_items
from kg.authority.wikidata.cache import EntityCache
from kg.authority.wikidata.classes import known_classes
from kg.authority.wikidata.client import Wikidata
from kg.cli.common import common, current_run, err, print_json
from kg.errors import UsageError
from kg.rdf.iris import is_qid
from kg.settings import Settings

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_CACHE = click.option(
    "--cache", type=_NEW_FILE, help="Cache of fetched documents (default: the user's cache folder)."
)
_REFRESH = click.option("--refresh", is_flag=True, help="Fetch anew what is in the cache.")


def _client(settings: Settings, cache: Path | None, *, refresh: bool) -> Wikidata:
    kept = EntityCache(cache or cache_folder() / "wikidata.db", max_age_days=-1 if refresh else 30)
    return Wikidata(settings, cache=kept)


@click.command()
@click.argument("names", nargs=-1)
@click.option("-o", "--output", type=_NEW_FILE, required=True, help="The table (.tsv) to write.")
@click.option("--kind", type=click.Choice(KINDS), help="Only items of this kind.")
@click.option(
    "--class",
    "classes_",
    multiple=True,
    metavar="QID",
    help="All items of this class or below that have a Chinese label; repeatable.",
)
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of QIDs and names, one a line.",
)
@_CACHE
@_REFRESH
@common
@click.pass_context
def pull(ctx: click.Context, names: tuple[str, ...], output: Path, kind: str | None, file: Path | None,
         classes_: tuple[str, ...], cache: Path | None, refresh: bool) -> None:  # fmt: skip
    r"""Fetch items from Wikidata, by QID or by name, into a table that build and import read.

    A name takes every item that bears it exactly, in Chinese or English.  What was fetched is kept, so a
    stopped pull goes on when it is given again.

    \b
    kg authority pull Q881 Q36027 越南通讯社 -o pulled.tsv
    kg authority pull --class Q192283 -o agencies.tsv
    """
    wanted = [name.strip() for name in (*names, *_lines(file)) if name.strip()]
    if not wanted and not classes_:
        raise UsageError("nothing to pull", remedy="give QIDs or names, --from FILE or --class QID")
    for class_ in classes_:
        if not is_qid(class_):
            raise UsageError(f"--class {class_}: no QID", remedy="write it as Q515")
    with _client(current_run(ctx).settings(), cache, refresh=refresh) as wikidata:
        ids = [name for name in wanted if is_qid(name)]
        ids += wikidata.members(classes_) if classes_ else []
        pulled = pull_ids(wikidata, ids)
        pulled = pulled.joined(pull_names(wikidata, [name for name in wanted if not is_qid(name)]))
    items = [item for item in pulled.items if kind is None or item.kind == kind]
    count = write_table(output, items)
    if current_run(ctx).json:
        print_json(replace(pulled, items=tuple(items)))
        return
    _print_pulled(pulled)
    click.echo(f"{output}: {count:,} items")


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as e:
        raise UsageError(f"{file}: no UTF-8 at byte {e.start}", remedy="save it as UTF-8") from e


def _print_pulled(pulled: Pulled) -> None:
    for old, new in pulled.redirects.items():
        click.echo(f"{old} was merged into {new}")
    for id in pulled.missing:
        click.echo(f"{id} is not (or no longer) at Wikidata")
    for id in pulled.of_no_kind:
        click.echo(f"{id} is of no kind that the authority keeps")
    for name in pulled.not_found:
        click.echo(f"{tidy(name, 'zh')}: no item bears that name")


@click.command()
@click.option(
    "--all/--unverified",
    "everything",
    default=False,
    help="Check all embedded items, or only those marked unverified (default).",
)
@click.option(
    "--search/--no-search", default=True, show_default=True, help="Look for items without a QID by name."
)
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the tables with what was proved into this folder.",
)
@_CACHE
@_REFRESH
@common
@click.pass_context
def verify(ctx: click.Context, everything: bool, search: bool, folder: Path | None, cache: Path | None,
           refresh: bool) -> None:  # fmt: skip
    r"""Check the embedded items at Wikidata: labels, classes, places; fill the blanks, report the rest.

    \b
    kg authority verify --all --write verified/
    """
    items = [item for item in embedded_items() if everything or not item.verified]
    with _client(current_run(ctx).settings(), cache, refresh=refresh) as wikidata:
        findings = list(verify_items(items, wikidata, search=search))
    changes = {f.item.id: f.now for f in findings if f.status in PROVEN and f.now != f.item}
    changes |= {f.item.id: f.now for f in findings if f.status is Status.MISSING}
    rows = rewrite_tables(embedded_tables(), changes, folder) if folder else 0
    if current_run(ctx).json:
        print_json([_record(f) for f in findings])
        return
    for finding in findings:
        if finding.status is not Status.PROVED:
            label = finding.item.label("en") or finding.item.label("zh")
            click.echo(f"{finding.item.id} {label}: {finding.status}: {finding.detail}")
    counts = Counter(f.status for f in findings)
    click.echo(", ".join(f"{n:,} {status}" for status, n in counts.most_common()) or "nothing to check")
    if folder:
        click.echo(f"{folder}: {rows:,} rows brought up to date")


def _record(finding: Finding) -> dict[str, Any]:
    return {"id": finding.item.id, "status": finding.status, "now": finding.now.id, "detail": finding.detail}


@click.command()
@click.option("-o", "--output", type=_NEW_FILE, required=True, help="The table of classes to write.")
@click.argument("qids", nargs=-1)
@common
@click.pass_context
def classes(ctx: click.Context, qids: tuple[str, ...], output: Path) -> None:
    r"""Ask the query service for the subclasses of the classes we know, as a table for --classes.

    With QIDS only those classes are asked for.

    \b
    kg authority classes -o classes.tsv
    """
    known = known_classes()
    if unknown := sorted(set(qids) - set(known)):
        raise UsageError(f"class {', '.join(unknown)} is not in the built-in table", remedy="give others")
    lines: dict[str, str] = {}
    console = err()
    with Wikidata(current_run(ctx).settings()) as wikidata:
        # Narrow classes first: a class below several of ours is what the weightiest says.
        for qid in sorted(qids or known, key=lambda q: -known[q].prior):
            told = known[qid]
            for below in wikidata.subclasses(qid):
                if below not in known:
                    lines.setdefault(below, f"{below}\t{told.kind}\t{told.subkind}\t{told.prior / 2:g}")
            if console.is_terminal:
                console.print(f"{qid}: {len(lines):,} classes so far")
    output.write_text(
        "class\tkind\tsubkind\tprior\n" + "\n".join(lines.values()) + os.linesep, encoding="utf-8"
    )
    if current_run(ctx).json:
        print_json({"file": output, "classes": len(lines)})
    else:
        click.echo(f"{output}: {len(lines):,} classes")
