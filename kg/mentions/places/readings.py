"""Names of Vietnam and Korea, which English spells by their own reading of the characters.

春梅 is Xuan Mai and 铁原 is Cholwon: neither sounds like the Pinyin.  How the characters that names of places
are made of are read there stands in ``rules/readings.toml``; spellings of Korean are reduced to what the two
usual systems (Cholwon, Cheorwon) and the two states (Ryongchon, Yongchon) have in common.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from kg.mentions.rules import load_section
from kg.mentions.sounds import letters
from kg.text import fold_latin

_FILE = "readings"
_LONGEST = 4  # characters of a name
_KOREAN = "~"  # begins the keys of Korean spellings
_LOST = re.compile("^[ln](?=[iy])|(?<=[a-z])[ln](?=y)")


@functools.cache
def _vietnamese() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The characters of each reading, the readings of each character."""
    table: dict[str, str] = load_section(_FILE, "vietnamese")
    return table, _by_character(table)


@functools.cache
def _korean() -> dict[str, tuple[str, ...]]:
    return _by_character(load_section(_FILE, "korean"))


def _by_character(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for reading, characters in table.items():
        for c in characters:
            out[c] = (*out.get(c, ()), reading)
    return out


def read_so(chinese: str, latin: str) -> bool:
    """Whether `latin` spells a Chinese name as it is read in Vietnam or Korea.

    >>> read_so("春梅", "Xuan Mai"), read_so("铁原", "Cholwon"), read_so("铁原", "Cheorwon")
    (True, True, True)
    >>> read_so("龙川", "Ryongchon"), read_so("春梅", "Xuan Loc")
    (True, False)
    """
    return not keys_of_name(chinese).isdisjoint(keys_of_spelling(letters(latin)))


@functools.lru_cache(maxsize=20_000)
def keys_of_name(chinese: str) -> frozenset[str]:
    """What the spellings of a Chinese name are looked up by; none if a character is not in the tables.

    >>> sorted(keys_of_name("新山"))
    ['tansanh', 'tanson', '~sinsan']
    """
    if not 2 <= len(chinese) <= _LONGEST:
        return frozenset()
    korean = (_KOREAN + _reduced(s) for s in _products(chinese, _korean()))
    return frozenset((*_products(chinese, _vietnamese()[1]), *korean))


def keys_of_spelling(spelling: str) -> tuple[str, str]:
    """The same for the letters of a Latin name.

    >>> keys_of_spelling("busan")
    ('busan', '~pusan')
    """
    return spelling, _KOREAN + _reduced(spelling)


def _products(chinese: str, readings: dict[str, tuple[str, ...]]) -> list[str]:
    spelt = [""]
    for c in chinese:
        spelt = [s + r for s in spelt for r in readings.get(c, ())]
    return spelt


@functools.lru_cache(maxsize=20_000)
def _reduced(spelling: str) -> str:
    """A spelling of Korean without what systems and states write in different ways."""
    for written, ours in load_section(_FILE, "spelling")["korean"]:
        spelling = spelling.replace(written, ours)
    return _LOST.sub("", spelling)


def written_so(latin: str, chinese: str) -> Iterator[tuple[int, int]]:
    """Where in a Chinese text a name stands that a Vietnamese one of two to four syllables spells.

    >>> list(written_so("Xuân Mai", "敌军由春梅逃走"))
    [(3, 5)]
    """
    pattern = _pattern(fold_latin(latin))
    if pattern is not None:
        for m in pattern.finditer(chinese):
            yield m.span()


@functools.lru_cache(maxsize=20_000)
def _pattern(latin: str) -> re.Pattern[str] | None:
    characters = _vietnamese()[0]
    syllables = latin.split()
    if not 2 <= len(syllables) <= _LONGEST or not all(s in characters for s in syllables):
        return None
    return re.compile("".join(f"[{characters[s]}]" for s in syllables))
