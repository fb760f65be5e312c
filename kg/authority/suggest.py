"""Keys for completion while typing: folded, without spaces; Chinese names in Pinyin as well."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.authority.aliases import is_chinese
from kg.text import fold

_IGNORED = re.compile(r"[\s'’`.\-·]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: the item, the name that matched, and what to show for it."""

    id: str
    name: str
    label: str
    kind: str
    subkind: str
    prior: float


def suggest_key(text: str) -> str:
    """What a typed prefix and a name are compared by.

    >>> suggest_key("Điện Biên"), suggest_key("奠邊")
    ('dienbien', '奠边')
    """
    return _IGNORED.sub("", fold(text))


def suggest_keys(text: str) -> Iterator[str]:
    """The keys of one name.

    >>> list(suggest_keys("奠边府"))
    ['奠边府', 'dianbianfu']
    """
    yield suggest_key(text)
    if is_chinese(text):
        yield suggest_key(_pinyin(fold(text)))


def _pinyin(text: str) -> str:
    """Pinyin without tones; whole words are looked up only where a character has several readings."""
    import pypinyin  # its word lists take half a second, which whoever only compares keys need not wait

    readings = [r for c in text if (r := _only_reading(c)) is not None]
    return "".join(readings if len(readings) == len(text) else pypinyin.lazy_pinyin(text))


@functools.cache
def _only_reading(character: str) -> str | None:
    import pypinyin

    readings = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)
    return readings[0][0] if len(readings) == 1 and len(set(readings[0])) == 1 else None
