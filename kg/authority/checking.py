"""The embedded items held against tables of reference: what disagrees, what could be verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.authority.comparing import Disagreement, disagreements, names_by_language
from kg.authority.doubles import Double, doubles
from kg.authority.importers.files import InputFile
from kg.authority.importers.report import ImportReport
from kg.authority.importers.tables import read_rows
from kg.authority.merging import merge
from kg.model import Item


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    `agreed` ids are in the tables and nothing differs.  `absent` are marked verified although no table has
    them.  `confirmable` are marked unverified although a table has them and agrees.  `candidates` are items
    of ours without a QID, with the table items that bear both their names.  `doubles` are pairs of ours
    that seem to be one thing.
    """

    compared: int
    agreed: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    absent: tuple[str, ...]
    confirmable: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]
    doubles: tuple[Double, ...]


def check(
    ours: Iterable[Item], tables: Iterable[Path], notes: Mapping[str, str] | None = None
) -> CheckReport:
    """Compare items with the tables, by QID and by name; and with each other (`notes`: see `doubles`)."""
    reference = _read(tables)
    items = list(ours)
    by_names = _by_both_names(reference.values())
    taken = {item.id for item in items}
    compared, agreed, found, absent, confirmable = 0, [], [], [], []
    candidates: list[tuple[str, str]] = []
    for item in items:
        if item.id.startswith("x-"):
            candidates += [(item.id, id) for id in sorted(_namesakes(item, by_names) - taken)]
        elif item.id not in reference:
            absent += [item.id] if item.verified and reference else []
        else:
            compared += 1
            faults = list(disagreements(item, reference[item.id]))
            found += faults
            if not faults:
                agreed.append(item.id)
                confirmable += [item.id] if not item.verified else []
    return CheckReport(
        compared=compared,
        agreed=tuple(agreed),
        disagreements=tuple(found),
        absent=tuple(absent),
        confirmable=tuple(confirmable),
        candidates=tuple(candidates),
        doubles=tuple(doubles(items, notes)),
    )


def _read(tables: Iterable[Path]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for path in tables:
        for _, item in read_rows(InputFile(path), ImportReport(str(path))):
            if item is not None and item.id.startswith("Q"):
                found[item.id] = merge(found[item.id], item) if item.id in found else item
    return found


def _pairs(item: Item) -> Iterator[tuple[str, str, str]]:
    names = names_by_language(item)
    for zh in names.get("zh", ()):
        for en in names.get("en", ()):
            yield item.kind, zh, en


def _by_both_names(items: Iterable[Item]) -> dict[tuple[str, str, str], set[str]]:
    found: dict[tuple[str, str, str], set[str]] = {}
    for item in items:
        for pair in _pairs(item):
            found.setdefault(pair, set()).add(item.id)
    return found


def _namesakes(item: Item, by_names: dict[tuple[str, str, str], set[str]]) -> set[str]:
    """Table items of the same kind that bear the item's Chinese and its English label."""
    bare = replace(item, aliases=())
    return {id for pair in _pairs(bare) for id in by_names.get(pair, ())}
