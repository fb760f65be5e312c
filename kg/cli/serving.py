"""``kg serve``: starts the server as a process of its own."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from kg import allocator
from kg.cli.common import common, current_run, own_port, place
from kg.cli.loading import Loading
from kg.errors import ReleaseError, SettingError, UsageError
from kg.settings import RUN_DIRECTORY, Settings
from kg.store.archive import Archive
from kg.store.plain import load_plain
from kg.store.releases import Release, Releases

_CONFIG = "server.gunicorn_config"


_LEVELS = ("debug", "info", "warning", "error", "critical")


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to bind to (setting host).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to bind to (setting port).")
@click.option("--store", metavar="URL", help="Serve the pages over this SPARQL endpoint instead.")
@click.option(
    "--rdf",
    is_flag=True,
    help="Serve RDF files instead of a release: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web worker processes."
)
@click.option(
    "--threads", type=click.IntRange(1, 1000), default=32, show_default=True, help="Threads a worker."
)
@click.option("--check", is_flag=True, help="Only tell whether the address is free; serve nothing.")
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@common
@click.pass_context
def serve(
    ctx: click.Context,
    host: str | None,
    port: int | None,
    store: str | None,
    rdf: bool,
    workers: int,
    threads: int,
    check: bool,
    files: tuple[Path, ...],
) -> None:
    r"""Serve the published release: pages, SPARQL endpoint, search, dumps.

    Follows new releases as they are published.  Ends with Ctrl-C.

    With --rdf it serves the SPARQL endpoint over any RDF files: their named graphs are kept, triples of
    formats without graphs are the default graph, relative IRIs are relative to the file.

    \b
    kg serve
    kg serve --host 0.0.0.0 --port 80 --data /srv/dateline
    kg serve --rdf data.ttl graphs.trig --port 8001
    """
    run = current_run(ctx)
    settings = run.settings(host=host, port=port, store=store)
    if importlib.util.find_spec("server") is None:
        raise UsageError("the server is not installed", remedy="install the wheel, or run in the checkout")
    if rdf != bool(files):
        raise UsageError(
            "--rdf goes together with files, and files with --rdf", remedy="kg serve --rdf FILE..."
        )
    _check(settings)
    free = _settled(settings)  # before anything that takes its time
    if check:
        click.echo(f"{place(free.host, free.port)} is free")
        return
    directory = Path(tempfile.mkdtemp(prefix="dateline-"))
    try:
        if files:
            settings = dataclasses.replace(settings, rdf=directory / "store")
            with Loading() as loading:
                loaded = load_plain(files, directory / "store", tell=loading)
            what = f"{loaded:,} statements of {len(files)} file{'s' if len(files) != 1 else ''}"
        elif settings.rdf or settings.store:
            what = str(settings.rdf or settings.store)
        else:
            what = f"release {_with_pages(Releases(settings.data).require()).id}"
        settings = _settled(settings)
    except BaseException:
        shutil.rmtree(directory)
        raise
    metrics = directory / "metrics"
    metrics.mkdir()
    address = click.style(f"http://{place(settings.host, settings.port)}", bold=True)
    click.echo(f"serving {what} at {address}  (Ctrl-C ends it)", err=True)
    if not (settings.rdf or settings.store):
        base = Releases(settings.data).require().manifest.base
        if (warning := elsewhere(base, settings.port)) is not None:
            click.echo(warning, err=True)
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "server.app:create_app()",
        *_arguments(settings, workers, threads),
    ]
    places = {RUN_DIRECTORY: str(directory), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    environ = {**os.environ, **allocator.preloaded(), **environment(settings), **places}
    os.execve(sys.executable, command, environ)  # noqa: S606  our own command


def _with_pages(release: Release) -> Release:
    """`release`, which must have what pages are made of: a mirror has not, for it is not published."""
    if not release.articles.exists():
        raise ReleaseError(
            f"release {release.id} is a mirror, without the articles that pages show",
            remedy=f"set KG_RDF={release.store} to serve its graph",
        )
    Archive(release.articles).close()  # of this version, or it says so before processes are started
    return release


def _writable(log: Path) -> None:
    """`SettingError` where the log of queries cannot be written."""
    try:
        log.open("a").close()
    except OSError as e:
        raise SettingError(
            f"setting query_log = {str(log)!r}: {e.strerror}", remedy="name a file that can be written to"
        ) from e


def _settled(settings: Settings) -> Settings:
    """Port 0 is any free one; plain RDF has no base of its own, so it is where it is served.

    `UsageError` where the address cannot be bound to.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            settings = dataclasses.replace(settings, port=probe.getsockname()[1])
    except OSError as e:
        raise UsageError(
            f"{place(settings.host, settings.port)} cannot be served at: {e.strerror}",
            remedy="choose another --port or --host (settings port, host)",
        ) from e
    if settings.rdf is not None and settings.base == Settings().base:
        settings = dataclasses.replace(settings, base=f"http://{place(settings.host, settings.port)}/")
    return settings


def elsewhere(base: str, port: int) -> str | None:
    """A warning where the addresses in a graph are of this machine but of another port."""
    meant = own_port(base)
    if meant in (None, port):
        return None
    return (
        f"its addresses begin with {base} and do not lead here, nor do the next pages of /api/;"
        f" to have them: kg serve --port {meant}, or kg build --base http://{urlsplit(base).hostname}:{port}/"
    )


def _check(settings: Settings) -> None:
    """What would be found out only when the server runs, and by its clients."""
    if settings.query_log is not None:
        _writable(settings.query_log)
    if settings.authority is not None and not settings.authority.exists():
        raise SettingError(
            f"setting authority = {str(settings.authority)!r}: there is no such file",
            remedy="make it with kg authority build, or leave the setting out",
        )
    level = os.environ.get("KG_LOG_LEVEL", "warning")
    if level.lower() not in _LEVELS:
        raise SettingError(f"KG_LOG_LEVEL = {level!r}: no level", remedy=f"one of: {', '.join(_LEVELS)}")


def _arguments(settings: Settings, workers: int, threads: int) -> list[str]:
    out = [
        "--bind",
        place(settings.host, settings.port),
        "--workers",
        str(workers),
        "--threads",
        str(threads),
    ]
    return [*out, "--config", f"python:{_CONFIG}"]


def environment(settings: Settings) -> Mapping[str, str]:
    """The settings as ``KG_*`` variables, which the server reads; what has its default is left out."""
    out = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if value == field.default:
            continue
        if isinstance(value, tuple):
            value = " ".join(value)
        elif isinstance(value, Path):
            value = value.absolute()
        out[f"KG_{field.name.upper()}"] = str(value)
    return out
