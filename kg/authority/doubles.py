"""Doubles among hand-kept items: two rows for what is one thing.

A county and the town it became are one item; a county beside the city that bears its name is another thing,
and its row says so in its note: ``not Q144663: …``.  Doubles make every mention of the name undecidable.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.authority.comparing import allowed_distance, apart, names_by_language
from kg.authority.lifetimes import overlaps
from kg.model import Item
from kg.text import fold
from kg.vocab import QID

NEAR = 40.0
"""Kilometres within which two places of one sort and one name are one place until a note denies it."""

_SEATS = frozenset({"city", "county", "town", "district"})
_SORTS = (
    dict.fromkeys(_SEATS, "seat")
    | {"islands": "island"}
    | dict.fromkeys(("area", "region", "valley", "pass", "mountain", "mountains", "village"), "land")
)
"""What one hand may call a valley, another calls an area: the subkinds that do not tell two things apart."""
_GENERIC = re.compile("(?<=..)(?:自治县|自治旗|市|县|旗|镇|区|城)$")
_APART = re.compile(rf"\bnot ({QID}|x-[a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Double:
    """Two items that seem to be one, and the names they share."""

    one: str
    other: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.one} and {self.other} are both called {', '.join(self.names)}"


def doubles(items: Iterable[Item], notes: Mapping[str, str] | None = None) -> Iterator[Double]:
    """Pairs of one kind that share what one thing would, save those that a note tells apart.

    Things are doubles by a common Chinese and a common English name while both last, in one country, and
    no farther apart than one thing is from itself.  Places of one sort are doubles already by a common
    Chinese name within `NEAR` km, whichever country the one or the other row gives them (disputed islands);
    seats in one country only, but without their 县 or 市.  Media of one land are doubles by a common
    English name.  `notes` are by item (see :func:`~kg.authority.tables.read_notes`).

    >>> county = Item("x-a", "place", "county", (("zh", "江阴县"),), lat=31.9, lon=120.3)
    >>> city = Item("Q1015823", "place", "city", (("zh", "江阴"),), lat=31.91, lon=120.28)
    >>> [str(d) for d in doubles([county, city])]
    ['Q1015823 and x-a are both called 江阴']
    >>> list(doubles([county, city], {"x-a": "not Q1015823: a county beside it"}))
    []
    """
    known = {item.id: item for item in items}
    told_apart = {
        frozenset((id, other)) for id, note in (notes or {}).items() for other in _APART.findall(note)
    }
    shared: dict[tuple[str, str], list[str]] = {}
    for name, ids in _bearers(known.values()).items():
        for pair in itertools.combinations(sorted(ids), 2):
            if frozenset(pair) not in told_apart:
                shared.setdefault(pair, []).append(name)
    for (one, other), names in sorted(shared.items()):
        if _may_be_one(known[one], known[other]):
            yield Double(one, other, tuple(names))


def _bearers(items: Iterable[Item]) -> dict[str, set[str]]:
    """Ids by Chinese name, of seats without the generic; those of media, often translated, by English too."""
    found: dict[str, set[str]] = {}
    for item in items:
        english = names_by_language(item).get("en", set()) if item.kind == "source" else set()
        for name in _chinese(item) | english:
            found.setdefault(name, set()).add(item.id)
    return found


def _chinese(item: Item) -> set[str]:
    names = names_by_language(item).get("zh", set())
    return {_GENERIC.sub("", fold(name)) for name in names} if _is_seat(item) else names


def _is_seat(item: Item) -> bool:
    return item.kind == "place" and item.subkind in _SEATS


def _may_be_one(a: Item, b: Item) -> bool:
    if a.kind != b.kind:
        return False
    distance = apart(a, b)
    abroad = bool(a.country and b.country and a.country != b.country)
    if _is_seat(a) or _is_seat(b):
        near = distance <= NEAR if distance is not None else a.part_of == b.part_of
        return near and not abroad and _is_seat(a) and _is_seat(b)
    if not overlaps(a, b.start, b.end):
        return False
    if a.kind == "place" and distance is not None and distance <= NEAR and _sort(a) == _sort(b):
        return True
    if abroad or (a.kind == "place" and a.subkind != b.subkind):
        return False
    return (distance is None or distance <= allowed_distance(a)) and _share_english(a, b)


def _sort(item: Item) -> str:
    return _SORTS.get(item.subkind, item.subkind)


def _share_english(a: Item, b: Item) -> bool:
    return not names_by_language(a).get("en", set()).isdisjoint(names_by_language(b).get("en", ()))
