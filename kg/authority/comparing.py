"""Two descriptions of one item compared: what of them cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.authority.aliases import without_bracket
from kg.authority.geography import kilometres
from kg.model import Item
from kg.text import fold

FAR = 50.0
"""Kilometres between two coordinates from which they disagree."""

_FAR_BY_SUBKIND = {
    "province": 250.0, "lake": 250.0, "islands": 500.0, "peninsula": 300.0, "canal": 200.0, "strait": 200.0,
    "gulf": 300.0, "valley": 200.0, "island": 150.0, "prefecture": 120.0, "front": 300.0,
} | dict.fromkeys(
    ("continent", "region", "country", "historical_country", "sea", "river", "railway", "road", "mountains",
     "desert", "plain", "plateau", "force", "war"), 1500.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which `item` (ours) and a source of reference differ: ``label``, ``place`` or ``kind``."""

    item: str
    aspect: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.item}: {self.aspect}: ours {self.ours}, theirs {self.theirs}"


def disagreements(ours: Item, theirs: Item) -> Iterator[Disagreement]:
    """What two descriptions of one item disagree on.

    Labels disagree where no name is common in any language; places where they are far apart for what the
    item is (a country has no one point); kinds where the kind differs, not the subkind.
    """
    if not share_a_name(ours, theirs):
        yield Disagreement(ours.id, "label", _shown(ours), _shown(theirs))
    if ours.kind != theirs.kind:
        yield Disagreement(ours.id, "kind", f"{ours.kind}/{ours.subkind}", f"{theirs.kind}/{theirs.subkind}")
    if (km := apart(ours, theirs)) is not None and km > allowed_distance(ours):
        yield Disagreement(
            ours.id, "place", f"{ours.lat}, {ours.lon}", f"{theirs.lat}, {theirs.lon} ({km:.0f} km)"
        )
    if (years := _years_apart(ours, theirs)) > 2:
        yield Disagreement(ours.id, "start", str(ours.start), f"{theirs.start} ({years} years)")


def names_by_language(item: Item) -> dict[str, set[str]]:
    """Folded names of an item by language; a leading "the" is dropped."""
    found: dict[str, set[str]] = {}
    for lang, text in (*item.labels, *item.aliases):
        found.setdefault(lang.split("-")[0], set()).add(fold(text).removeprefix("the "))
    return found


def share_a_name(a: Item, b: Item) -> bool:
    """Whether any name is common to both; what in our labels only tells namesakes apart does not count."""
    ours = set().union(*names_by_language(a).values())
    ours |= {fold(without_bracket(label)).removeprefix("the ") for _, label in a.labels}
    return not ours.isdisjoint(set().union(*names_by_language(b).values()))


def apart(a: Item, b: Item) -> float | None:
    """Kilometres between two items, where both have coordinates."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    return kilometres(a.lat, a.lon, b.lat, b.lon)


def allowed_distance(item: Item) -> float:
    """From how many km two points for one item disagree: what extends far has no one point."""
    return _FAR_BY_SUBKIND.get(item.subkind, FAR)


def _years_apart(a: Item, b: Item) -> int:
    """Years between the starts of an event; other things are founded many times over."""
    if a.kind != "event" or not a.start or not b.start:
        return 0
    return abs(int(a.start[:4]) - int(b.start[:4]))


def _shown(item: Item) -> str:
    return " / ".join(text for _, text in item.labels)
