"""Folding of Chinese and Latin text for comparison.

Every fold here keeps the length: character *i* of the result stands for character *i* of the input, so
offsets found in folded text hold in the original.  Input should be NFC (the reader makes it so).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable

import opencc

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a pair of UTF-16, which is no character: broken JSON and file names carry them, UTF-8 cannot."""

_CJK = range(0x3400, 0xA000)


@functools.cache
def _simplified_table() -> dict[int, int]:
    """Traditional to simplified, single characters, from OpenCC's table in one conversion."""
    characters = [chr(c) for c in _CJK]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): ord(b) for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}


@functools.cache
def _width_table() -> dict[int, int]:
    """Full-width ASCII and the ideographic space to their plain forms."""
    table = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
    table[0x3000] = 0x20
    return table


def _base_letter(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0]
    plain = {"Đ": "d", "đ": "d", "Ł": "l", "ł": "l", "Ø": "o", "ø": "o", "ı": "i"}.get(plain, plain)
    lower = plain.lower()
    return lower if len(lower) == 1 else character


@functools.cache
def _latin_table() -> dict[int, int]:
    """Case and diacritics off, for Latin letters; curly quotes and dashes made plain."""
    ranges = (range(0x41, 0x5B), range(0xC0, 0x250), range(0x1E00, 0x1F00))
    table = {c: ord(_base_letter(chr(c))) for r in ranges for c in r}
    table.update({0x2018: 0x27, 0x2019: 0x27, 0x201C: 0x22, 0x201D: 0x22, 0x2010: 0x2D, 0x2013: 0x2D})
    return table


@functools.cache
def _zh_table() -> dict[int, int]:
    return {**_simplified_table(), **_width_table()}


@functools.cache
def _folding() -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    """What :func:`fold` changes besides the case of plain letters: one character of it, and its replacement.

    Most characters of a text stay as they are: to look for the others by their class is twice as fast as
    `str.translate`, which looks every one up in the table.
    """
    table = {chr(a): chr(b) for a, b in {**_zh_table(), **_latin_table()}.items() if a > 0x7F and a != b}
    changed = re.compile(f"[{''.join(map(re.escape, sorted(table)))}]")
    return changed, lambda m: table[m[0]]


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, and full-width ASCII to plain.

    >>> simplify("萊州１２日")
    '莱州12日'
    """
    return text.translate(_zh_table())


def fold_latin(text: str) -> str:
    """Case and diacritics off.

    >>> fold_latin("Điện Biên Phủ")
    'dien bien phu'
    """
    return text.lower() if text.isascii() else text.translate(_latin_table())


def fold(text: str) -> str:
    """All folds: the key under which names are compared, in either language.

    >>> fold("Nậm Pồ 萊州"), len(fold("Nậm Pồ 萊州"))
    ('nam po 莱州', 9)
    """
    if text.isascii():
        return text.lower()
    changed, replacement = _folding()
    # Of bytes `lower` lowers plain letters only.
    plain = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    return changed.sub(replacement, plain)


def is_cjk(character: str) -> bool:
    """Whether `character` is a Chinese character."""
    return ord(character) in _CJK


def well_formed(text: str) -> str:
    r"""Text with U+FFFD for each lone surrogate, which matchers that speak UTF-8 refuse.

    >>> well_formed("河\ud800内") == "河\ufffd内"
    True
    """
    return SURROGATE.sub("\ufffd", text)
