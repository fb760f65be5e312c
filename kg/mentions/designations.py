"""What number and size a formation's name gives: 六十八军 and "68th Army" are one designation."""

from __future__ import annotations

import re

from kg.mentions.numerals import parse_number
from kg.model import Echelon, Find, Lang

_ZH = re.compile("(新)?[^0-9０-９〇零○一二三四五六七八九十百]*([0-9０-９〇零○一二三四五六七八九十百]+)")
_EN = re.compile(r"(New[ -])?(?:.*?\b)?([0-9]+)(?:st|nd|rd|th|d)\b")
_EN_WORD = re.compile(r"(New[ -])?(?:.*?\b)?([A-Z][a-z]+(?:-[a-z]+)?)(?: |$)")
_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = {word: number for number, word in enumerate(_WORDS.split(), 1)}
"""English ordinals written out, lower case."""


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


def _number(text: str, lang: Lang) -> str | None:
    """The number in a formation's name, with "new" before it.

    >>> _number("新五十二团", Lang.ZH), _number("New 52nd Regiment", Lang.EN), _number("第三营", Lang.ZH)
    ('new 52', 'new 52', '3')
    >>> _number("Third Battalion", Lang.EN), _number("法军", Lang.ZH)
    ('3', None)
    """
    found = (_ZH if lang is Lang.ZH else _EN).match(text)
    if found is not None:
        amount = parse_number(found[2], lang)
        value = None if amount is None else amount.value
        return None if value is None else f"{'new ' if found[1] else ''}{value}"
    if lang is Lang.EN and (found := _EN_WORD.match(text)) is not None:
        number = ORDINALS.get(found[2].lower())
        return None if number is None else f"{'new ' if found[1] else ''}{number}"
    return None
