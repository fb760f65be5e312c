"""The ``kg`` command: thin commands over the rooms, and the place where they are put together.

Commands are imported when they are called, so that ``kg --help`` answers at once.
"""

from __future__ import annotations

import errno
import importlib
import importlib.util

import click

from kg import __version__
from kg.cli.common import Commands, Run, common
from kg.errors import DISK_FULL, DatelineError

_COMMANDS = {
    "build": "kg.cli.building:build",
    "update": "kg.cli.building:update",
    "convert": "kg.cli.converting:convert",
    "serve": "kg.cli.serving:serve",
    "annotate": "kg.cli.reading:annotate",
    "inspect": "kg.cli.inspecting:inspect",
    "query": "kg.cli.querying:query",
    "dump": "kg.cli.querying:dump",
    "validate": "kg.cli.validating:validate",
    "releases": "kg.cli.releases:releases",
    "mirror": "kg.cli.mirroring:mirror",
    "authority": "kg.cli.authority:authority",
    "judge": "kg.cli.judging:judge",
    "linking": "kg.cli.linking:linking",
}


class Main(Commands):
    """Finds commands, and turns the errors of `kg.errors` into a line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The commands whose modules are there."""
        return [n for n, path in _COMMANDS.items() if importlib.util.find_spec(path.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101  for the type checker
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error on purpose, or a file that cannot be used, is told in one line."""
        try:
            return super().invoke(ctx)
        except DatelineError as e:
            run = ctx.obj
            if isinstance(run, Run) and run.verbose > 1:
                raise
            click.echo(f"kg: {e}", err=True)
            ctx.exit(e.exit_code)
        except OSError as e:
            run = ctx.obj
            if e.errno == errno.EPIPE or (isinstance(run, Run) and run.verbose > 1):
                raise
            if e.errno in DISK_FULL:
                where = f"{e.filename}: " if e.filename else ""
                click.echo(f"kg: {where}no space is left on the disk; free some and run it again", err=True)
            elif e.filename is None:  # of the network, or of a library below
                click.echo(f"kg: {e}", err=True)
            else:
                click.echo(
                    f"kg: {e.filename}: {e.strerror}; name another place, or give leave to use it", err=True
                )
            ctx.exit(DatelineError.exit_code)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kg")
@common
def main() -> None:
    r"""Turn a newspaper archive into linked data.

    \b
    kg build articles/         convert a folder into a knowledge graph and publish it
    kg serve                   browse it, query it, download it: http://127.0.0.1:8000
    kg inspect article.txt     see what was understood in one article, and why
    kg update articles/        convert only what is new or has changed

    Settings come from kg.toml, KG_... in the environment, and options, in this order.  Exit codes:
    0 done, 1 failed, 2 wrong usage, 3 nothing could be read, 4 authority, 5 store, 6 shapes broken.
    """
