"""``kg serve``: starts the server as a process of its own."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from kg.cli.common import common, current_run, err
from kg.errors import UsageError
from kg.settings import Settings
from kg.store.releases import Releases

_CONFIG = "server.gunicorn_config"


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to bind to (setting host).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to bind to (setting port).")
@click.option("--store", metavar="URL", help="Serve the pages over this SPARQL endpoint instead.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Web worker processes.")
@click.option("--threads", type=click.IntRange(1), default=16, show_default=True, help="Threads a worker.")
@common
@click.pass_context
def serve(
    ctx: click.Context, host: str | None, port: int | None, store: str | None, workers: int, threads: int
) -> None:
    r"""Serve the published release: pages, SPARQL endpoint, search, dumps.

    Follows new releases as they are published.  Ends with Ctrl-C.

    \b
    kg serve
    kg serve --host 0.0.0.0 --port 80 --data /srv/dateline
    """
    run = current_run(ctx)
    settings = run.settings(host=host, port=port, store=store)
    if importlib.util.find_spec("server") is None:
        raise UsageError("the server is not installed", remedy="install the wheel, or run in the checkout")
    release = None if settings.store else Releases(settings.data).require()
    what = settings.store or f"release {release.id if release else ''}"
    err().print(f"serving {what} at [bold]http://{settings.host}:{settings.port}[/]  (Ctrl-C ends it)")
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "server:create_app()",
        *_arguments(settings, workers, threads),
    ]
    os.execve(sys.executable, command, {**os.environ, **environment(settings)})  # noqa: S606  our own command


def _arguments(settings: Settings, workers: int, threads: int) -> list[str]:
    out = ["--bind", f"{settings.host}:{settings.port}", "--workers", str(workers), "--threads", str(threads)]
    if importlib.util.find_spec(_CONFIG) is not None:
        out += ["--config", f"python:{_CONFIG}"]
    return out


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
