"""The parts of a date as a rule's groups name them: year, month, time of day, words like 去年 and 上月."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kg.mentions.figures import EN_SMALL
from kg.mentions.rules import load_section
from kg.mentions.times.calendar_days import Period, add_months, month_number, resolve_year, small_number

Groups = Mapping[str, str]


class Unresolved(Enum):
    """A time without a period: recognised but left open (农历 dates), or void (二月三十日, 每年十月)."""

    OPEN = "open"
    VOID = "void"


Resolved = Period | Unresolved | None

FIRST_YEAR, LAST_YEAR = 1000, 2999
_NEWS = range(-10, 46)  # days before a dispatch: what is dated there by month and day is of its own year
_FESTIVALS = ("spring", "dragon_boat", "mid_autumn", "double_ninth")  # the columns of [lunar]


@dataclass(slots=True)
class Context:
    """What a time is resolved against while a text is read from left to right.

    ``anchor`` is the day of the dispatch; ``last`` what was resolved last in the same paragraph, and
    ``told`` in the same dispatch;
    ``direction`` is +1 where the words around say that the time lies ahead; ``floor`` is the beginning of
    the range whose end is being resolved.
    """

    anchor: dt.date
    last: Period | None = None
    told: Period | None = None
    direction: int = 0
    floor: dt.date | None = None

    @property
    def last_day(self) -> dt.date | None:
        """The last day that was named, if it was one day."""
        last = self.last
        return last.first if last is not None and last.first == last.last else None


@functools.cache
def words(table: str) -> Mapping[str, Any]:
    """A table of ``[words]`` in times.toml; the keys of English ones also in lower case."""
    return dict(load_section("times", "words")[table])


def value_of(text: str, *tables: str) -> Any:
    """The value of a word in the first table that has it."""
    for table in tables:
        if text in (known := words(table)):
            return known[text]
    raise KeyError(text)


@functools.cache
def lunar_day(year: int, festival: str) -> dt.date | None:
    """When a festival of the lunar calendar was in `year`; None where the table does not have the year.

    >>> lunar_day(1963, "spring")
    datetime.date(1963, 1, 25)
    """
    days = load_section("times", "lunar").get(str(year))
    if days is None:
        return None
    month, day = days.split()[_FESTIVALS.index(festival)].split("-")
    return dt.date(year, int(month), int(day))


# --- parts of a date ----------------------------------------------------------------------------------


class NotATime(Exception):
    """Raised where the words of a match turn out to be no time."""


def number_of(text: str) -> int:
    """A whole number in figures or small English words; NotATime if it is none."""
    number = EN_SMALL.get(text.lower()) or small_number(text)
    if number is None:
        raise NotATime(text)
    return number


def month_of(text: str) -> int:
    """The month of a Chinese or English month name; NotATime if there is none such."""
    month = month_number(text) if text[0].isascii() and text[0].isalpha() else small_number(text)
    if month is None or not 1 <= month <= 12:
        raise NotATime(text)
    return month


def short_year(text: str, anchor: dt.date, *, sure: bool) -> int:
    """五三年 is 1953; but 五六年 may be five or six years, and 35年 (35 years) is a year only if near.

    `sure` where a month or season follows, which only a year can have.
    """
    digits = [small_number(c) for c in text]
    value = int("".join(str(d) for d in digits))
    year = 2000 + value if value <= anchor.year + 10 - 2000 else 1900 + value
    if sure:
        return year
    ascii_digits = text[0] in "0123456789０１２３４５６７８９"
    if ascii_digits and year < 2000 and abs(year - anchor.year) > 15:
        raise NotATime(text)
    if not ascii_digits and (small_number(text) is None or year > anchor.year + 20):
        raise NotATime(text)
    return year


def year_of(groups: Groups, context: Context) -> int | None:
    """The year that the groups name, None where they name none."""
    if (text := groups.get("y")) is not None:
        year = small_number(text)
    elif (text := groups.get("yy")) is not None:
        sure = any(groups.get(k) for k in ("m", "season", "half", "q")) or groups.get("edge", "中") != "中"
        year = short_year(text, context.anchor, sure=sure)
    elif (text := groups.get("roc")) is not None:
        year = 1911 + number_of(text)
    elif (text := groups.get("ry")) is not None:
        year = relative_year(value_of(text, "zh_year", "en_year"), context)
    else:
        return None
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotATime(str(text))
    return year


def relative_year(value: int | str, context: Context) -> int:
    """The year of 去年 (an offset) or 同年 (the year that was told last)."""
    if isinstance(value, int):
        return context.anchor.year + value
    told = context.last or context.told
    if told is None or told.first is None:
        raise NotATime(value)  # 当年 without a year before it means "in those days"
    return told.first.year + {"same": 0, "next": 1, "previous": -1}[value]


def year_month_of(groups: Groups, context: Context, day: int = 1) -> tuple[int | None, int | None]:
    """Year and month as far as the groups name them, the year completed where only a month is named."""
    year = year_of(groups, context)
    if (text := groups.get("rm")) is not None:
        return relative_month(value_of(text, "zh_month", "en_rel_month"), context)
    text = groups.get("m") or groups.get("m2")
    if text is None:
        return year, None
    month = month_of(text)
    if year is None:
        anchor, direction = (context.floor, 1) if context.floor else (context.anchor, context.direction)
        year = resolve_year(month, day, anchor=anchor, direction=direction)
        if not direction:
            year = _year_of_story(month, day, context) or year
    return year, month


def _year_of_story(month: int, day: int, context: Context) -> int | None:
    """The past year of the day told last, if what follows is no news: 一九五〇年六月二十五日…六月三十日."""
    last, anchor = context.last_day, context.anchor
    if last is None or last.year >= anchor.year or (month, day) < (last.month, last.day):
        return None
    near = dt.date(anchor.year, month, min(day, 28))
    return None if (anchor - near).days in _NEWS else last.year


def relative_month(value: int | str, context: Context) -> tuple[int, int]:
    """Year and month of 上月 (an offset) or 同月 (the month that was told last)."""
    base, shift = context.anchor, value
    if not isinstance(shift, int):
        told = context.last or context.told
        base = told.first if told and told.first else context.anchor
        shift = {"same": 0, "next": 1}[shift]
    return add_months(base.year, base.month, shift)


def clock_of(groups: Groups) -> str | None:
    """The time of day as ``18:40``, None where none is named."""
    hour = next((groups[k] for k in ("h", "h2", "h3", "h4") if k in groups), None)
    if hour is None:
        return None
    minute = next((groups[k] for k in ("min", "min2", "min3", "min4") if k in groups), None)
    h, m = (
        number_of(hour) if hour not in ("0", "00", "零", "〇", "０") else 0,
        30 if groups.get("half") else 0,
    )
    if minute is not None:
        m = small_number(minute) or 0
    part = groups.get("part")
    kind = value_of(part, "zh_part", "en_part") if part else groups.get("ampm", "").lower() + "m"
    if (kind in ("pm", "night") and 5 <= h < 12) or (kind in ("pm", "noon") and h < 5):
        h += 12
    elif kind == "am" and h == 12 and groups.get("ampm"):
        h = 0
    return f"{h:02}:{m:02}" if h <= 24 and m < 60 else None
