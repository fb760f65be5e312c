"""Figures to amounts: what a written number means, Chinese or English, once its characters are known.

:mod:`kg.mentions.numerals` finds the figures in text; this module only reads them.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction

_DIGIT_ROWS = (
    "0０〇零○Ｏ", "1１一壹", "2２二两贰貳", "3３三叁", "4４四肆",
    "5５五伍", "6６六陆陸", "7７七柒", "8８八捌", "9９九玖",
)  # fmt: skip
DIGITS = {c: n for n, row in enumerate(_DIGIT_ROWS) for c in row}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_ASCII = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ASCII_DIGIT = re.compile("[0-9０-９]")
_PAIRS = frozenset({"12", "23", "34", "45", "56", "67", "78", "89", "35"})
_EN_UNDER_TWENTY = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
EN_SMALL = {w: n for n, w in enumerate(_EN_UNDER_TWENTY)} | {w: 10 * n for n, w in enumerate(_EN_TENS, 2)}
EN_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as the text gives it: the written figure and the bounds its words set, all exact.

    >>> str(Amount(value=Fraction(500), min=Fraction(500))), str(Amount(min=Fraction(3), max=Fraction(5)))
    ('min 500', '3..5')
    """

    value: Fraction | None = None
    min: Fraction | None = None
    max: Fraction | None = None

    def __str__(self) -> str:
        if self.min is not None and self.max is not None:
            return f"{self.min}..{self.max}"
        if self.min is not None:
            return f"min {self.min}"
        return f"max {self.max}" if self.max is not None else str(self.value)

    def scaled(self, factor: Fraction | int, add: Fraction | int = 0) -> Amount:
        """Every figure times `factor` plus `add`."""

        def scale(figure: Fraction | None) -> Fraction | None:
            return None if figure is None else figure * factor + add

        return Amount(scale(self.value), scale(self.min), scale(self.max))

    def at_least(self) -> Amount:
        """The same figure as a lower bound."""
        return Amount(self.value, self.value if self.min is None else self.min, self.max)

    def at_most(self) -> Amount:
        """The same figure as an upper bound."""
        return Amount(self.value, self.min, self.value if self.max is None else self.max)


# --- Chinese figures ------------------------------------------------------------------------------


def _plain(characters: str) -> str:
    """ASCII digits, decimal point, no separators."""
    return "".join(
        str(DIGITS[c]) if c in DIGITS else "." if c in "点.．·" else c for c in characters if c not in ",，"
    )


@functools.lru_cache(maxsize=8192)
def read_chinese(text: str) -> Amount | None:
    """What a Chinese figure amounts to, or None where it is none (万千, 一一).

    >>> [str(read_chinese(t)) for t in ("一千二", "三百余万", "十七八", "万五千余")]
    ['1200', 'min 3000000', '17..18', 'min 15000']
    """
    head, tail, scale = _split_more(text)
    amount = _exact(head)
    if amount is None:
        return None
    amount = amount.scaled(scale_of(scale))
    if tail == "几":
        step = _last_step(head) * scale_of(scale)
        return Amount(None, amount.value, (amount.value or Fraction(0)) + step)
    return amount.at_least() if tail else amount


def _split_more(text: str) -> tuple[str, str, str]:
    """三百余万 -> 三百, 余, 万."""
    for i in range(len(text) - 1, max(0, len(text) - 5), -1):
        if text[i] in "多余餘来几":
            return text[:i], text[i], text[i + 1 :]
    return text, "", ""


def scale_of(scales: str) -> int:
    """The product of scale words: 10000000 for 千万; 1 for none."""
    product = 1
    for c in scales:
        product *= _SCALES.get(c) or _MYRIADS.get(c) or 1
    return product


def _last_step(head: str) -> int:
    """How much one more of the last scale word is: 10 for 二十 (几)."""
    return _SCALES.get(head[-1:]) or _MYRIADS.get(head[-1:]) or 10


def _exact(head: str) -> Amount | None:
    plain = _plain(head)
    if not plain:
        return None
    if _ASCII.fullmatch(plain):
        if len(head) == 2 and plain in _PAIRS and not _ASCII_DIGIT.search(head):
            return Amount(None, Fraction(plain[0]), Fraction(plain[1]))
        return Amount(Fraction(plain))
    low, high = (plain, None) if _ASCII_DIGIT.search(head) else _pair(plain)
    first = _sum(low)
    if first is None or high is None:
        return None if first is None else Amount(first)
    second = _sum(high)
    return Amount(None, first, second) if second is not None and first < second else None


def _pair(plain: str) -> tuple[str, str | None]:
    """34百 -> 3百, 4百: two neighbouring digits before a scale, or at the end after 十."""
    for i in range(len(plain) - 1):
        if plain[i : i + 2] in _PAIRS and not _near_digit(plain, i):
            return plain[: i + 1] + plain[i + 2 :], plain[:i] + plain[i + 1 :]
    return plain, None


def _near_digit(plain: str, i: int) -> bool:
    before, after = plain[i - 1 : i] if i else "", plain[i + 2 : i + 3]
    ends = not after and before in ("十", "拾")
    return before.isdigit() or before == "." or not (after in _SCALES or after in _MYRIADS or ends)


def _sum(plain: str) -> Fraction | None:
    """Add up digits and scale words; None where they do not form a number."""
    total = section = Fraction(0)
    last = 0  # the scale last read, for 一千二
    i, n = 0, len(plain)
    while i < n:
        c = plain[i]
        if c.isdigit():
            m = _ASCII.match(plain, i)
            assert m is not None  # noqa: S101  (a digit starts it)
            digits, i = Fraction(m[0]), m.end()
            if i < n and plain[i] in _SCALES:
                last = _SCALES[plain[i]]
                section += digits * last
                i += 1
            elif i == n and last >= 100 and len(m[0]) == 1 and "0" not in plain[m.start() - 1 : m.start()]:
                section += digits * last / 10
            else:
                section += digits
                last = 1
        elif c in _TENS:
            section, last, i = section + _TENS[c], 10, i + 1
        elif c in _SCALES:
            if last and (last <= _SCALES[c] or c not in "十拾"):
                return None  # 万千, 千百: idioms, not figures; but 一百十五 is one
            last, i = _SCALES[c], i + 1
            section += last
        elif c in _MYRIADS:
            factor = _MYRIADS[c]
            if factor == 10**8 or not section:
                # 二万亿, and 四万万 (four hundred million) as it was long written
                total, section = (total + section or Fraction(1)) * factor, Fraction(0)
            else:
                total, section = total + section * factor, Fraction(0)
            last, i = factor, i + 1
        else:
            return None
    return total + section


# --- English figures ------------------------------------------------------------------------------


@functools.lru_cache(maxsize=8192)
def read_english(text: str) -> Amount | None:
    """What an English figure amounts to.

    >>> [str(read_english(t)) for t in ("two thousand", "1,500", "3.5 million", "one hundred and twenty")]
    ['2000', '1500', '3500000', '120']
    """
    total, section = Fraction(0), Fraction(0)
    seen = False
    for word in re.split(r"[ -]", text.lower().replace(",", "")):
        if word in ("and", ""):
            continue
        if word in ("a", "an"):
            section += 1
        elif _ASCII.fullmatch(word):
            section += Fraction(word)
        elif word in EN_SMALL:
            section += EN_SMALL[word]
        elif word == "hundred":
            section = (section or Fraction(1)) * 100
        elif word in EN_SCALES:
            total, section = total + (section or Fraction(1)) * EN_SCALES[word], Fraction(0)
        else:
            return None
        seen = True
    return Amount(total + section) if seen else None
