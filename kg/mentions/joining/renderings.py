"""How far a Chinese name and an English one, both left without a partner, are each other's rendering.

What a name says is taken apart: numbers (第四 and "Fourth"), senses of words (守 and "garrison",
``rules/renderings.toml``), lands, and what is left, which is a name and sounds alike in both languages
(李弥兵团, "Li Mi Army Group").  What both say speaks for it, what one says alone a little against it, what
they say differently excludes it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from kg.mentions.numerals import parse_number
from kg.mentions.places.readings import read_so
from kg.mentions.rules import load_section
from kg.mentions.sounds import alike, chinese_sound, latin_sound, letters
from kg.mentions.units.designations import ORDINALS
from kg.model import Lang

_DIGITS = "0-9０-９〇零○一二两三四五六七八九"
_NUMBER_ZH = re.compile(f"[{_DIGITS}十百千万]+(?:点[{_DIGITS}]+)?")
_COUNTED = re.compile(f"^[{_DIGITS}十百千万数几]+个")  # how many there are, which finds tell
_NUMBER_EN = re.compile(r"\b([0-9][0-9,]*(?:\.[0-9]+)?)(?:st|nd|rd|th|d)?\b")
_WORD_EN = re.compile(r"[A-Z][a-z]+(?:-[a-z]+)?")
_ORDINAL = re.compile(rf"\b(?:{'|'.join(ORDINALS)})\b")
_DEMONYM = re.compile(r"(?:n|an|ian|ese|ish|s)\b")
_LONGEST = 80  # characters of a name that is looked at
_SAME_NUMBER, _SAME_SENSE, _SAME_NAME, _SPELT_NAME = 3.0, 1.5, 2.5, 1.5
_NUMBER_LOST, _SENSE_LOST, _NAME_LOST, _OTHER_NAME = -2.0, -0.5, -0.75, -2.0
_SYLLABLES = 4  # letters of a word that is looked for in Pinyin
_ALIKE = 0.66  # names that sound less alike are two names
# The sides that names begin with, the longer ones first.
_SIDES = {
    zh: re.compile(f"(?i:{en}(?:ern)?) ")
    for zh, en in (
        *(("东北", "north-?east"), ("西北", "north-?west"), ("东南", "south-?east"), ("西南", "south-?west")),
        *(("东", "east"), ("西", "west"), ("南", "south"), ("北", "north"), ("中", "central")),
    )
}
_SIDED = 2  # characters of a name that may have one, and more
NEVER = float("-inf")
"""The likeness of names that say different things."""

_Words = tuple[tuple[str, ...], re.Pattern[str]]  # meanings by group, and the words


@dataclass(frozen=True, slots=True)
class _Said:
    """What a name says: its numbers, senses and lands, and the name that is left.

    ``own`` is its own number, not that of what it is a part of: 32 of 第二师三十二团.
    """

    numbers: frozenset[Fraction]
    own: Fraction | None
    senses: frozenset[str]
    lands: frozenset[str]
    rest: str


@functools.lru_cache(maxsize=20_000)
def likeness(zh: str, en: str) -> float:
    """The log-odds, roughly, that the English name `en` renders the Chinese `zh`; `NEVER` if it cannot.

    >>> likeness("李弥兵团", "Li Mi Army Group") > 2, likeness("守敌", "defending enemy") > 2
    (True, True)
    >>> likeness("第四旅", "Third Brigade") == NEVER, likeness("埃及军", "Syrian army") == NEVER
    (True, True)
    """
    if len(zh) > _LONGEST or len(en) > _LONGEST:
        return NEVER
    score = 0.0
    for side, word in _SIDES.items():  # 北 + 高加索, North + Caucasus
        if zh.startswith(side) and len(zh) > _SIDED and (m := word.match(en)) is not None:
            zh, en, score = zh[len(side) :], en[m.end() :], _SAME_SENSE
            break
    ours, theirs = _chinese(zh), _english(en)
    if ours.numbers and theirs.numbers and ours.numbers.isdisjoint(theirs.numbers):
        return NEVER
    if ours.lands and theirs.lands and ours.lands.isdisjoint(theirs.lands):
        return NEVER
    if ours.numbers or theirs.numbers:
        score += _SAME_NUMBER if ours.own == theirs.own else _NUMBER_LOST
    for a, b in ((ours.senses, theirs.senses), (ours.lands, theirs.lands)):
        score += _SAME_SENSE * len(a & b) + _SENSE_LOST * len(a ^ b)
    return score + _names(ours.rest, theirs.rest)


def _names(zh: str, en: str) -> float:
    """What the names say that are left on both sides."""
    if not zh or not en:
        return _NAME_LOST if zh or en else 0.0
    sound = chinese_sound(zh)
    if any(alike(sound, latin_sound(name)) >= _ALIKE for name in (en, _DEMONYM.sub("", en))):
        return _SAME_NAME
    if read_so(zh, en):
        return _SAME_NAME
    words = [letters(word) for word in (en, *en.split())]
    return _SPELT_NAME if any(len(w) >= _SYLLABLES and w in sound.spelling for w in words) else _OTHER_NAME


@functools.lru_cache(maxsize=20_000)
def _chinese(text: str) -> _Said:
    rest = _COUNTED.sub("", text)
    read = (parse_number(found, Lang.ZH) for found in _NUMBER_ZH.findall(rest))
    numbers = [amount.value for amount in read if amount is not None and amount.value is not None]
    rest = _NUMBER_ZH.sub(" ", rest)
    lands, rest = _taken(rest, _lands(Lang.ZH))
    senses, rest = _taken(rest, _senses(Lang.ZH))
    rest = _plain(Lang.ZH).sub("", rest)
    own = numbers[-1] if numbers else None
    return _Said(frozenset(numbers), own, senses, lands, "".join(re.findall("[\u4e00-\u9fff]+", rest)))


@functools.lru_cache(maxsize=20_000)
def _english(text: str) -> _Said:
    numbers = [Fraction(found.replace(",", "")) for found in _NUMBER_EN.findall(text)]
    numbers += [Fraction(ORDINALS[w.lower()]) for w in _WORD_EN.findall(text) if w.lower() in ORDINALS]
    rest = _ORDINAL.sub(" ", _NUMBER_EN.sub(" ", text).lower())
    lands, rest = _taken(rest, _lands(Lang.EN))
    senses, rest = _taken(rest, _senses(Lang.EN))
    rest = _plain(Lang.EN).sub(" ", rest.replace("’s", "").replace("'s", ""))
    own = numbers[0] if numbers else None
    return _Said(frozenset(numbers), own, senses, lands, " ".join(re.findall("[^\\W\\d_]{2,}", rest)))


def _taken(text: str, words: _Words) -> tuple[frozenset[str], str]:
    """What the words in `text` mean, and the text without them."""
    names, pattern = words
    found: set[str] = set()

    def take(word: re.Match[str]) -> str:
        found.add(names[word.lastindex or 0])
        return " "

    rest = pattern.sub(take, text)
    return frozenset(found), rest


def _words(patterns: Iterable[tuple[str, str]], *, whole: bool) -> _Words:
    """One pattern of all: what each means, by the number of its group."""
    listed = list(patterns)
    choice = "|".join(f"({pattern})" for _, pattern in listed)  # without groups of their own
    return ("", *(meaning for meaning, _ in listed)), _whole_words(choice) if whole else re.compile(choice)


@functools.cache
def _senses(lang: Lang) -> _Words:
    return _words(load_section("renderings", lang.value).items(), whole=lang is Lang.EN)


@functools.cache
def _lands(lang: Lang) -> _Words:
    lands = load_section("renderings", "lands")
    if lang is Lang.EN:
        return _words(lands.items(), whole=True)
    return _words(((zh, zh) for zh in lands), whole=False)


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


@functools.cache
def _plain(lang: Lang) -> re.Pattern[str]:
    words = load_section("renderings", "plain")[lang.value]
    return _whole_words(words) if lang is Lang.EN else re.compile(words)
