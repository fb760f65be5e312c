"""Embedded tables written anew where Wikidata proved something; comments and order stay as they are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.authority.tables import COLUMNS, revise
from kg.model import Item

_ID_COLUMNS = ("id", "country", "part_of", "p31", "parties", "places")
_FILLABLE = ("lat", "lon", "country", "start", "end", "p31", "verified", "id")
_SPACE = re.compile(r" +")
_OWN = re.compile(r"\bx-[a-z0-9]+(?:-[a-z0-9]+)*")


def rewrite_tables(tables: Iterable[Path], changes: Mapping[str, Item], folder: Path) -> int:
    """Write each table into `folder` with the items of `changes` (by their old id) brought up to date.

    Only the id, verification and blank cells change; a changed id is changed wherever it is referred to,
    notes included.  A table that changes is revised today.  Gives the number of rows that differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    renamed = {old: item.id for old, item in changes.items() if item.id != old}
    changed = 0
    for path in tables:
        text, rows = _rewrite(path.read_text(encoding="utf-8"), changes, renamed)
        text = revise(text, dt.datetime.now(dt.UTC).date().isoformat()) if rows else text
        (folder / path.name).write_text(text, encoding="utf-8")
        changed += rows
    return changed


def write_table(path: Path, items: Iterable[Item]) -> int:
    """Write items as a table of our own form, sorted by id; gives their number."""
    lines = ["\t".join(COLUMNS)]
    for item in sorted(items, key=lambda i: i.id):
        cells = item_cells(item)
        lines.append("\t".join(cells[column] for column in COLUMNS).rstrip("\t"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1


def item_cells(item: Item) -> dict[str, str]:
    """The cells of an item by column."""
    spare = [(lang, text) for lang, text in item.labels if lang not in {"zh", "en"}]
    aliases = dict.fromkeys((*item.aliases, *spare))
    fitting = [(lang.split("-")[0], text) for lang, text in aliases if not {"|", "\t"} & set(text)]
    cells = {
        "id": item.id, "kind": item.kind, "subkind": item.subkind,
        "zh": item.label("zh") or "", "en": item.label("en") or "",
        "aliases": "|".join(f"{text}@{lang}" for lang, text in fitting),
        "lat": _number(item.lat), "lon": _number(item.lon), "country": item.country or "",
        "part_of": " ".join(item.part_of), "start": item.start or "", "end": item.end or "",
        "p31": " ".join(item.p31), "prior": _number(item.prior), "verified": "yes" if item.verified else "no",
        "echelon": item.echelon or "", "event_type": item.event_type or "",
        "parties": " ".join(item.parties), "places": " ".join(item.places),
        "unit_name": item.unit_name or "", "factor": _number(item.factor), "note": "",
    }  # fmt: skip
    return {column: str(cell) for column, cell in cells.items()}


def _rewrite(text: str, changes: Mapping[str, Item], renamed: Mapping[str, str]) -> tuple[str, int]:
    header: list[str] | None = None
    lines, changed = text.split("\n"), 0
    for number, line in enumerate(lines):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            continue
        row = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
        lines[number] = "\t".join(_renewed(row, changes.get(row["id"]), renamed).values()).rstrip("\t")
        changed += lines[number] != line.rstrip("\t")
    return "\n".join(lines), changed


def _renewed(row: dict[str, str], now: Item | None, renamed: Mapping[str, str]) -> dict[str, str]:
    for column in _ID_COLUMNS:
        if row.get(column):
            row[column] = " ".join(renamed.get(id, id) for id in _SPACE.split(row[column]))
    if row.get("note"):
        row["note"] = _OWN.sub(lambda own: renamed.get(own[0], own[0]), row["note"])
    if now is not None:
        cells = item_cells(now)
        for column in _FILLABLE:
            if column in row and (column in {"id", "verified"} or not row[column]):
                row[column] = cells[column]
    return row


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}" if abs(value) < 1e6 else repr(value)
