"""Write the tables of docs/settings.md and docs/cli.md anew from the code: run it after changing either.

Text outside the marked parts is kept.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from kg.cli import main as kg
from kg.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
COMMON = {"--data", "--authority", "--json", "--verbose", "--help", "--version"}


def settings_table() -> str:
    """A row a setting."""
    rows = (
        f"| `{f.name}` | {default(f.default)} | {f.metadata['help']} |\n"
        for f in dataclasses.fields(Settings)
    )
    return "| setting | default | meaning |\n|---|---|---|\n" + "".join(rows)


def default(value: object) -> str:
    """A default as it is written in kg.toml."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return " ".join(f"`{v}`" for v in value) or "none"
    return f"`{value}`"


def sections(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """A section a command: what it says of itself, and its options."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None:
                yield from sections(command, (*path, name))
        if not group.invoke_without_command:
            return
    arguments = " ".join(
        p.make_metavar(click.Context(group)) for p in group.params if isinstance(p, click.Argument)
    )
    yield f"### `kg {' '.join(path)}`\n"
    text, _, examples = inspect.cleandoc(group.help or "").partition("\b\n")
    prose = (" ".join(part.split()) for part in text.split("\n\n") if part.strip())
    yield f"    kg {' '.join(path)} {arguments}".rstrip() + "\n\n" + "\n\n".join(prose) + "\n"
    if examples.strip():
        yield "\n".join(f"    {line}".rstrip() for line in examples.strip("\n").splitlines()) + "\n"
    options = [p for p in group.params if isinstance(p, click.Option) and max(p.opts, key=len) not in COMMON]
    for option in options:
        names = ", ".join(
            f"`{o}`" for o in sorted({*option.opts, *option.secondary_opts}, key=len, reverse=True)
        )
        yield f"* {names}: {option.help or ''}".rstrip(": ")
    if options:
        yield ""


def replace(path: Path, table: str) -> None:
    """Put `table` between the marks."""
    begin, end = "<!-- generated: tools/reference.py -->\n", "<!-- end -->\n"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(begin)
    tail = rest.partition(end)[2]
    path.write_text(f"{head}{begin}{table}{end}{tail}", encoding="utf-8")


def main() -> None:
    """Write both."""
    replace(DOCS / "settings.md", settings_table())
    replace(DOCS / "cli.md", "\n".join(sections(kg)))


if __name__ == "__main__":
    main()
