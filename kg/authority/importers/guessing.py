"""What an item is, where no class tells: by the words of its labels, in both languages (``guessing.tsv``)."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import NamedTuple

DEFAULTS = {
    "place": "area",
    "source": "newspaper",
    "unit": "force",
    "event": "crisis",
    "organisation": "other",
    "person": "other",
    "measure": "other",
}


class _Guess(NamedTuple):
    kind: str
    subkind: str
    words: re.Pattern[str]
    endings: tuple[str, ...]


@functools.cache
def _guesses() -> tuple[_Guess, ...]:
    lines = Path(__file__).with_name("guessing.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return tuple(
        _Guess(kind, subkind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE), tuple(endings.split()))
        for kind, subkind, words, endings in rows
    )


def guess_subkind(kind: str, *, words: str = "", en: str = "", zh: str = "") -> str:
    """The subkind within `kind`, from class words, then the Chinese label's ending, then English words.

    >>> guess_subkind("source", words="daily newspaper"), guess_subkind("place", zh="台湾海峡")
    ('newspaper', 'strait')
    """
    return _by_words(kind, words) or _by_ending(kind, zh) or _by_words(kind, en) or DEFAULTS[kind]


def _by_words(kind: str, text: str) -> str | None:
    return next((g.subkind for g in _guesses() if g.kind == kind and g.words.search(text)), None)


def _by_ending(kind: str, zh: str) -> str | None:
    found = [(len(e), g.subkind) for g in _guesses() if g.kind == kind for e in g.endings if zh.endswith(e)]
    return max(found)[1] if found else None
