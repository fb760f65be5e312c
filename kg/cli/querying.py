"""``kg query`` and ``kg dump``."""

from __future__ import annotations

import re
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO

import click
from rich.table import Table

from kg.cli.common import as_a_whole, common, current_run, format_by_name, out, print_json
from kg.dumps.slicing import SLICES, dump_triples, open_output, years_of
from kg.errors import QueryError, UsageError
from kg.rdf.formats import GRAPHS, RESULTS, Format, prefixes, prologue
from kg.rdf.iris import Minter
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.mistakes import mistake, readable
from kg.store.oxigraph import OxigraphEngine
from kg.store.ports import Answer, Answers, QueryEngine, Term
from kg.store.releases import Releases
from kg.store.remote import RemoteEngine
from kg.store.sparql import line_and_column, might_call_service, services
from kg.store.textsearch import SEARCH, rewrite, searching

_PLACE = re.compile(r"\berror at (\d+):")
_FORMATS = ("table", *(f.extension for f in (*RESULTS, *GRAPHS)), "json")
_QUADS = (*(f.extension for f in GRAPHS), "nq", "trig")


def open_engine(settings: Settings) -> QueryEngine:
    """What answers queries: the endpoint of the setting ``store``, or the published release."""
    if settings.store:
        return RemoteEngine(settings.store, timeout=settings.query_timeout)
    return OxigraphEngine(Releases(settings.data).require().store)


@click.command()
@click.argument("sparql")
@click.option(
    "-f",
    "--format",
    "fmt",
    help=f"One of: {', '.join(_FORMATS)}.  By default what the name after -o ends in, else a table.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@common
@click.pass_context
def query(ctx: click.Context, sparql: str, fmt: str | None, output: Path | None) -> None:
    r"""Ask the published release in SPARQL.

    SPARQL is a query, @FILE, or '-' (standard input).  The usual prefixes need no declaration, and SERVICE
    dl:search finds articles by their words, as at the endpoint.

    \b
    kg query 'SELECT ?t (COUNT(*) AS ?n) { ?r a dl:EventReport ; sem:eventType ?t } GROUP BY ?t'
    kg query 'SELECT ?a ?score { SERVICE dl:search { ?a dl:text "奠边府" ; dl:score ?score } }'
    kg query @places.rq -o places.csv
    """
    run = current_run(ctx)
    settings = run.settings()
    if not settings.store:  # the prefixes are those of the release, whatever the setting says by now
        settings = replace(settings, base=Releases(settings.data).require().manifest.base)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine does not look whether Ctrl-C was struck
    answer = _ask(open_engine(settings), _read(sparql), settings)
    if fmt is None:
        fmt = format_by_name(output, _FORMATS, "table")
    if run.json and fmt == "table":
        fmt = "json"
    if output is None:
        _print(answer, fmt, settings)
    else:
        with as_a_whole(output) as place, place.open("wb") as target:
            answer.serialize(target, _media_type(answer, "csv" if fmt == "table" else fmt))


def _ask(engine: QueryEngine, sparql: str, settings: Settings) -> Answer:
    """The answer; where a query is wrong, the line is counted in what the user wrote."""
    before = prologue(settings.base)
    lines = before.count("\n")
    known = prefixes(settings.base)
    try:
        return engine.query(before + (sparql if settings.store else _searched(sparql, settings, known)))
    except QueryError as e:
        if _PLACE.search(e.message) and (found := mistake(sparql, known)):
            line, column = line_and_column(sparql, found.at)
            raise QueryError(f"query: error at {line}:{column}: {found.what}", remedy=found.remedy) from e
        message = readable(_PLACE.sub(lambda m: f"error at {int(m[1]) - lines}:", e.message))
        raise QueryError(message, remedy=e.remedy) from e


def _searched(sparql: str, settings: Settings, known: dict[str, str]) -> str:
    """The query with its text searches answered from the release's index, as the endpoint does it.

    An endpoint of the setting ``store`` answers its own.
    """
    if not might_call_service(sparql):
        return sparql
    clauses = services(sparql, known)
    if not any(c.endpoint == SEARCH for c in clauses):
        return sparql
    release = Releases(settings.data).require()
    if not release.articles.exists():
        raise QueryError(
            f"SERVICE dl:search: release {release.id} is a mirror, without an index of words",
            remedy="ask the server it was copied from",
        )
    archive = Archive(release.articles)
    try:
        return rewrite(sparql, clauses, searching(archive, Minter(settings.base)), known)
    finally:
        archive.close()


def _read(sparql: str) -> str:
    if sparql == "-":
        return sys.stdin.read()
    if sparql.startswith("@"):
        try:
            return Path(sparql[1:]).read_text(encoding="utf-8")
        except OSError as e:
            raise UsageError(
                f"query file {sparql[1:]}: {e.strerror}", remedy="name a file that can be read after @"
            ) from e
    return sparql


def _media_type(answer: Answer, fmt: str) -> str:
    graphs = answer.form is Answers.TRIPLES
    if fmt == "json":
        return Format.JSON_LD.media_type if graphs else Format.JSON.media_type
    chosen = Format.from_name(fmt)
    if chosen is None:
        raise UsageError(f"format {fmt!r} is unknown", remedy=f"one of: {', '.join(_FORMATS)}")
    if chosen.is_graph is not graphs:
        fitting = ", ".join(f.extension for f in (GRAPHS if graphs else RESULTS))
        raise UsageError(f"format {fmt!r} does not fit the answer", remedy=f"one of: {fitting}")
    return chosen.media_type


def _print(answer: Answer, fmt: str, settings: Settings) -> None:
    if fmt != "table":
        _serialize(answer, _media_type(answer, fmt))
    elif answer.form is Answers.TRIPLES:
        _serialize(answer, Format.TURTLE.media_type)
    elif answer.form is Answers.BOOLEAN:
        click.echo("yes" if answer.boolean() else "no")
    else:
        _table(answer, settings)


def _serialize(answer: Answer, media_type: str) -> None:
    stream: IO[bytes] = sys.stdout.buffer
    answer.serialize(stream, media_type)
    stream.flush()


def _table(answer: Answer, settings: Settings) -> None:
    names = list(prefixes(settings.base).items())
    table = Table(*answer.variables, box=None)
    rows = 0
    for row in answer.rows():
        table.add_row(*(_short(row.get(v), names) for v in answer.variables))
        rows += 1
    console = out()
    if not console.is_terminal:
        console.width = 10_000  # a pipe has no edge to wrap at
    console.print(table)
    if console.is_terminal:
        console.print(f"[dim]{rows:,} rows[/]")


def _short(term: Term | None, names: list[tuple[str, str]]) -> str:
    if term is None:
        return ""
    if term.type != "uri":
        return term.value.replace("[", r"\[")
    for prefix, namespace in names:
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value[len(namespace) :]}"
    return term.value


@click.command()
@click.option(
    "-f",
    "--format",
    "fmt",
    help=f"One of: {', '.join(_QUADS)}.  By default what the name after -o ends in, else nt.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--year", type=int, multiple=True, help="Only articles printed in this year; repeatable.")
@click.option("--kind", type=click.Choice(SLICES), multiple=True, help="Only nodes of this kind; repeatable.")
@click.option("--release", default="current", help="Which release; the published one by default.")
@common
@click.pass_context
def dump(
    ctx: click.Context,
    fmt: str | None,
    output: Path | None,
    year: tuple[int, ...],
    kind: tuple[str, ...],
    release: str,
) -> None:
    r"""Write the graph, or a slice of it, to standard output or a file (.zst and .gz compress).

    The triples of a release have no named graphs; in nq and trig those of an article are a graph that is
    named by it, as in the dump file graph.nq.  How much was
    written is told with -o, and by --json (beside standard output: on standard error).

    \b
    kg dump -o graph.nt.zst
    kg dump --year 1953 --kind event -o events.ttl
    kg dump --format nq | gzip > graph.nq.gz
    """
    run = current_run(ctx)
    settings = run.settings()
    chosen = Format.from_name(fmt or format_by_name(output, _QUADS, "nt"))
    if chosen is None or not chosen.is_graph:
        raise UsageError(f"format {fmt!r} is not one for graphs", remedy=f"one of: {', '.join(_QUADS)}")
    found = Releases(settings.data).get(release)
    if output is None:
        written = dump_triples(found, sys.stdout.buffer, chosen, years=year, kinds=kind)
    else:
        with as_a_whole(output) as place, open_output(place) as target:
            written = dump_triples(found, target, chosen, years=year, kinds=kind)
    if run.json:
        summary = {"release": found.id, "file": output, "format": chosen.extension, "triples": written}
        print_json(summary, to_stderr=output is None)
    elif output is not None:
        what = f"{written:,} triples of release {found.id} as {chosen.label}"
        out().print(f"{what} in {output}", markup=False)
    if not written:
        printed = " ".join(map(str, years_of(found))) or "no year"
        nothing = f"release {found.id} has nothing of that kind and year"
        click.echo(f"kg: {nothing}; it has articles of {printed}", err=True)
