"""What the dictionary matcher must not look for: strings that are common words first and names second.

The list is data (``stoplist.tsv``); lookups still find the items.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from kg.authority.aliases import is_chinese
from kg.text import fold

_NUMERAL = re.compile("[一二三四五六七八九十百千万零〇两0-9]+[年月日时分]?")


@functools.cache
def _stopped() -> frozenset[str]:
    lines = Path(__file__).with_name("stoplist.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line.split("\t")[0]) for line in lines[1:] if line and not line.startswith("#"))


def is_stopped(text: str, key: str, kind: str) -> bool:
    """Whether a name stays out of the matcher: one character, a number, no name, or in the list.

    Measures keep their short names: they are matched behind numerals only.

    >>> is_stopped("和平", "和平", "place"), is_stopped("里", "里", "measure")
    (True, False)
    """
    if kind == "measure":
        return False
    if key in _stopped() or not any(c.isalpha() for c in key) or _NUMERAL.fullmatch(key):
        return True
    if kind != "event" and text.isascii() and text.islower():
        return True  # a concept, not a thing with a name
    if is_chinese(text):
        return len(key) < 2
    return len(key) < 2 or (len(key) <= 3 and not text.isupper() and not text[:1].isupper())
