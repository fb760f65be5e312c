"""Every setting, and every command with its options, is described."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kg.cli import main
from kg.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
_COMMON = {"--data", "--authority", "--json", "--verbose", "--help", "--version"}


def rows() -> dict[str, tuple[str, str]]:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    return {name: (default, meaning) for name, default, meaning in _ROW.findall(text)}


def test_every_setting_has_a_row_and_no_row_lacks_a_setting() -> None:
    assert list(rows()) == [f.name for f in dataclasses.fields(Settings)]


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Settings)])
def test_the_row_of_a_setting_says_its_default_and_meaning(name: str) -> None:
    found = next(f for f in dataclasses.fields(Settings) if f.name == name)
    default, meaning = rows()[name]
    assert meaning.startswith(found.metadata["help"])
    assert default == written(found.default)


def written(default: object) -> str:
    if default is None:
        return "unset"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return " ".join(f"`{v}`" for v in default) or "none"
    return f"`{default}`"


def commands(group: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))
    if not isinstance(group, click.Group) or group.invoke_without_command:
        yield " ".join(path), group


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_command_is_described_with_its_options(path: str, command: click.Command) -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    heading = f"\n### `kg {path}`\n"
    assert heading in text
    section = text.split(heading)[1].split("\n### ")[0].split("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            longest = max(parameter.opts, key=len)
            assert longest in _COMMON or f"`{longest}" in section, longest


def test_no_command_is_described_that_is_not_there() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### `kg (.+)`$", text, re.MULTILINE)) == {path for path, _ in commands()}
