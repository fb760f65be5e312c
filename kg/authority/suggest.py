"""Keys for completion while typing: folded, without spaces; Chinese names in Pinyin as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypinyin

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
        yield suggest_key("".join(pypinyin.lazy_pinyin(fold(text))))
