"""Numerals of both languages, as figures or words, exact or bounded.

An :class:`Amount` keeps what the text says: ``value`` is the figure that is written, ``min`` and ``max``
are bounds that the words around it set.  五百多 has the value 500 and the minimum 500 (the truth is
500 or more); 近三百 has the value 300 and the maximum 300; 三四百 has no value, minimum 300, maximum 400.

>>> str(parse_number("二千多", Lang.ZH))
'min 2000'
>>> parse_number("3.5 million", Lang.EN).value
Fraction(3500000, 1)
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kg.mentions.figures import DIGITS, EN_SCALES, EN_SMALL, Amount, read_chinese, read_english, scale_of
from kg.mentions.rules import Hit, Scanner, Shown, any_of, load_rules, load_triggers
from kg.model import Lang
from kg.records import quick

_PLURALS = {
    "dozens": 24, "hundreds": 200, "thousands": 2000, "millions": 2 * 10**6, "billions": 2 * 10**9,
    "tens of thousands": 2 * 10**4, "hundreds of thousands": 2 * 10**5, "tens of millions": 2 * 10**7,
    "hundreds of millions": 2 * 10**8,
}  # fmt: skip
_POSITIONAL = frozenset(DIGITS)
_DENOMINATORS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_ZH_SEEDS = "0-9０-９〇零○一二两三四五六七八九十百千万亿廿卅卌壹贰貳叁肆伍陆陸柒捌玖拾佰仟萬億数几好上成半"


@quick
@dataclass(frozen=True, slots=True)
class Numeral:
    """An occurrence of a number: ``text[start:end]`` and what it amounts to.

    ``positional``: digits without scale words (一九五三, 五三), which may be a year or a name.
    """

    start: int
    end: int
    amount: Amount
    rule: str
    positional: bool = False


# --- productions ------------------------------------------------------------------------------------


class _Match(NamedTuple):
    """What a production is given: the whole match, its named groups, the language."""

    text: str
    groups: Mapping[str, str]
    lang: Lang


def _read(text: str, lang: Lang) -> Amount | None:
    return read_chinese(text) if lang is Lang.ZH else read_english(text)


def _number(m: _Match) -> Amount | None:
    if odd := m.groups.get("odd"):
        amount = _read(m.text.removesuffix(odd), m.lang)
        return None if amount is None else amount.at_least()
    return _read(m.text, m.lang)


def _range(m: _Match) -> Amount | None:
    low, high = _read(m.groups["low"], m.lang), _read(m.groups["high"], m.lang)
    if low is None or high is None or low.value is None or high.value is None:
        return None
    first = low.value
    scale = _shared_scale(m.groups["low"], m.groups["high"], m.lang)
    if scale > 1 and first * scale < high.value:
        first *= scale  # 三至四百, 5 to 6 million: the scale word stands once
    return Amount(None, first, high.value) if first < high.value else None


def _shared_scale(low: str, high: str, lang: Lang) -> int:
    if lang is Lang.EN:
        last = high.rsplit(" ", 1)[-1]
        return 1 if any(w in low for w in EN_SCALES) else EN_SCALES.get(last, 1)
    scales = re.search(r"[十百千万亿]+$", high)
    return scale_of(scales[0]) if scales and not re.search("[十百千万亿]", low) else 1


def _neighbours(m: _Match) -> Amount | None:
    low, high = DIGITS[m.groups["first"]], DIGITS[m.groups["second"]]
    scale = scale_of(m.groups["scale"])
    return Amount(None, Fraction(low * scale), Fraction(high * scale)) if high == low + 1 else None


def _several(m: _Match) -> Amount | None:
    if plural := m.groups.get("plural"):
        least = Fraction(_PLURALS[plural.lower()])
        return Amount(None, least)
    word = m.groups["scale"]
    scale = 12 if word == "dozen" else EN_SCALES.get(word) or scale_of(word)
    if m.text.lower().startswith("some "):
        return Amount(Fraction(scale))
    return Amount(None, Fraction(2 * scale), Fraction(10 * scale))


def _at_least_scale(m: _Match) -> Amount | None:
    return Amount(Fraction(scale_of(m.groups["scale"]))).at_least()


def _plus_half(m: _Match) -> Amount | None:
    amount = Amount(Fraction(1)) if m.groups["whole"] in "Aa" else _read(m.groups["whole"], m.lang)
    scale = EN_SCALES.get(m.groups.get("scale", "").strip(), 1)
    return None if amount is None else amount.scaled(scale, Fraction(scale, 2))


def _half(_: _Match) -> Amount | None:
    return Amount(Fraction(1, 2))


def _dozen(m: _Match) -> Amount | None:
    many = _read(m.groups.get("many", "one"), m.lang)
    return None if many is None else many.scaled(12)


def _fraction(m: _Match) -> Amount | None:
    den, num = read_chinese(m.groups["den"]), read_chinese(m.groups["num"])
    if den is None or num is None or not den.value:
        return None
    amount = num.scaled(1 / den.value)
    high = read_chinese(m.groups["high"]) if "high" in m.groups else None
    if high is None or high.value is None or amount.value is None:
        return amount
    return Amount(None, amount.value, high.value / den.value)


def _fraction_words(m: _Match) -> Amount | None:
    num = 1 if m.groups["num"] in "Aa" else EN_SMALL[m.groups["num"].lower()]
    return Amount(Fraction(num, _DENOMINATORS[m.groups["den"].rstrip("s")]))


_PRODUCTIONS: Mapping[str, Callable[[_Match], Amount | None]] = {
    "number": _number,
    "range": _range,
    "neighbours": _neighbours,
    "several": _several,
    "at_least_scale": _at_least_scale,
    "plus_half": _plus_half,
    "half": _half,
    "dozen": _dozen,
    "fraction": _fraction,
    "fraction_words": _fraction_words,
}


# --- finding ------------------------------------------------------------------------------------------


@functools.cache
def _scanner(lang: Lang) -> Scanner:
    rules = load_rules("numerals", lang)
    if lang is Lang.ZH:
        return Scanner(rules, seeds=_ZH_SEEDS)
    return Scanner(rules, words=_english_seeds(), heads=r"[0-9](?<![0-9A-Za-z][0-9])")


def _english_seeds() -> tuple[str, ...]:
    """The words an English number can begin with, as they stand at the head of a sentence and inside."""
    plurals = {w.split()[0] for w in _PLURALS}
    a = {f"a {w}" for w in (*EN_SCALES, *_DENOMINATORS, "dozen", "few", "and a half")}
    words = {*EN_SMALL, *plurals, *a, "half", "several", "some", "between"}
    return tuple(sorted(words | {w.capitalize() for w in words}))


def _numeral(hit: Hit, text: str, lang: Lang) -> Numeral | None:
    surface = text[hit.start : hit.end]
    amount = _PRODUCTIONS[hit.rule.production](_Match(surface, hit.groups, lang))
    if amount is None:
        return None
    return Numeral(hit.start, hit.end, amount, hit.rule.name, _POSITIONAL.issuperset(surface))


def match_number(text: str, start: int, lang: Lang) -> Numeral | None:
    """The number that begins at `start`, or None."""
    hit = _scanner(lang).match(text, start)
    return None if hit is None else _numeral(hit, text, lang)


def find_numbers(
    text: str, lang: Lang, *, followed_by: Callable[[str], bool] | None = None
) -> Iterator[Numeral]:
    """All numbers of `text`, left to right, not overlapping; hedges before them are left out.

    Words that merely contain a figure (一切, 万岁) are among them: what follows decides.  `followed_by`
    spares the reading of those whose next character it refuses ("" at the end of the text).
    """
    for hit in _scanner(lang).scan(text):
        if followed_by is not None and not followed_by(text[hit.end : hit.end + 1]):
            continue
        if (numeral := _numeral(hit, text, lang)) is not None:
            yield numeral


def parse_number(text: str, lang: Lang) -> Amount | None:
    """What the whole of `text` amounts to, hedges included; None where it is not one number.

    >>> [str(parse_number(t, Lang.ZH)) for t in ("近三百", "约五百", "三百以上", "百分之三")]
    ['max 300', '500', 'min 300', '3/100']
    >>> str(parse_number("between 3 and 5", Lang.EN)), parse_number("三八线", Lang.ZH)
    ('3..5', None)
    """
    start = hedge_start(text, lang)
    numeral = match_number(text, start, lang)
    if numeral is None:
        return None
    amount, end, _ = bounded(text, numeral, lang)
    return amount if end == len(text.rstrip()) else None


# --- bounds by the words around -----------------------------------------------------------------------


@functools.cache
def _hedges(lang: Lang, *, after: bool) -> Mapping[str, tuple[str, str, tuple[str, ...]]]:
    """Word -> (type, rule name, what it must not follow)."""
    return {
        word: (t.type, t.name, t.not_after)
        for t in load_triggers("numerals")
        if t.type.endswith("-after") is after
        for word in t.words(lang)
    }


@functools.cache
def _hedge_pattern(lang: Lang, *, after: bool) -> re.Pattern[str]:
    words = any_of(_hedges(lang, after=after))
    gap = r"" if lang is Lang.ZH else r"(?: the| a| an)? "
    return re.compile(f"(?: |)({words})" if after else f"({words}){gap}$")


def hedge_start(text: str, lang: Lang) -> int:
    """Where the number begins if `text` opens with a hedge, else 0."""
    for size in range(min(24, len(text)), 0, -1):
        m = _hedge_pattern(lang, after=False).fullmatch(text[:size])
        if m is not None:
            return size
    return 0


def _before(text: str, start: int, lang: Lang) -> tuple[str, str] | None:
    window = text[max(0, start - 24) : start].lower()
    if (m := _hedge_pattern(lang, after=False).search(window)) is None:
        return None
    kind, name, not_after = _hedges(lang, after=False)[m[1]]
    preceding = window[: m.start()]
    if lang is Lang.EN and preceding[-1:].isalpha():
        return None
    return None if not_after and preceding.endswith(not_after) else (kind, name)


def bounded(
    text: str, numeral: Numeral, lang: Lang, *, end: int | None = None
) -> tuple[Amount, int, str | None]:
    """The amount with the bounds that the words around set; where the words after it end; the hedge's rule.

    `end` is where the number ends together with its unit of measurement (三百公里以上).
    """
    amount, end = numeral.amount, numeral.end if end is None else end
    rule = None
    if (hedge := _before(text, numeral.start, lang)) is not None:
        kind, rule = hedge
        amount = {"least": amount.at_least, "most": amount.at_most}.get(kind, lambda: amount)()
    if (m := _hedge_pattern(lang, after=True).match(text, end)) is not None:
        kind, rule, _ = _hedges(lang, after=True)[m[1]]
        amount, end = amount.at_least() if kind == "least-after" else amount.at_most(), m.end()
    return amount, end, rule


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in `text`: each number, and each hedge with what it makes of its number."""
    for numeral in find_numbers(text, lang):
        yield Shown(numeral.rule, text[numeral.start : numeral.end], str(numeral.amount))
        amount, _, hedge = bounded(text, numeral, lang)
        if hedge is not None:
            yield Shown(hedge, text, str(amount))
