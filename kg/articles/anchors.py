"""Anchors: what stands in a Chinese paragraph and in its translation alike.

Numbers in any writing, months, Latin letters, and the pairs of the article's own list of named entities.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from kg.articles.numerals import CHINESE, integer

_ZH = re.compile(
    f"([{CHINESE}]+|[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?)([万亿]?)|([A-Za-z][A-Za-z.]+)"
)
_WORDS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
    "september": 9, "october": 10, "november": 11, "december": 12,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
_BY_WORD = _WORDS | {word.capitalize(): value for word, value in _WORDS.items()}
_EN = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?: (million|billion|thousand))?|([A-Za-z.]+)")
_LARGE = {"": 1, "万": 10_000, "亿": 100_000_000, "thousand": 1000, "million": 10**6, "billion": 10**9}
_LONGEST = 24  # characters of a number
_TELLING = 20  # a number from here on is expected in the other language too
_COMMON = 3  # an anchor that more paragraphs of a language have tells nothing
_MOST = 4000  # bits that are used; more would make bit sets grow with the text
_NAMES = 200  # pairs of names that are looked for

Key = int | str


def anchors(
    zh: Sequence[str], en: Sequence[str], names: Iterable[tuple[str, str]] = ()
) -> tuple[list[int], list[int]]:
    """A bit set a paragraph, for each language; bits mean the same anchor in both.

    A larger number that only one language has gets a bit too: it speaks against the pair.

    >>> zh, en = anchors(["二百公里", "十二月十一日"], ["December 11th", "200 kilometres"])
    >>> zh[0] == en[1] != 0, zh[1] == en[0] != 0
    (True, True)
    """
    zh_keys = [_chinese(text) for text in zh]
    en_keys = [_english(text) for text in en]
    for pair in islice(names, _NAMES):
        _add_name(pair, zh, en, zh_keys, en_keys)
    zh_counts = Counter(key for keys in zh_keys for key in keys)
    en_counts = Counter(key for keys in en_keys for key in keys)
    telling = [
        k
        for k in zh_counts | en_counts
        if max(zh_counts[k], en_counts[k]) <= _COMMON
        and (min(zh_counts[k], en_counts[k]) or (isinstance(k, int) and k >= _TELLING))
    ]
    return _bits(zh_keys, telling), _bits(en_keys, telling)


def _bits(keys: list[set[Key]], telling: list[Key]) -> list[int]:
    # Anchors are local, so bit positions may be used again far down a long text.
    position = {key: 1 << (i % _MOST) for i, key in enumerate(telling)}
    return [sum({position[k] for k in ks if k in position}) for ks in keys]


def _chinese(text: str) -> set[Key]:
    found: set[Key] = set()
    for number, large, latin in _ZH.findall(text):
        if latin:
            found.add(latin.replace(".", "").upper())
        elif value := _value(number, large):
            found.add(value)
    return found


def _english(text: str) -> set[Key]:
    found: set[Key] = set()
    for number, large, token in set(_EN.findall(text)):
        if token in _BY_WORD:
            found.add(_BY_WORD[token])
        elif number and (value := _value(number, large)):
            found.add(value)
        elif token.isupper() and len(token) > 1:
            found.add(token.replace(".", ""))
    return found


def _value(number: str, large: str) -> Key | None:
    """The number as a key: ``2.5`` with ``万`` is 25000, a plain ``2.5`` is "2.5"; 0 and 1 tell nothing."""
    value = integer(number)
    if value is None:
        plain = number.replace("．", ".").replace(",", "").replace("，", "")
        if len(plain) > _LONGEST or "." not in plain:
            return None
        exact = float(plain) * _LARGE[large]
        return round(exact) if large else f"{exact:g}"
    return value * _LARGE[large] if value > 1 or large else None


def _add_name(
    pair: tuple[str, str],
    zh: Sequence[str],
    en: Sequence[str],
    zh_keys: list[set[Key]],
    en_keys: list[set[Key]],
) -> None:
    """The pair as an anchor of every paragraph that has it; the English without its gloss in brackets."""
    chinese, english = pair[0], pair[1].partition("(")[0].strip()
    if len(chinese) < 2 or len(english) < 3:
        return
    for texts, keys, name in ((zh, zh_keys, chinese), (en, en_keys, english)):
        for text, found in zip(texts, keys, strict=True):
            if name in text:
                found.add(pair[0])
