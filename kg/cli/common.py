"""What all commands share: global options, settings, the terminal."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from kg.model import Reject
from kg.settings import Settings
from kg.store.durable import replacing

if TYPE_CHECKING:
    from rich.console import Console

    from kg.linking.judgements import Judgements

F = TypeVar("F", bound=Callable[..., Any])
_SENTENCE = 200  # characters of what a list says of a command
_PACKED = (".gz", ".zst")


@dataclass(slots=True)
class Run:
    """What the global options said."""

    flags: dict[str, Any] = field(default_factory=dict)
    json: bool = False
    verbose: int = 0

    def settings(self, **flags: object) -> Settings:
        """The settings of this run; `flags` that are not None have the last word."""
        return Settings.load(**{**self.flags, **flags})

    def sets(self, name: str) -> bool:
        """Whether a setting is set at all, in the file, the environment or by an option."""
        return name in Settings.given(**self.flags)


def current_run(ctx: click.Context) -> Run:
    """The `Run` of the command line, made by whoever asks first."""
    root = ctx.find_root()
    if not isinstance(root.obj, Run):
        root.obj = Run()
    return root.obj


def _flag(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None:
        current_run(ctx).flags[str(param.name)] = value


def _json(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001  click's signature
    current_run(ctx).json |= value


def _verbose(ctx: click.Context, param: click.Parameter, value: int) -> None:  # noqa: ARG001
    run = current_run(ctx)
    run.verbose = max(run.verbose, value)
    if value:
        logging.basicConfig(level=logging.DEBUG if run.verbose > 1 else logging.INFO, stream=sys.stderr)


_OPTIONS = (
    click.option("--data", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
                 callback=_flag, expose_value=False, help="Directory of the releases (setting data)."),
    click.option("--authority", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                 callback=_flag, expose_value=False, help="Authority index; without it the embedded one."),
    click.option("--json", "as_json", is_flag=True, callback=_json, expose_value=False,
                 help="Print a summary as JSON."),
    click.option("-v", "--verbose", count=True, callback=_verbose, expose_value=False,
                 help="Say more; twice: tracebacks too."),
)  # fmt: skip


def common(command: F) -> F:
    r"""Add the global options: they may stand before or after the name of a command.

    Docstrings are raw, so a line of ``\b`` in them, which keeps the examples below it in lines, is made the
    character that click looks for.
    """
    command.__doc__ = (command.__doc__ or "").replace("\\b\n", "\b\n")
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class Commands(click.Group):
    """A group that says all of the first sentence of each command, and what a misspelt one may have been."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, wrapped where it is too wide for the terminal; click itself cuts it."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, command.get_short_help_str(_SENTENCE)) for name, command in found if command]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; click knows only of those that are loaded when it looks for another."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.list_commands(ctx), ctx=ctx)
        return super().resolve_command(ctx, args)


@contextlib.contextmanager
def as_a_whole(path: Path) -> Iterator[Path]:
    """Where to write what is to be `path` once all of it is there: a run that fails leaves no half of it.

    A pipe or a device is written to as it is.
    """
    if (path.exists() and not path.is_file()) or not os.access(path.resolve().parent, os.W_OK):
        yield path
        return
    with replacing(path.resolve()) as temporary:
        try:
            yield temporary
        except OSError as e:
            if e.filename == str(temporary):
                e.filename = str(path)
            raise


def format_by_name(output: Path | None, known: Collection[str], usual: str) -> str:
    """Which of the `known` formats the name of a file to write ends in, packed or not; else the `usual` one.

    >>> [format_by_name(name, ("nt", "nq"), "nt") for name in (Path("graph.nq.zst"), Path("graph"), None)]
    ['nq', 'nt', 'nt']
    """
    if output is None:
        return usual
    name = Path(output.stem) if output.suffix in _PACKED else output
    ending = name.suffix[1:].lower()
    return ending if ending in known else usual


def out() -> Console:
    """Standard output, coloured when it is a terminal; a pipe or file is taken to be wide."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error, likewise."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console  # half the time that a command takes to start

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 160)
    return console


def told(reject: Reject) -> str:
    """A reject on one line: where, why, what to do."""
    where = f"{reject.origin}:{reject.line}" if reject.line else reject.origin
    return f"{where}: {reject.reason}; {reject.remedy}"


def place(host: str, port: int) -> str:
    """Host and port as they stand in addresses.

    >>> place("127.0.0.1", 8000), place("::1", 8000)
    ('127.0.0.1:8000', '[::1]:8000')
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def own_port(base: str) -> int | None:
    """The port of this machine that a base leads to; None where it is the public name of a server.

    >>> own_port("http://127.0.0.1:8000/"), own_port("http://localhost/"), own_port("https://example.org/")
    (8000, 80, None)
    """
    meant = urlsplit(base)
    if meant.hostname not in ("127.0.0.1", "localhost", "::1"):
        return None
    return meant.port or (443 if meant.scheme == "https" else 80)


def tell_conflicts(judgements: Judgements) -> None:
    """Say on standard error that people's judgements contradict each other, where they do."""
    if pairs := judgements.conflicts():
        click.echo(f"{len(pairs)} judgements contradict each other: kg judge conflicts", err=True)


def print_json(value: object, *, to_stderr: bool = False) -> None:
    """A JSON document on standard output, or where data goes there on standard error; records are objects
    of their fields.

    Not by `dataclasses.asdict`, which makes nonsense of a `Counter` inside a record.
    """
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_json_form), err=to_stderr)


def _json_form(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
