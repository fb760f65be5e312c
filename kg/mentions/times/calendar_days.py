"""Calendar arithmetic for the times of a newspaper: which day, month or year a bare figure means.

Datelines precede printing: 十三日讯 in the paper of the 14th is the 13th, and 三十一日电 in the paper of the
2nd is of last month.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from kg.mentions.figures import read_chinese
from kg.model import Grain, Interval
from kg.records import quick

_MONTHS = {name[:3].lower(): n for n, name in enumerate(calendar.month_name) if name}
_DAY_TEXT = re.compile(
    r"(?:[0-9０-９〇零○Ｏ一二三四五六七八九十]{2,4}年)?"
    r"(?:(?P<mz>[0-9０-９一二三四五六七八九十]{1,3})月|(?!the )(?P<me>[A-Za-z]{3,9})\.? ?)?(?:the )?"
    r"(?P<d>[0-9０-９一二三四五六七八九十廿卅]{1,3})(?:日|号|st|nd|rd|th)?[^0-9]{0,12}"
)
# A date without a year so many days ahead is last year's (十二月 in a paper of January).
_JUST_PAST = 60  # days
_FAR_AHEAD = 150


@quick
@dataclass(frozen=True, slots=True)
class Period:
    """A resolved stretch of days, and how each end is written: ``start``/``end`` are ISO dates cut to what
    is known, ``first``/``last`` the days themselves (None: open).
    """

    first: dt.date | None
    last: dt.date | None
    start: str | None
    end: str | None
    grain: Grain
    clock: str | None = None

    @property
    def interval(self) -> Interval:
        """The period as the records between the stages have it."""
        return Interval(self.start, self.end, self.grain)


def day_period(day: dt.date, clock: str | None = None) -> Period:
    """One day."""
    return Period(day, day, day.isoformat(), day.isoformat(), Grain.DAY, clock)


def days_period(first: dt.date, last: dt.date, grain: Grain = Grain.DAY) -> Period:
    """From one day to another, both known to the day."""
    return Period(first, last, first.isoformat(), last.isoformat(), grain)


def month_period(year: int, month: int, to: tuple[int, int] | None = None) -> Period:
    """A month, or from one month to another (`to` is year and month)."""
    last_year, last_month = to or (year, month)
    return Period(
        dt.date(year, month, 1),
        dt.date(last_year, last_month, calendar.monthrange(last_year, last_month)[1]),
        f"{year:04}-{month:02}",
        f"{last_year:04}-{last_month:02}",
        Grain.MONTH,
    )


def year_period(first: int, last: int | None = None, grain: Grain = Grain.YEAR) -> Period:
    """A year, or from one year to another."""
    last = first if last is None else last
    return Period(dt.date(first, 1, 1), dt.date(last, 12, 31), f"{first:04}", f"{last:04}", grain)


def joined(first: Period, second: Period) -> Period:
    """From the start of one to the end of the other (从九月二十五日到十月二日)."""
    coarse = first.grain if list(Grain).index(first.grain) > list(Grain).index(second.grain) else second.grain
    return Period(first.first, second.last, first.start, second.end, coarse)


def add_months(year: int, month: int, months: int) -> tuple[int, int]:
    """Year and month, so many months later.

    >>> add_months(1953, 12, 1), add_months(1953, 1, -2)
    ((1954, 1), (1952, 11))
    """
    index = year * 12 + month - 1 + months
    return index // 12, index % 12 + 1


def a_day(year: int, month: int, day: int) -> dt.date | None:
    """The date, or None where the calendar has no such day.

    >>> a_day(1953, 2, 29), a_day(1952, 2, 29)
    (None, datetime.date(1952, 2, 29))
    """
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def resolve_day(
    day: int, month: int | None = None, year: int | None = None, *, anchor: dt.date, direction: int = 0
) -> dt.date | None:
    """The date that a day, with or without month and year, means on the day `anchor`; None if there is none.

    `direction` -1 takes the latest such day up to the anchor, +1 the earliest from the anchor on, 0 what a
    newspaper means: a bare day is the last one, unless it is at most three days ahead; a day with a month
    is of the anchor's year, unless that lies far ahead.

    >>> resolve_day(10, anchor=dt.date(1953, 12, 13)), resolve_day(20, anchor=dt.date(1953, 12, 13))
    (datetime.date(1953, 12, 10), datetime.date(1953, 11, 20))
    >>> resolve_day(30, 12, anchor=dt.date(1954, 1, 3)), resolve_day(2, anchor=dt.date(1953, 12, 30))
    (datetime.date(1953, 12, 30), datetime.date(1954, 1, 2))
    """
    if month is not None:
        if year is None:
            year = resolve_year(month, day, anchor=anchor, direction=direction)
        return a_day(year, month, day)
    ahead = _nearest(day, anchor, 1) if direction >= 0 else None
    if direction > 0 or (ahead is not None and (ahead - anchor).days <= 3):
        return ahead
    return _nearest(day, anchor, -1)


def _nearest(day: int, anchor: dt.date, step: int) -> dt.date | None:
    """The last such day up to `anchor` (`step` -1), or the first from it on (1), within four months."""
    for shift in range(0, 4 * step, step):
        found = a_day(*add_months(anchor.year, anchor.month, shift), day)
        if found is not None and (found >= anchor if step > 0 else found <= anchor):
            return found
    return None


def resolve_year(month: int, day: int = 1, *, anchor: dt.date, direction: int = 0) -> int:
    """The year that a month without one means on the day `anchor`; `direction` as in :func:`resolve_day`.

    >>> january, december = dt.date(1954, 1, 5), dt.date(1953, 12, 5)
    >>> resolve_year(12, anchor=january), resolve_year(1, anchor=december, direction=1)
    (1953, 1954)
    >>> resolve_year(9, 27, anchor=dt.date(1948, 11, 3), direction=1)  # 九月二十七日美军将幼童打伤
    1948
    """
    day = min(day, 28)
    this = dt.date(anchor.year, month, day)
    if direction < 0:
        return anchor.year if this <= anchor or month == anchor.month else anchor.year - 1
    if direction > 0:  # of a day two months ago the paper would say 明年, if it meant the next one
        just_past = (anchor - this).days <= _JUST_PAST
        return anchor.year if this >= anchor or month == anchor.month or just_past else anchor.year + 1
    return anchor.year - 1 if (this - anchor).days > _FAR_AHEAD else anchor.year


def dateline_date(text: str, issue: dt.date) -> dt.date | None:
    """The date of a dateline's day (十三日, 十二月十三日, 13th, December 13th) in the paper of `issue`.

    It is the latest such day up to the issue, or the day after it (the header of some papers is a day
    early); None where `text` has no day that the calendar has.  A year in it says nothing more: what a paper
    prints was filed in the year before.

    >>> dateline_date("十三日", dt.date(1953, 12, 14)), dateline_date("31st", dt.date(1949, 2, 2))
    (datetime.date(1953, 12, 13), datetime.date(1949, 1, 31))
    >>> dateline_date("12月30日", dt.date(1963, 1, 2)), dateline_date("December 30", dt.date(1963, 1, 2))
    (datetime.date(1962, 12, 30), datetime.date(1962, 12, 30))
    >>> dateline_date("一九六二年十二月三十日", dt.date(1963, 1, 2))
    datetime.date(1962, 12, 30)
    """
    if (m := _DAY_TEXT.fullmatch(text.strip())) is None:
        return None
    day = small_number(m["d"])
    month = small_number(m["mz"]) if m["mz"] else month_number(m["me"]) if m["me"] else None
    if day is None or (month is None and (m["mz"] or m["me"])):
        return None
    limit = issue + dt.timedelta(days=1)
    if month is None and day == limit.day:
        return limit
    if month is not None and not 1 <= month <= 12:
        return None
    return resolve_day(day, month, anchor=limit, direction=-1)


def small_number(text: str) -> int | None:
    """A whole number in Chinese or ASCII figures, None if it is none.

    >>> small_number("廿五"), small_number("１２"), small_number("元"), small_number("x")
    (25, 12, 1, None)
    """
    if text in ("元", "首"):
        return 1
    amount = read_chinese(text)
    return int(amount.value) if amount is not None and amount.value is not None else None


def month_number(name: str) -> int | None:
    """The month of an English name or its abbreviation.

    >>> month_number("December"), month_number("Sept."), month_number("Hanoi")
    (12, 9, None)
    """
    number = _MONTHS.get(name[:3].lower())
    full = calendar.month_name[number].lower() if number else ""
    return number if number and full.startswith(name.rstrip(".").lower()) else None
