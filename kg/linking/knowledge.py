"""An authority as the linker sees it: lookups remembered, ancestors and distances worked out.

One `Knowledge` lives as long as a process; its caches are bounded by the authority's own size or by
`_REMEMBER` surfaces, so memory stays flat over any number of articles.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.linking.ports import CandidateSource
from kg.linking.tables import rows
from kg.model import STATES, Item, Lang, NameHit
from kg.text import fold

_REMEMBER = 50_000
_DEPTH = 5


@dataclass(slots=True)
class Knowledge:
    """Lookups over a `CandidateSource`, with what the features ask again and again."""

    source: CandidateSource
    _items: dict[str, Item | None] = field(default_factory=dict)
    _hits: dict[tuple[str, Lang], tuple[NameHit, ...]] = field(default_factory=dict)
    _ancestors: dict[str, frozenset[str]] = field(default_factory=dict)
    _countries: dict[str, tuple[frozenset[str], tuple[Item, ...]]] = field(default_factory=dict)

    def item(self, id: str) -> Item | None:
        """The item, or None."""
        try:  # nearly always there
            return self._items[id]
        except KeyError:
            if len(self._items) > _REMEMBER:
                self._items.clear()
            item = self._items[id] = self.source.item(id)
            return item

    def lookup(self, surface: str, lang: Lang) -> Sequence[NameHit]:
        """The items that `surface` may name."""
        key = (surface, lang)
        if key not in self._hits:
            if len(self._hits) > _REMEMBER:
                self._hits.clear()
            self._hits[key] = tuple(self.source.lookup(surface, lang))
        return self._hits[key]

    def ancestors(self, id: str) -> frozenset[str]:
        """The item's country and everything it is part of, the item itself included."""
        if id not in self._ancestors:
            if len(self._ancestors) > _REMEMBER:
                self._ancestors.clear()
            self._ancestors[id] = frozenset(self._climb(id))
        return self._ancestors[id]

    def _climb(self, id: str) -> set[str]:
        found = {id}
        level = [id]
        for _ in range(_DEPTH):
            above: set[str] = set()
            for at in level:
                if (item := self.item(at)) is not None:
                    above.update(item.part_of)
                    if item.country:
                        above.add(item.country)
            level = sorted(above - found)
            found.update(level)
            if not level:
                break
        return found

    def countries(self, item: Item, day: str) -> frozenset[str]:
        """The states an item lies in or belongs to, and those it lay in on `day`; a state lies in itself."""
        if item.id not in self._countries:
            if len(self._countries) > _REMEMBER:
                self._countries.clear()
            own = self._own_countries(item)
            earlier = (self.item(e) for c in sorted(own) for e in earlier_states().get(c, ()))
            self._countries[item.id] = own, tuple(e for e in earlier if e is not None)
        own, before = self._countries[item.id]
        if not before:
            return own
        return own.union([e.id for e in before if lives(e, day) and day < _common_until().get(e.id, "9999")])

    def lands(self, item: Item, day: str) -> set[str]:
        """What papers that stand after the name of a land may belong to: also the states that it was part of.

        A paper outlives its state: 俄罗斯《消息报》 of 1993 is the Izvestia of the Soviet Union.
        """
        countries = self.countries(item, day)
        return {item.id, *countries, *(e for c in countries for e in earlier_states().get(c, ()))}

    def _own_countries(self, item: Item) -> frozenset[str]:
        if item.subkind in STATES:
            return frozenset({item.id})
        if item.country:
            return frozenset({item.country})
        return frozenset(a for a in self.ancestors(item.id) if self._is_state(a))

    def _is_state(self, id: str) -> bool:
        item = self.item(id)
        return item is not None and item.subkind in STATES


@functools.cache
def _succession() -> tuple[tuple[str, ...], ...]:
    """The rows of the table: state, earlier states, until."""
    return tuple(rows("succession.tsv"))


@functools.cache
def earlier_states() -> dict[str, tuple[str, ...]]:
    """State of today -> the states that its land belonged to in the archive's time."""
    out: dict[str, tuple[str, ...]] = {}
    for state, earlier, *_ in _succession():
        out[state] = (*out.get(state, ()), *earlier.split(" "))
    return out


@functools.cache
def _common_until() -> dict[str, str]:
    """Region that several states of today had in common -> the first day (ISO) on which they had not."""
    return {earlier: until for _, earlier, *rest in _succession() for until in rest if until}


@functools.cache
def _naming() -> dict[str, dict[str, tuple[str, str]]]:
    """Item -> its names (folded) that were not always its own, each with the day from and the day until."""
    out: dict[str, dict[str, tuple[str, str]]] = {}
    for name, item, since, until in rows("naming.tsv"):
        out.setdefault(item, {})[fold(name)] = since, until or "9999"
    return out


def is_named_so(surface: str, id: str, day: str, *, inside: bool = False) -> bool:
    """Whether the item went by that name on `day` (ISO); True where nothing else is known.

    With `inside`, such a name may stand at the end of the surface.

    >>> is_named_so("北越", "Q172640", "1953-12-14"), is_named_so("北越", "Q172640", "1965-03-02")
    (False, True)
    """
    names = _naming().get(id)
    if names is None:
        return True
    folded = fold(surface)
    bounds = names.get(folded)
    if bounds is None and inside:
        bounds = next((b for name, b in names.items() if folded.endswith(name)), None)
    return bounds is None or bounds[0] <= day < bounds[1]


def lives(item: Item, day: str, *, slack_years: int = 0, echo_years: int = 0) -> bool:
    """Whether the item existed on `day` (ISO), give or take `slack_years` before and `echo_years` after.

    >>> lives(Item("Q16957", "place", "historical_country", (), start="1949-10-07"), "1948-01-01")
    False
    """
    if item.start and day[: len(item.start)] < _earlier(item.start, slack_years):
        return False
    return not (item.end and _earlier(day[: len(item.end)], echo_years) > item.end)


def _earlier(iso: str, years: int) -> str:
    if not years or iso.startswith("-"):
        return iso
    return f"{max(0, int(iso[:4]) - years):04d}{iso[4:]}"


def kilometres(a: Item, b: Item) -> float | None:
    """Great-circle distance by the equirectangular approximation, within 1 % below 1,000 km.

    >>> hanoi = Item("Q1858", "place", "city", (), lat=21.03, lon=105.85)
    >>> round(kilometres(hanoi, Item("Q36027", "place", "city", (), lat=21.39, lon=103.02)))
    296
    """
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    dlon = abs(a.lon - b.lon)
    x = math.radians(min(dlon, 360 - dlon)) * math.cos(math.radians((a.lat + b.lat) / 2))
    return 6371 * math.hypot(x, math.radians(a.lat - b.lat))
