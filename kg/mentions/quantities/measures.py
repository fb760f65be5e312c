"""Units of measurement by name: which word after a number is which unit, and when it is none.

The units come from the authority (items of kind ``measure``); ``rules/quantities.toml`` says when an
ambiguous word (里, 度, 两, "pound") is one of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kg.mentions.rules import Trigger, load_section, load_triggers, plainly
from kg.model import Item, Lang

_USABLE_PRIOR = 0.5  # below, a name needs an entry in quantities.toml
_LONGEST_CURRENCY = 6
_WORD = re.compile(r"[A-Za-z°²³µ/$€£.]+(?:[- ][A-Za-z°²³]+){0,5}")
_CURRENCY_SIGN = re.compile(r"[A-Z]{0,3}[$€£]|RMB|US dollars?")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of measurement: its item, English singular name, what it measures, and its size.

    ``factor`` is one of it in the base unit of its ``subkind``; None where there is none (currencies).
    """

    item: str
    name: str
    subkind: str
    factor: Fraction | None = None


class _Place(NamedTuple):
    """Where a quantity stands, with the way to its clause, which few units need."""

    text: str
    start: int
    end: int
    around: Callable[[int, int], str] | None

    def clause(self) -> str:
        return self.text if self.around is None else self.around(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Sense:
    """A condition under which a word is the unit, from quantities.toml."""

    rule: str
    unit: Unit
    near: re.Pattern[str] | None
    not_before: tuple[str, ...]
    not_after: tuple[str, ...]
    not_number: tuple[str, ...]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    optional: bool
    compound: bool

    def holds(self, place: _Place, larger: Unit | None) -> bool:
        """Whether the word that ends a quantity has this sense at its place.

        `larger` is the unit that the quantity goes on from (一小时二十分), if there is one.
        """
        text, start, end, _ = place
        if larger is not None and larger.subkind != self.unit.subkind:
            return False
        if self.compound and larger is None:
            return False
        if self.not_before and text.startswith(self.not_before, end):
            return False
        if self.not_after and text[max(0, start - 4) : start].endswith(self.not_after):
            return False
        if self.not_number and end - start == 2 and text.startswith(self.not_number, start):
            return False
        if self.after is not None and self.after.match(text, end) is None:
            return False
        if self.before is not None and self.before.search(text[max(0, start - 8) : start]) is None:
            return False
        return self.near is None or larger is not None or self.near.search(place.clause()) is not None


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """The unit that a word means: where the word ends, and by which rule."""

    unit: Unit
    end: int
    rule: str
    optional: bool


class Measures:
    """The dictionary of units; build it once from the authority's items of kind ``measure``.

    Of items without a Chinese label (imported tables have many) only names of several words are used.

    >>> labels = (("zh", "米"), ("en", "metre"))
    >>> metre = Item("Q11573", "measure", "length", labels, prior=0.9, unit_name="metre")
    >>> Measures([metre]).match("五百米", 0, 2, Lang.ZH).unit.name
    'metre'
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._names: dict[Lang, dict[str, Unit]] = {Lang.ZH: {}, Lang.EN: {}}
        by_name: dict[str, Unit] = {}
        measures = sorted((i for i in items if i.kind == "measure"), key=lambda i: (-i.prior, i.id))
        for item in measures:
            unit = _unit(item)
            by_name.setdefault(unit.name, unit)
            by_name.setdefault(f"{unit.name}/{unit.subkind}", unit)
            if item.prior >= _USABLE_PRIOR:
                self._add(item, unit)
        self._senses = {lang: _senses(lang, by_name, self._names[lang]) for lang in Lang}
        self._firsts = {lang: _first_characters(self._names[lang], self._senses[lang]) for lang in Lang}
        self._sizes = _sizes({*self._names[Lang.ZH], *self._senses[Lang.ZH]})
        self.signs = {n: u for n, u in self._names[Lang.EN].items() if _CURRENCY_SIGN.fullmatch(n)}
        self._by_name = by_name
        self._currencies = {
            n: u for n, u in self._names[Lang.ZH].items() if u.subkind == "currency" and len(n) > 1
        }

    def _add(self, item: Item, unit: Unit) -> None:
        for code, name in (*item.labels, *item.aliases):
            if code not in ("zh", "en") or "(" in name:
                continue
            if code == "en" and item.label("zh") is None and " " not in name:
                continue  # "line", "hand", "point": units of large tables, words of every text
            lang = Lang(code)
            self._names[lang].setdefault(name, unit)
            if lang is Lang.ZH and "/" in name:
                self._names[lang].setdefault(name.replace("/", "／"), unit)
            if lang is Lang.EN and name[-1:].isalpha() and len(name) > 3 and not name.endswith("s"):
                self._names[lang].setdefault(f"{name}s", unit)

    def named(self, name: str) -> Unit | None:
        """The unit with the English singular name `name`."""
        return self._by_name.get(name)

    def currency_at(self, text: str, at: int) -> tuple[Unit, int] | None:
        """The Chinese name of a currency that begins at `at`, and where it ends: 台币 in 四百元台币."""
        for size in range(_LONGEST_CURRENCY, 1, -1):
            if (unit := self._currencies.get(text[at : at + size])) is not None:
                return unit, at + size
        return None

    def currency_before(self, text: str, at: int) -> Unit | None:
        """The Chinese name of a currency that ends at `at`: 法币 in 法币三千元."""
        for size in range(min(_LONGEST_CURRENCY, at), 1, -1):
            if (unit := self._currencies.get(text[at - size : at])) is not None:
                return unit
        return None

    def may_begin(self, character: str, lang: Lang) -> bool:
        """Whether any unit's name begins so: a cheap test before :meth:`match`."""
        return character in self._firsts[lang]

    def match(
        self,
        text: str,
        start: int,
        number_end: int,
        lang: Lang,
        *,
        around: Callable[[int, int], str] | None = None,
        larger: Unit | None = None,
    ) -> UnitMatch | None:
        """The unit whose name stands at `number_end`, for a quantity that begins at `start`; the longest.

        `around(start, end)` gives the clause in which the words are looked for that an ambiguous unit
        needs; without it, that is the whole text.
        """
        names, senses = self._names[lang], self._senses[lang]
        for name in self._candidates(text, number_end, lang):
            end = number_end + len(name)
            key = name if lang is Lang.ZH or name in names or name in senses else name.lower()
            if lang is Lang.EN and "-" in key and key not in names:
                key = key.replace("-", " ")  # a 1,200-square-metre hall
            if (possible := senses.get(key)) is not None:
                place = _Place(text, start, end, around)
                for sense in possible:
                    if sense.holds(place, larger):
                        return UnitMatch(sense.unit, end, sense.rule, sense.optional)
                continue
            unit = names.get(key)
            if unit is not None and (lang is Lang.EN or len(name) > 1) and _sure(name, key, lang):
                return UnitMatch(unit, end, "unit-of-measurement", False)
        return None

    def _candidates(self, text: str, at: int, lang: Lang) -> Iterable[str]:
        """What may be a unit's name at `at`, the longest first."""
        if lang is Lang.ZH:
            sizes = self._sizes.get(text[at : at + 1], ())
            return [text[at : at + n] for n in sizes if at + n <= len(text)]
        m = _WORD.match(text, at)
        return () if m is None else _shorter(m[0])


def _sure(name: str, key: str, lang: Lang) -> bool:
    """English symbols (km, kW) count as they are written, words in any case."""
    return lang is Lang.ZH or name == key or len(name) > 3


def _unit(item: Item) -> Unit:
    factor = None if item.factor is None else Fraction(item.factor).limit_denominator(10**9)
    return Unit(item.id, item.unit_name or item.label("en") or item.id, item.subkind, factor)


def _senses(lang: Lang, units: Mapping[str, Unit], names: Mapping[str, Unit]) -> dict[str, tuple[Sense, ...]]:
    """Word -> its senses, entries with a narrower context first."""
    senses: dict[str, list[Sense]] = {}
    for trigger in load_triggers("quantities"):
        for word in trigger.words(lang):
            unit = names.get(word) if trigger.type == "same" else units.get(trigger.type)
            if unit is not None:
                senses.setdefault(word, []).append(_sense(trigger, unit))
    for word in load_section("quantities", "not_units")[lang.value]:
        senses.setdefault(word, [])
    return {
        word: tuple(sorted(found, key=lambda s: (s.after is None and s.before is None, s.near is None)))
        for word, found in senses.items()
    }


def _sense(trigger: Trigger, unit: Unit) -> Sense:
    extra = trigger.extra
    return Sense(
        rule=trigger.name,
        unit=unit,
        near=plainly(extra["near"]) if "near" in extra else None,
        not_before=trigger.not_before,
        not_after=trigger.not_after,
        not_number=tuple(extra.get("not_number", ())),
        before=re.compile(extra["before"]) if "before" in extra else None,
        after=re.compile(extra["after"]) if "after" in extra else None,
        optional=bool(extra.get("optional", False)),
        compound=bool(extra.get("compound", False)),
    )


def _first_characters(names: Iterable[str], senses: Iterable[str]) -> frozenset[str]:
    return frozenset(c for n in (*names, *senses) for c in (n[0], n[0].upper()))


def _sizes(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Of each first character, how long the names are that begin so, longest first."""
    sizes: dict[str, set[int]] = {}
    for name in names:
        sizes.setdefault(name[0], set()).add(len(name))
    return {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}


@functools.lru_cache(maxsize=4096)
def _shorter(words: str) -> tuple[str, ...]:
    """words, and the same without its last word, again and again; a full stop at the end is none of it."""
    found = []
    while words:
        found.append(words)
        if words.endswith("."):
            found.append(words[:-1])
        cut = max(words.rfind(" "), words.rfind("-"))
        words = words[:cut] if cut > 0 else ""
    return tuple(found)
