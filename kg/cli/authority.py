"""``kg authority``: make, look into, compare and check authority indexes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from kg.authority import Authority, open_authority
from kg.authority.building import BuildReport, build_index
from kg.authority.checking import CheckReport
from kg.authority.checking import check as check_items
from kg.authority.embedded import embedded_items, embedded_notes
from kg.authority.importers.dump import Selection
from kg.authority.importers.report import ImportReport
from kg.authority.kinds import KINDS
from kg.authority.statistics import diff as diff_authorities
from kg.authority.statistics import statistics
from kg.authority.wikidata.classes import known_classes, read_classes
from kg.cli.authority_remote import classes, pull, verify
from kg.cli.common import Commands, common, current_run, err, out, print_json
from kg.errors import UsageError
from kg.model import Item, Lang

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Commands)
@common
def authority() -> None:
    """What is known of Wikidata items: build, fill, check and look into authority indexes."""


authority.add_command(pull)
authority.add_command(verify)
authority.add_command(classes)


def _selecting(command: F) -> F:
    """The options that say what is taken from a dump."""
    options = (
        click.option("--class", "only", multiple=True, metavar="QID",
                     help="From dumps: only items of this class; repeatable."),
        click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS),
                     help="From dumps: only items of this kind; repeatable."),
        click.option("--language", "languages", multiple=True, default=("zh",), show_default=True,
                     help="From dumps: only items with a label in it; repeatable; '' for any."),
        click.option("--sitelinks", type=click.IntRange(0), default=0, show_default=True,
                     help="From dumps: only items with so many Wikipedia articles."),
        click.option("--period", default="1946/2003", show_default=True, metavar="START/END",
                     help="From dumps: only items that may have existed then; '' for any."),
        click.option("--classes", "class_table", type=_FILE,
                     help="Table of classes to know beside the built-in ones (see kg authority classes)."),
        click.option("--date", metavar="YYYY-MM-DD",
                     help="Date of the index; otherwise that of the newest statement read."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _selection(options: dict[str, Any]) -> Selection:
    table = dict(known_classes())
    if options["class_table"]:
        table |= read_classes(options["class_table"])
    start, slash, end = options["period"].partition("/")
    return Selection(
        classes=table,
        only=frozenset(options["only"]),
        kinds=frozenset(options["kinds"]),
        languages=frozenset(lang for lang in options["languages"] if lang),
        sitelinks=options["sitelinks"],
        period=(start, end) if slash else None,
    )


@authority.command()
@click.argument("inputs", nargs=-1, type=_FILE)
@click.option("-o", "--output", required=True, type=_NEW_FILE, help="The index to write.")
@_selecting
@common
@click.pass_context
def build(ctx: click.Context, /, inputs: tuple[Path, ...], output: Path, **options: Any) -> None:
    r"""Build an index of the embedded items and of INPUTS: tables, dumps, other indexes.

    Of one item the embedded statements stand first, then those of the earlier input; later ones fill gaps.
    A build that was stopped goes on when the same command is given again.

    \b
    kg authority build -o authority.db wikidata_places.tsv.gz wikidata_other.tsv.gz
    kg authority build -o authority.db latest-all.json.gz --kind place --sitelinks 3
    """
    _build(ctx, output, inputs, options)


@authority.command("import")
@click.argument("index", type=_FILE)
@click.argument("inputs", nargs=-1, required=True, type=_FILE)
@_selecting
@common
@click.pass_context
def import_(ctx: click.Context, /, index: Path, inputs: tuple[Path, ...], **options: Any) -> None:
    r"""Add INPUTS (tables, dumps, other indexes) to an INDEX; what it says already stands.

    \b
    kg authority import authority.db pulled.tsv
    """
    _build(ctx, index, (index, *inputs), options)


def _build(ctx: click.Context, output: Path, inputs: tuple[Path, ...], options: dict[str, Any]) -> None:
    run = current_run(ctx)
    with _Bar(err()) as bar:
        report = build_index(
            output, inputs, selection=_selection(options), date=options["date"], progress=bar.show
        )
    if run.json:
        print_json(report)
        return
    _print_build(output, report)


def _print_build(output: Path, report: BuildReport) -> None:
    for part in report.inputs:
        for line in part.lines():
            click.echo(line)
    index = report.index
    click.echo(
        f"{output}: {index.items:,} items, {index.names:,} names, {decimal(index.size)},"
        f" version {index.version}, of {report.date}"
    )


class _Bar:
    """A bar an input, on a terminal."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._progress.stop()

    def show(self, report: ImportReport, fraction: float) -> None:
        """Where an input stands."""
        name = Path(report.source).name
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=1.0)
        self._progress.update(
            self._tasks[name], completed=fraction, description=f"{name}: {report.kept:,} of {report.read:,}"
        )


@authority.command()
@click.argument("index", required=False, type=_FILE)
@common
@click.pass_context
def stats(ctx: click.Context, index: Path | None) -> None:
    r"""Count what an index holds (without INDEX: the one in use).

    \b
    kg authority stats
    """
    run = current_run(ctx)
    opened = open_authority(index or run.settings().authority)
    found = statistics(opened)
    if run.json:
        counts = {f.name: getattr(found, f.name) for f in fields(found)}
        counts["by_kind"] = {"/".join(k): n for k, n in sorted(found.by_kind.items())}
        print_json({"path": opened.path} | opened.meta | counts)
        return
    click.echo(f"{opened.path} ({decimal(opened.path.stat().st_size)})")
    click.echo(
        f"version {opened.version}, of {opened.date}, from {', '.join(opened.meta['sources'].split())}"
    )
    click.echo(
        f"{found.items:,} items ({found.verified:,} verified, {found.located:,} located,"
        f" {found.dated:,} dated); {found.names:,} names, {found.matcher_names:,} to look for,"
        f" {found.ambiguous:,} of them ambiguous"
    )
    table = Table("kind", "subkind", "items", box=None)
    table.columns[2].justify = "right"
    for (kind, subkind), count in sorted(found.by_kind.items(), key=lambda x: (x[0][0], -x[1])):
        table.add_row(kind, subkind, f"{count:,}")
    out().print(table)


@authority.command()
@click.argument("name")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="As in a text of this language.")
@common
@click.pass_context
def lookup(ctx: click.Context, name: str, lang: str | None) -> None:
    r"""Show what NAME may mean, or the item of a QID; exit code 1 if nothing is called so.

    \b
    kg authority lookup 莱州
    kg authority lookup Q36027
    """
    run = current_run(ctx)
    if not name.strip():
        raise UsageError("the name is empty", remedy="give a name or a QID")
    opened = open_authority(run.settings().authority)
    item = opened.item(name)
    if item is not None:
        _print_item(opened, item, as_json=run.json)
        return
    hits = opened.lookup(name, Lang(lang) if lang else None)
    if run.json:
        print_json(hits)
        ctx.exit(0 if hits else 1)
    if not hits:
        click.echo(f"nothing is called {name!r}", err=True)
        ctx.exit(1)
    table = Table("item", "kind", "zh", "en", "matched", "how", "prior", "within", box=None)
    for hit in hits:
        found = opened.item(hit.item)
        if found is not None:
            table.add_row(
                hit.item, f"{found.kind}/{found.subkind}", found.label("zh") or "", found.label("en") or "",
                hit.name, hit.how, f"{hit.prior:.2f}", _within(opened, found),
            )  # fmt: skip
    out().print(table)


def _within(opened: Authority, item: Item) -> str:
    names = (opened.item(id) for id in opened.ancestors(item.id)[:3])
    return ", ".join(i.label("en") or i.id for i in names if i is not None)


def _print_item(opened: Authority, item: Item, *, as_json: bool) -> None:
    if as_json:
        print_json(item)
        return
    table = Table("", "", box=None, show_header=False)
    for key, value in asdict(item).items():
        if value not in (None, (), []):
            shown = " | ".join(map(_shown, value)) if isinstance(value, tuple | list) else str(value)
            table.add_row(key, shown)
    table.add_row("within", _within(opened, item))
    out().print(table)


def _shown(value: object) -> str:
    return "@".join(reversed([str(v) for v in value])) if isinstance(value, tuple | list) else str(value)


@authority.command("diff")
@click.argument("before", type=_FILE)
@click.argument("after", required=False, type=_FILE)
@common
@click.pass_context
def diff(ctx: click.Context, before: Path, after: Path | None) -> None:
    r"""List the items that differ between two indexes (without AFTER: the embedded one).

    \b
    kg authority diff old.db new.db
    """
    changes = list(diff_authorities(Authority(before), open_authority(after)))
    if current_run(ctx).json:
        print_json(changes)
        return
    for change in changes:
        item = change.after or change.before
        label = (item.label("en") or item.label("zh") or "") if item else ""
        sign = "+" if change.before is None else "-" if change.after is None else "~"
        click.echo(f"{sign} {change.id} {label} {', '.join(change.fields)}".rstrip())
    added = sum(c.before is None for c in changes)
    removed = sum(c.after is None for c in changes)
    click.echo(f"{added:,} added, {removed:,} removed, {len(changes) - added - removed:,} changed")


@authority.command()
@click.argument("tables", nargs=-1, type=_FILE)
@click.option("--limit", default=50, show_default=True, help="How many of each kind of finding to show.")
@common
@click.pass_context
def check(ctx: click.Context, tables: tuple[Path, ...], limit: int) -> None:
    r"""Hold the embedded items against reference TABLES (names, kinds, coordinates, years) and each other.

    \b
    kg authority check wikidata_places.tsv.gz wikidata_other.tsv.gz extra.tsv
    """
    report = check_items(embedded_items(), tables, embedded_notes())
    if current_run(ctx).json:
        print_json(report)
        return
    _print_check(report, limit)


def _print_check(report: CheckReport, limit: int) -> None:
    shown: list[tuple[str, list[str]]] = [
        ("seem to be one thing twice", [str(d) for d in report.doubles]),
        ("disagree", [str(d) for d in report.disagreements]),
        ("are marked verified, but no table has them", list(report.absent)),
        ("are marked unverified, but a table agrees", list(report.confirmable)),
        ("have no QID, but a namesake in the tables", [f"{a} = {b}?" for a, b in report.candidates]),
    ]
    click.echo(f"{report.compared:,} items compared, {len(report.agreed):,} agree in everything")
    for title, lines in shown:
        click.echo(f"{len(lines):,} {title}")
        for line in lines[:limit]:
            click.echo(f"  {line}")
        if len(lines) > limit:
            click.echo(f"  … {len(lines) - limit:,} more (--limit)")
