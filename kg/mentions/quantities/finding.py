"""Quantities: a number with a unit of measurement, exact or bounded, in both languages.

The surface begins at the number (or at what belongs to the unit: 摄氏, 零下, "$") and ends with the unit;
words around it that set a bound (近, 以上, "more than") are left out of it but heeded.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from kg.mentions.figures import Amount, read_chinese
from kg.mentions.numerals import Numeral, bounded, find_numbers, match_number
from kg.mentions.quantities.currencies import of_its_land
from kg.mentions.quantities.measures import Measures, Unit, UnitMatch
from kg.mentions.rules import Shown, language_of, load_section
from kg.model import Body, Find, Item, Kind, Lang, Quantity, Span

_CLAUSE = re.compile(r"[。；！？\n;!?]|\. ")
_REACH = 60
_MEASURE_WORD = re.compile(r"个(?P<more>多|来)?(?=[小钟月星礼大工劳昼])")
_THERMO = re.compile(r"(?:摄氏|华氏)?(?:零下|零上|－|-|(?<!正)负)?(?:摄氏|华氏)?$")
_MINUS_EN = re.compile(r"(?:minus |-|−)$")
_EN_GAP = re.compile(r",? and |, | ")
_BELOW_ZERO = re.compile(r" below zero")
_EVEN = re.compile(r"(?P<half>半)|(?P<more>多|余)(?![个次种人名元万千百十亿粮钱款额地下年])")
_DECIMAL_TAIL = re.compile(
    r"(?P<d>[零〇][一二三四五六七八九]|[一二三四五六七八九]{1,2}|[0-9０-９]{1,2})(?![0-9０-９一二三四五六七八九十百千万亿点.．])(?=[，。、；）)的高长宽深厚左以多]|$)"
)
_SECONDS_TAIL = re.compile(
    r"(?P<d>[0-9０-９]{1,3}|[零〇一二三四五六七八九]{1,3})(?![0-9０-９零〇一二三四五六七八九十百千万])"
)
_SMALL_PARTS = frozenset({"metre", "zhang", "chi", "yuan", "tonne"})
_SCALE_ONLY = frozenset("百千万亿")
_RHETORICAL = frozenset({"li", "metre", "year", "jin", "tonne", "mu", "zhang", "chi", "cun"})
# What coins of one land are worth in each other; 便士 are the old ones.
_COINS = (
    {"yuan": Fraction(1), "jiao": Fraction(1, 10), "fen": Fraction(1, 100)},
    {"pound sterling": Fraction(1), "shilling": Fraction(1, 20), "penny": Fraction(1, 240)},
)
_FIGURES_OF_SPEECH = frozenset({"千里", "万里"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A quantity in the making."""

    start: int
    end: int
    amount: Amount
    unit: Unit
    rule: str
    optional: bool


def find_quantities(body: Body, measures: Measures) -> tuple[Find, ...]:
    """The quantities of `body` in text order, not overlapping, as finds of kind ``measure``.

    Plain counts, dates, ages, ordinals and percentages are none.  Durations from a day up, race distances
    and bare 千里, 万里 come with ``optional``.
    """
    return tuple(_find(body, part, measures) for part in _Finder(body.text, body.lang, measures).parts())


def _find(body: Body, part: _Part, measures: Measures) -> Find:
    amount = part.amount
    if part.unit.subkind == "currency":
        part = replace(part, unit=of_its_land(body.text, part.start, part.end, part.unit, measures))
    return Find(
        kind=Kind.MEASURE,
        span=Span(body.lang, part.start, part.end, body.text[part.start : part.end]),
        rule=part.rule,
        subkind=part.unit.subkind,
        items=(part.unit.item,),
        quantity=Quantity(amount.value, amount.min, amount.max, part.unit.name, part.unit.item),
        optional=part.optional,
    )


class _Finder:
    """One pass over a text: each number is asked for the unit behind it."""

    def __init__(self, text: str, lang: Lang, measures: Measures) -> None:
        self._text, self._lang, self._measures = text, lang, measures
        self._clause: tuple[int, int] = (0, -1)

    def parts(self) -> Iterator[_Part]:
        """The quantities, left to right."""
        done = 0
        followed_by = self._may_follow if self._lang is Lang.ZH else None
        for number in find_numbers(self._text, self._lang, followed_by=followed_by):
            if number.start < done:
                continue
            if (part := self._part(number, done)) is not None:
                part = self._compound(part)
                done = part.end
                yield part

    def _may_follow(self, character: str) -> bool:
        return character == "个" or self._measures.may_begin(character, Lang.ZH)

    # --- one number, one unit ----------------------------------------------------------------------

    def _part(self, number: Numeral, done: int) -> _Part | None:
        if self._lang is Lang.EN:
            return self._sign(number, done) or self._english(number)
        return self._chinese(number, done)

    def _chinese(self, number: Numeral, done: int) -> _Part | None:
        text, at = self._text, number.end
        if at >= len(text) or (number.start and text[number.start - 1] == "第"):
            return None
        amount = number.amount
        unit = self._unit(number, at) if self._measures.may_begin(text[at], Lang.ZH) else None
        if unit is None:
            if (m := _MEASURE_WORD.match(text, at)) is None:
                return None
            unit = self._counted(number, m.end())
            amount = amount.at_least() if m["more"] else amount
        if unit is None or text[number.start : unit.end] in _FIGURES_OF_SPEECH:
            return None
        unit = self._currency(number, unit)
        start = self._list_start(number, done)
        if start < number.start and amount.value is not None:
            amount = Amount(None, amount.value - 1, amount.value)
        amount, end = self._more(amount, unit)
        hedged = Numeral(start, number.end, amount, number.rule)
        amount, _, _ = bounded(text, hedged, self._lang, end=end)
        return self._thermal(
            _Part(start, end, amount, unit.unit, unit.rule, self._arguable(number, unit)), done
        )

    def _unit(self, number: Numeral, at: int) -> UnitMatch | None:
        unit = self._measures.match(self._text, number.start, at, self._lang, around=self._around)
        if unit is None or (unit.unit.name == "year" and not _may_be_years(number)):
            return None
        return unit

    def _counted(self, number: Numeral, at: int) -> UnitMatch | None:
        """The unit after 个, 个多: 五十个小时, 三个多月."""
        month = self._measures.named("month")
        if month is not None and self._text.startswith("月", at):
            return UnitMatch(month, at + 1, "month", True)
        return self._unit(number, at)

    def _currency(self, number: Numeral, unit: UnitMatch) -> UnitMatch:
        """四百元台币, 法币三千元: the currency's name behind the 元, or before the number."""
        if unit.unit.name != "yuan":
            return unit
        if (behind := self._measures.currency_at(self._text, unit.end)) is not None:
            return UnitMatch(behind[0], behind[1], unit.rule, unit.optional)
        before = self._measures.currency_before(self._text, number.start)
        return unit if before is None else UnitMatch(before, unit.end, unit.rule, unit.optional)

    def _arguable(self, number: Numeral, unit: UnitMatch) -> bool:
        bare = self._text[number.start : number.end]
        return unit.optional or (unit.unit.name in _RHETORICAL and _SCALE_ONLY.issuperset(bare))

    def _list_start(self, number: Numeral, done: int) -> int:
        """五、六里: the number begins with the digit before the comma."""
        i = number.start
        if number.end - i == 1 and i - 2 >= done and self._text[i - 1] == "、":
            before = match_number(self._text, i - 2, self._lang)
            preceded = i >= 3 and match_number(self._text, i - 3, self._lang) is not None
            if (
                before is not None
                and before.end == i - 1
                and before.amount.value is not None
                and not preceded
            ):
                return i - 2 if number.amount.value == before.amount.value + 1 else i
        return i

    def _more(self, amount: Amount, unit: UnitMatch) -> tuple[Amount, int]:
        """What may follow the unit: 三斤半, 两里多, 一米八, 23秒02."""
        text, end, name = self._text, unit.end, unit.unit.name
        if (m := _EVEN.match(text, end)) is not None:
            end = m.end()
            return (amount.scaled(1, Fraction(1, 2)) if m["half"] else amount.at_least()), end
        if name in _SMALL_PARTS and (m := _DECIMAL_TAIL.match(text, end)) is not None:
            return self._decimal(amount, m)
        if name == "second" and (m := _SECONDS_TAIL.match(text, end)) is not None:
            return self._decimal(amount, m)
        return amount, end

    @staticmethod
    def _decimal(amount: Amount, m: re.Match[str]) -> tuple[Amount, int]:
        tail = read_chinese(f"三点{m['d']}") or read_chinese(f"3.{m['d']}")
        if tail is None or tail.value is None or amount.value is None:
            return amount, m.start()
        return amount.scaled(1, tail.value - 3), m.end()

    def _thermal(self, part: _Part, done: int) -> _Part:
        """摄氏零下五度, 里氏六点五级: scale and sign stand before the number."""
        if part.unit.subkind != "temperature":
            named = part.rule == "richter-by-name" and self._text.endswith("里氏", 0, part.start)
            return replace(part, start=part.start - 2) if named else part
        window = self._text[max(done, part.start - 6) : part.start]
        prefix = m[0] if (m := _THERMO.search(window)) is not None else ""
        unit = (self._measures.named("degree Fahrenheit") if "华氏" in prefix else None) or part.unit
        negative = any(c in prefix for c in ("零下", "－", "-", "负"))
        amount = part.amount.scaled(-1) if negative else part.amount
        if negative:
            amount = Amount(amount.value, amount.max, amount.min)
        return _Part(part.start - len(prefix), part.end, amount, unit, part.rule, part.optional)

    # --- English -----------------------------------------------------------------------------------

    def _english(self, number: Numeral) -> _Part | None:
        text, at = self._text, number.end
        if at < len(text) and text[at] in " -\u00a0":
            at += 1
        if at >= len(text) or not self._measures.may_begin(text[at], Lang.EN):
            return None
        unit = self._unit(number, at)
        if unit is None or (at == number.end and unit.unit.name in ("year", "second")):
            return None
        if text.startswith(("-old", " old"), unit.end) or (unit.end < len(text) and text[unit.end].isalnum()):
            return None
        amount, _, _ = bounded(text, number, self._lang, end=unit.end)
        part = _Part(number.start, unit.end, amount, unit.unit, unit.rule, unit.optional)
        return self._minus(part) if unit.unit.subkind == "temperature" else part

    def _minus(self, part: _Part) -> _Part:
        before = _MINUS_EN.search(self._text[max(0, part.start - 6) : part.start])
        below = _BELOW_ZERO.match(self._text, part.end)
        if before is None and below is None:
            return part
        start = part.start - len(before[0]) if before is not None else part.start
        end = below.end() if below is not None else part.end
        amount = part.amount.scaled(-1)
        return _Part(
            start, end, Amount(amount.value, amount.max, amount.min), part.unit, part.rule, part.optional
        )

    def _sign(self, number: Numeral, done: int) -> _Part | None:
        """$2.12 billion, US$5, £3,000: the unit stands before the number."""
        before = self._text[max(done, number.start - 4) : number.start]
        if not before or not (before[-1] in "$£€" or before.endswith("RMB ")):
            return None
        for size in range(len(before), 0, -1):
            sign = before[-size:]
            unit = self._measures.signs.get(sign.removesuffix(" ") if sign.startswith("RMB") else sign)
            if unit is not None:
                start = number.start - size
                amount, _, _ = bounded(
                    self._text, Numeral(start, number.end, number.amount, number.rule), self._lang
                )
                return _Part(start, number.end, amount, unit, "currency-sign", False)
        return None

    # --- larger and smaller unit together ------------------------------------------------------------

    def _compound(self, part: _Part) -> _Part:
        """三丈五尺, 1小时20分, "2 hours and 15 minutes": what follows at once in a smaller unit."""
        for _ in range(4):
            at = self._next(part)
            number = match_number(self._text, at, self._lang) if at < len(self._text) else None
            if number is None or number.end >= len(self._text) or part.amount.value is None:
                return part
            end = number.end + (self._lang is Lang.EN and self._text[number.end] == " ")
            unit = self._measures.match(
                self._text, number.start, end, self._lang, around=self._around, larger=part.unit
            )
            ratio = None if unit is None else _ratio(part.unit, unit.unit)
            if unit is None or ratio is None or number.amount.value is None:
                return part
            amount, end = self._more(number.amount, unit)
            if amount.value is None:
                return part
            total = part.amount.scaled(1, amount.value * ratio)
            part = _Part(part.start, end, total, part.unit, f"{part.rule}+{unit.rule}", part.optional)
        return part

    def _next(self, part: _Part) -> int:
        """Where a smaller unit's number would begin: at once; in English after a space, "and", a comma."""
        if self._lang is Lang.ZH or part.unit.subkind not in ("time", "length", "mass", "currency"):
            return part.end
        m = _EN_GAP.match(self._text, part.end)
        return part.end if m is None or (m[0][0] == "," and part.unit.subkind != "time") else m.end()

    def _around(self, start: int, end: int) -> str:
        """The clause around a quantity, at most 60 characters to each side."""
        before = self._text[max(0, start - _REACH) : start]
        after = self._text[end : end + _REACH]
        cuts = [m.end() for m in _CLAUSE.finditer(before)]
        before = before[cuts[-1] :] if cuts else before
        cut = _CLAUSE.search(after)
        return before + self._text[start:end] + (after[: cut.start()] if cut else after)


def _ratio(large: Unit, small: Unit) -> Fraction | None:
    """How much of `large` one `small` is, if it is a smaller unit of the same kind."""
    if large.subkind != small.subkind:
        return None
    if large.subkind == "currency":
        coins = next((c for c in _COINS if large.name in c and small.name in c), None)
        ratio = None if coins is None else coins[small.name] / coins[large.name]
    elif large.factor and small.factor:
        ratio = (small.factor / large.factor).limit_denominator(4000)
    else:
        ratio = None
    return ratio if ratio is not None and ratio < 1 else None


def _may_be_years(number: Numeral) -> bool:
    """三十年 is a duration; 一九五三年, 1953年, 五三年 are dates."""
    return (
        not number.positional
        or number.end - number.start == 1
        or (number.end - number.start == 2 and number.amount.value is not None and number.amount.value >= 10)
    )


@functools.cache
def _example_measures() -> Measures:
    """The few units that the examples of quantities.toml use."""
    units = load_section("quantities", "example_units")
    return Measures(
        Item(
            f"x-{n}",
            "measure",
            unit["kind"],
            tuple(("zh", alias) for alias in unit["names"][:1]),
            tuple((language_of(alias).value, alias) for alias in unit["names"]),
            prior=0.9,
            unit_name=name,
            factor=unit["factor"] or None,
        )
        for n, (name, unit) in enumerate(units.items())
    )


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in `text`, with the units that quantities.toml names and a few more."""
    body = Body(lang, text, ((0, len(text)),))
    for find in find_quantities(body, _example_measures()):
        quantity = find.quantity
        if quantity is not None:
            amount = Amount(quantity.value, quantity.min, quantity.max)
            for rule in find.rule.split("+"):
                yield Shown(rule, find.span.text, f"{amount} {quantity.unit}")
