"""How many people a unit has, from the words right beside it: 二千多名 + 伪军, 加拿大部队 + 有八百人."""

from __future__ import annotations

import re

from kg.mentions.numerals import parse_number
from kg.model import Lang

_ZH = "[0-9０-９〇零○一二两三四五六七八九十百千万]{1,9}(?:多|余)?(?:[百千万])?"
_EN = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{2,7}|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|several)"
    r" (?:hundred|thousand))"
)
_EN_HEDGE = r"(?:(?P<more>more than|over|at least|upwards of) |(?:about|some|nearly|almost|around) )?"
_PEOPLE = r"(?:troops|men|soldiers|people|personnel|officers and men)"
_HAVING_ZH = "(?:共有|共|有|约有|总共|计有|计|约|仅有|只有|一共有|总计|总共有|官兵|兵力)"
_HAVING_EN = "(?:totall?ing|of|with|numbering|consisting of|has|had|totall?ed)"
_BEFORE = {
    Lang.ZH: re.compile(rf"(?P<n>{_ZH})(?:名|个)(?:的)?$|(?P<m>{_ZH})(?:人的)$"),
    Lang.EN: re.compile(rf"\b{_EN_HEDGE}(?P<n>{_EN}) (?:{_PEOPLE} (?:in|of) (?:the )?)?$", re.IGNORECASE),
}
_AFTER = {
    Lang.ZH: re.compile(rf"[”」』]?(?:，|、)?{_HAVING_ZH}?(?P<n>{_ZH})(?:名|个)?(?:官兵|人)(?!民)"),
    Lang.EN: re.compile(rf",? {_HAVING_EN} (?:a total of )?{_EN_HEDGE}(?P<n>{_EN}) {_PEOPLE}", re.IGNORECASE),
}
# Numbers beside these are of the dead and the captured, not of the unit.
_LOSSES = {
    Lang.ZH: re.compile("(?:打死|打伤|击毙|击伤|毙|歼|俘|伤亡|消灭)[^。，；]*$"),
    Lang.EN: re.compile(r"(?:kill|wound|captur|annihilat|wip(?:ed|ing) out)\w*[^.,;]*$"),
}
_REACH = 48
# How a text ends that one of _BEFORE can match, in lower case.
_COUNTED_ZH = ("名", "个", "的", "\n")
_COUNTED_EN = (*(f"{n} " for n in range(10)), "hundred ", "thousand ", " in ", " of ", " the ", "\n")


def _counted(before: str, lang: Lang) -> bool:
    return before.endswith(_COUNTED_ZH) if lang is Lang.ZH else before.lower().endswith(_COUNTED_EN)


def strength_of(text: str, start: int, end: int, lang: Lang) -> tuple[int, bool] | None:
    """The strength of the unit at ``start:end`` and whether it is a lower bound; None if none is told.

    >>> strength_of("由二千多名伪军防守", 5, 7, Lang.ZH)
    (2000, True)
    >>> strength_of("and 800 Canadian troops", 8, 23, Lang.EN)
    (800, False)
    """
    before = text[max(0, start - _REACH) : start]
    found = _BEFORE[lang].search(before) if _counted(before, lang) else None
    found = found or _AFTER[lang].match(text, end)
    if found is None or _LOSSES[lang].search(before[-(_REACH // 2) :]):
        return None
    number = found["n"] or found["m"]
    amount = parse_number(number, lang)
    value = None if amount is None else amount.value if amount.value is not None else amount.min
    if amount is None or value is None or value < 2 or value.denominator != 1:
        return None
    more = lang is Lang.EN and bool(found["more"])
    return int(value), more or amount.min is not None
