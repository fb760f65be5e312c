"""How many people a unit has, from the words right beside it: 二千多名 + 伪军, 加拿大部队 + 有八百人."""

from __future__ import annotations

import re

from kg.mentions.numerals import parse_number
from kg.mentions.rules import load_patterns
from kg.model import Lang

_REACH = 48
_FEW = 10  # so many soldiers are some of a force, not all
# How a text ends that `before` of the rules can match, in lower case.
_COUNTED_ZH = ("名", "个", "的", "百", "千", "万", "多", "余")
_COUNTED_EN = (
    *(f"{n} " for n in range(10)),
    "hundred ",
    "thousand ",
    " in ",
    " of ",
    " the ",
    "-man ",
    "strong ",
    "\n",
)


def _of(lang: Lang, name: str) -> re.Pattern[str]:
    return load_patterns("units", "strength", lang.value)[name]


def _counted(before: str, lang: Lang) -> bool:
    return before.endswith(_COUNTED_ZH) if lang is Lang.ZH else before.lower().endswith(_COUNTED_EN)


def strength_of(
    text: str, start: int, end: int, lang: Lang, *, described: bool = False, last: bool = False
) -> tuple[int, bool] | None:
    """The strength of the unit at ``start:end`` and whether it is a lower bound; None if none is told.

    A formation that is only `described` is the number of people right after it, dead or alive; what an
    army lost is not.  What stands after the `last` of several is the number of them all.

    >>> strength_of("由二千多名伪军防守", 5, 7, Lang.ZH)
    (2000, True)
    >>> strength_of("and 800 Canadian troops", 8, 23, Lang.EN)
    (800, False)
    >>> strength_of("歼灭一营三百余人", 2, 4, Lang.ZH, described=True)
    (300, True)
    >>> strength_of("歼灭美军三百人", 2, 4, Lang.ZH)
    """
    before = text[max(0, start - _REACH) : start]
    found = None if last else _of(lang, "after").match(text, end)
    if found is None or not described:
        ahead = _of(lang, "before").search(before) if _counted(before, lang) else None
        found = ahead or found
        if found is None or _of(lang, "losses").search(
            before if lang is Lang.EN else before[-(_REACH // 2) :]
        ):
            return None
        if lang is Lang.ZH and ahead is None and _of_others(text, before, found):
            return None
    number = found[found.lastgroup or "n"]
    amount = parse_number(number, lang)
    value = None if amount is None else amount.value if amount.value is not None else amount.min
    if amount is None or value is None or value < (2 if described else _FEW) or value.denominator != 1:
        return None
    more = lang is Lang.EN and bool(found["more"])
    return int(value), more or amount.min is not None


def _of_others(text: str, before: str, found: re.Match[str]) -> bool:
    """Whether what stands after a Chinese name is the number of several (共 + number), or of the dead."""
    if _of(Lang.ZH, "lost").match(text, found.end()) is not None:
        return True
    return (
        _of(Lang.ZH, "of_all").match(found[0]) is not None
        and _of(Lang.ZH, "several").search(before) is not None
    )
