"""Whole numbers as the archive prints them: Chinese, full-width and ASCII.

Only what reading needs (dates in datelines, anchors for alignment); quantities are read in `kg.mentions`.
"""

from __future__ import annotations

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "Ｏ": 0,
    "两": 2,
    "廿": 20,
    "卅": 30,
}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
CHINESE = "〇○零一二三四五六七八九十百千万亿两廿卅"
_LONGEST = 24
_TENS = 20  # 廿 and 卅 are two digits in one


def integer(text: str) -> int | None:
    """The whole number that `text` writes, or None where it writes none (or one beyond 24 characters).

    >>> integer("二百"), integer("１２"), integer("一九五三"), integer("十四"), integer("2,000")
    (200, 12, 1953, 14, 2000)
    """
    if not text or len(text) > _LONGEST:
        return None
    plain = text.replace(",", "").replace("，", "")
    if plain.isdecimal():
        return int(plain)
    if any(c in _SMALL or c in _LARGE for c in plain):
        return _with_places(plain)
    return _positional(plain)


def _positional(text: str) -> int | None:
    """Digits in a row, 一九五三; or tens and digit, 廿一."""
    digits = [_DIGITS.get(c, -1) for c in text]
    if not digits or -1 in digits:
        return None
    if digits[0] >= _TENS:
        return (
            digits[0] + sum(digits[1:]) if len(digits) <= 2 and max(digits[1:], default=0) < _TENS else None
        )
    if max(digits) >= _TENS:
        return None
    return int("".join(map(str, digits)))


def _with_places(text: str) -> int | None:
    total = section = 0
    digit: int | None = None
    for c in text:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[c]
            digit = None
        elif c in _LARGE:
            section += digit or 0
            if not section:
                return None
            total = (total + section) * _LARGE[c] if c == "亿" else total + section * _LARGE[c]
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)
