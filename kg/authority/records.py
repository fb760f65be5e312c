"""Items as compact JSON rows, and back; the form in which the index and work files keep them."""

from __future__ import annotations

import json
from typing import Any

from kg.model import Echelon, EventType, Item


def dump_item(item: Item) -> str:
    """One item as a JSON array; the same item always gives the same text.

    >>> load_item(dump_item(Item("Q1858", "place", "city", (("en", "Hanoi"),), lat=21.03, lon=105.85))).lat
    21.03
    """
    row = [
        item.id, item.kind, item.subkind, item.labels, item.aliases, item.lat, item.lon, item.country,
        item.part_of, item.start, item.end, item.p31, item.prior, item.verified, item.echelon,
        item.event_type, item.parties, item.places, item.unit_name, item.factor,
    ]  # fmt: skip
    while row[-1] is None or row[-1] == ():
        row.pop()
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def load_item(text: str) -> Item:
    """The item of a row that :func:`dump_item` wrote."""
    row: list[Any] = json.loads(text)
    row += [None] * (20 - len(row))
    return Item(
        id=row[0], kind=row[1], subkind=row[2], labels=_pairs(row[3]), aliases=_pairs(row[4]),
        lat=row[5], lon=row[6], country=row[7], part_of=tuple(row[8] or ()), start=row[9], end=row[10],
        p31=tuple(row[11] or ()), prior=row[12], verified=row[13],
        echelon=Echelon(row[14]) if row[14] else None,
        event_type=EventType(row[15]) if row[15] else None,
        parties=tuple(row[16] or ()), places=tuple(row[17] or ()), unit_name=row[18], factor=row[19],
    )  # fmt: skip


def _pairs(rows: list[list[str]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((lang, text) for lang, text in rows or ())
