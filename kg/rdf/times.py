"""ISO dates cut to what is known, as days: the first and last day of ``1953-12``, and its grain."""

from __future__ import annotations

import calendar
import datetime as dt

from kg.model import Grain


def first_day(iso: str | None) -> dt.date | None:
    """The first day of a date cut to what is known; None where it is none.

    >>> first_day("1953-12"), first_day("195")
    (datetime.date(1953, 12, 1), datetime.date(1950, 1, 1))
    """
    return _day(iso, last=False)


def last_day(iso: str | None) -> dt.date | None:
    """The last day of a date cut to what is known; None where it is none.

    >>> last_day("1952-02"), last_day("1953")
    (datetime.date(1952, 2, 29), datetime.date(1953, 12, 31))
    """
    return _day(iso, last=True)


def grain(*isos: str | None) -> Grain:
    """How finely the coarsest of these dates is known.

    >>> grain("1953-12-11", "1953-12").value
    'month'
    """
    return _GRAINS.get(min((len(i) for i in isos if i), default=10), Grain.DAY)


def days_late(printed: str, end: str | None, grain: str | None) -> int | None:
    """How many days after what ended on a day it was printed; None where the day is not known.

    >>> days_late("1953-12-14", "1953-12-11T05", "hour"), days_late("1953-12-14", "1953-11", "month")
    (3, None)
    """
    day = last_day(end) if grain in ("day", "hour") else None
    return (dt.date.fromisoformat(printed) - day).days if day else None


_GRAINS = {3: Grain.DECADE, 4: Grain.YEAR, 7: Grain.MONTH}


def _day(iso: str | None, *, last: bool) -> dt.date | None:
    if not iso:
        return None
    try:
        if len(iso) >= 10:
            return dt.date.fromisoformat(iso[:10])
        if len(iso) == 7:
            year, month = int(iso[:4]), int(iso[5:])
            return dt.date(year, month, calendar.monthrange(year, month)[1] if last else 1)
        if len(iso) in (3, 4):
            year = int(iso) if len(iso) == 4 else int(iso) * 10 + (9 if last else 0)
            return dt.date(year, 12, 31) if last else dt.date(year, 1, 1)
    except ValueError:
        return None
    return None
