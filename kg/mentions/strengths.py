"""How many people a unit has, from the words right beside it: 二千多名 + 伪军, 加拿大部队 + 有八百人."""

from __future__ import annotations

import re

from kg.mentions.numerals import parse_number
from kg.model import Lang

_DIGITS = "0-9０-９〇零○一二两三四五六七八九十百千万数"
_ZH = f"[{_DIGITS}]{{1,9}}(?:多|余)?(?:[百千万])?"
_ROUND_ZH = f"[{_DIGITS}]{{0,6}}[百千万](?:多|余)?"  # 千余 + 敌军, 二千多 + 民兵
_EN = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{2,7}|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|several)"
    r" (?:hundred|thousand))"
)
_EN_HEDGE = r"(?:(?P<more>more than|over|at least|upwards of) |(?:about|some|nearly|almost|around) )?"
_PEOPLE = r"(?:troops|men|soldiers|people|personnel|officers and men)"
_PEOPLE_ZH = "(?:(?:名|个)?(?:官兵|士兵|战士|人(?!民|次))|名(?![额单义誉词称伞游民离退老干科技军医党]))"
_HAVING_ZH = (
    "(?:一共有|总共有|总共|总计|共有|约有|计有|仅有|只有|共计|约计|"
    "共|有|计|约|近|不下|多达|为数|官兵|兵力){0,2}"
    "(?:(?:在[^，。、]{1,6})?(?:人数|总数|兵力|总兵力)(?:已|将|已经)?(?:超过|达到?|增至|增加到|多达|为|约)(?:了)?约?)?"
)
_HAVING_EN = "(?:totall?ing|of|with|numbering|consisting of|has|had|totall?ed)"
_BEFORE = {
    Lang.ZH: re.compile(
        rf"(?P<n>{_ZH})(?:名|个)(?:的)?$|(?P<m>{_ZH})(?:人的)$|(?<![第{_DIGITS}])(?P<round>{_ROUND_ZH})$"
    ),
    Lang.EN: re.compile(
        rf"\b{_EN_HEDGE}(?P<n>{_EN})(?: (?:{_PEOPLE} (?:in|of) (?:the )?)?|-(?:man|strong) )$", re.IGNORECASE
    ),
}
_AFTER = {
    Lang.ZH: re.compile(rf"[”」』]?(?:士兵|官兵|残部)?[，、（(]?{_HAVING_ZH}(?P<n>{_ZH}){_PEOPLE_ZH}"),
    Lang.EN: re.compile(
        rf",? {_HAVING_EN} (?:a total of )?{_EN_HEDGE}(?P<n>{_EN}) {_PEOPLE}(?! in all)"
        rf"|, (?P<m>{_EN})[- ]strong",
        re.IGNORECASE,
    ),
}
# Numbers beside these are of the dead and the captured, not of the unit.
_LOSSES = {
    Lang.ZH: re.compile("(?:打死|打伤|击毙|击伤|毙|歼|俘|伤亡|消灭)[^。，；]*$"),
    Lang.EN: re.compile(r"(?:kill|wound|captur|annihilat|wip(?:ed|ing) out)\w*(?:[^.,;]|,(?=[0-9]))*$"),
}
_LOST = re.compile(
    "[^，。；]{0,14}?(?:打死|打伤|击毙|击伤|毙命?|俘|伤亡|阵亡|负伤|被杀|丧生|丧命|遇难|失踪|死亡)"
)
# 共 + number after one of several is the number of them all.
_ALL, _SEVERAL = (
    re.compile("[，、]?(?:总共|共计|合计|总计|共有|共)"),
    re.compile("、[^。；]*[和与及][^。；]*$"),
)
_REACH = 48
# How a text ends that one of _BEFORE can match, in lower case.
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
    found = None if last else _AFTER[lang].match(text, end)
    if found is None or not described:
        ahead = _BEFORE[lang].search(before) if _counted(before, lang) else None
        found = ahead or found
        if found is None or _LOSSES[lang].search(before if lang is Lang.EN else before[-(_REACH // 2) :]):
            return None
        listed = _ALL.match(found[0]) is not None and _SEVERAL.search(before) is not None
        if lang is Lang.ZH and ahead is None and (listed or _LOST.match(text, found.end())):
            return None
    number = found[found.lastgroup or "n"]
    amount = parse_number(number, lang)
    value = None if amount is None else amount.value if amount.value is not None else amount.min
    if amount is None or value is None or value < 2 or value.denominator != 1:
        return None
    more = lang is Lang.EN and bool(found["more"])
    return int(value), more or amount.min is not None
