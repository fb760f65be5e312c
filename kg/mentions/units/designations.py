"""What number and size a formation's name gives: 六十八军 and "68th Army" are one designation."""

from __future__ import annotations

import re

from kg.mentions.numerals import parse_number
from kg.model import Echelon, Find, Lang

_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = {word: number for number, word in enumerate(_WORDS.split(), 1)}
"""English ordinals written out, lower case."""
_TENS = {
    word: 10 * n
    for n, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
# Whose a formation is, "new", its number (of several the last: 三师 + 二十二团), and its kind with its size.
_ZH = re.compile(
    "(?P<owner>.*?)(?P<new>新)?第?(?P<n>[0-9０-９〇零○一二三四五六七八九十百]+)"
    "(?P<kind>[^0-9０-９〇零○一二三四五六七八九十百]*)"
)
_EN = re.compile(
    r"(?P<owner>(?:.*?\b)??)(?P<new>New[ -])?"
    rf"(?:(?P<n>[0-9]+)(?:st|nd|rd|th|d)|(?i:(?:(?P<tens>{'|'.join(_TENS)})-)?(?P<word>{'|'.join(ORDINALS)})))"
    r"\b(?P<kind>.*)"
)

_FORCES = ("zh-unit-force", "en-unit-force", "unit-dictionary")
# What a country's or party's forces are called at large: all of these are one force.
_GENERAL = re.compile("(?:的)?(?:军队|部队|军)$|(?i: (?:armed )?(?:army|forces|troops|military|contingent))$")
_OURS = ("zh-unit-our", "en-unit-our")


def designation(f: Find) -> tuple[str, ...] | None:
    """A key that is equal for the names of one formation in both languages; None where there is none."""
    if f.echelon is None or f.optional:
        return None
    echelon = "army" if f.echelon in (Echelon.ARMY, Echelon.CORPS) else f.echelon.value
    if f.rule in _OURS:
        return ("our",)
    if f.count is not None:
        return ("count", str(f.count), echelon)
    if f.rule in _FORCES and (m := _GENERAL.search(f.span.text)) is not None:
        return ("force", f.span.text[: m.start()].strip().lower())
    number = _number(f.span.text, f.span.lang)
    return None if number is None else ("number", number, echelon)


def one_formation(a: Find, b: Find) -> bool:
    """Whether names in one language with one designation can be one formation's: 美二师 and 二师.

    Not if both say whose they are, or of what kind, and say it differently (美骑一师 and 英联邦第一师), nor
    if they are only counted (一个坦克连 and 一个连).
    """
    if a.count is not None or b.count is not None:
        return False
    first, second = _parted(a.span.text, a.span.lang), _parted(b.span.text, b.span.lang)
    if first is None or second is None:
        return True
    owners, kinds = ([m[part].strip().lower() for m in (first, second)] for part in ("owner", "kind"))
    # The 4th (and 5th Armies) is no Army Group.
    several = "" in kinds and any(k.endswith("group") for k in kinds)
    return _agree(*owners) and _agree(*kinds) and not several


def _agree(a: str, b: str) -> bool:
    """Whether one of two words is a part of the other: 整 of 整编, the empty one of any."""
    return a.startswith(b) or a.endswith(b) or b.startswith(a) or b.endswith(a)


def _parted(text: str, lang: Lang) -> re.Match[str] | None:
    """The parts of a formation's name that has a number."""
    return (_ZH.fullmatch if lang is Lang.ZH else _EN.match)(text)


def _number(text: str, lang: Lang) -> str | None:
    """The number in a formation's name, with "new" before it.

    >>> _number("新五十二团", Lang.ZH), _number("New 52nd Regiment", Lang.EN), _number("第三师四团", Lang.ZH)
    ('new 52', 'new 52', '4')
    >>> _number("Indian Third Battalion", Lang.EN), _number("the Thirty-second Army", Lang.EN)
    ('3', '32')
    """
    found = _parted(text, lang)
    if found is None:
        return None
    if lang is Lang.EN and found["word"]:
        value = ORDINALS[found["word"].lower()] + _TENS.get((found["tens"] or "").lower(), 0)
        return f"{'new ' if found['new'] else ''}{value}"
    amount = parse_number(found["n"], lang)
    number = None if amount is None else amount.value
    return None if number is None else f"{'new ' if found['new'] else ''}{number}"
