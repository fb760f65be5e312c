"""The small tables of this room: ``*.tsv`` with comments (``#``) and a line of column names."""

from __future__ import annotations

from importlib import resources


def rows(name: str) -> list[tuple[str, ...]]:
    """The rows of a table, without comments and the names of its columns."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return [tuple(line.split("\t")) for line in text.splitlines() if not line.startswith("#")][1:]
