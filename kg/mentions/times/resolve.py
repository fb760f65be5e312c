"""From the named groups of a rule of times.toml to a period: one function a production.

Each takes the groups and the :class:`~kg.mentions.times.parts.Context` (the day of the dispatch, and what
was resolved before in the text) and returns a period, an ``Unresolved``, or None where the words are no
time after all.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping

from kg.mentions.times.calendar_days import (
    Period,
    a_day,
    add_months,
    day_period,
    days_period,
    month_period,
    resolve_day,
    resolve_year,
    small_number,
    year_period,
)
from kg.mentions.times.parts import (
    FIRST_YEAR,
    LAST_YEAR,
    Context,
    Groups,
    NotATime,
    Resolved,
    Unresolved,
    clock_of,
    lunar_day,
    month_of,
    number_of,
    value_of,
    year_month_of,
    year_of,
)
from kg.model import Grain

_OF_DAYS = ("春节", "Spring Festival", "Lunar New Year", "Chinese New Year")
_AHEAD = 20  # days: a bare day further ahead is not meant
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6, "末": 5} | {
    name: n for n, name in enumerate(calendar.day_name)
}  # fmt: skip
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_CENTURIES = {"fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
              "twentieth": 20, "twenty-first": 21}  # fmt: skip
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70,
            "eighties": 80, "nineties": 90}  # fmt: skip
_THIRDS = {"上": (1, 10), "初": (1, 10), "中": (11, 20), "下": (21, 31)}
_LATER = ("后", "以后", "之后")  # than how long
_UNITS = {"年": "year", "月": "month", "天": "day", "日": "day", "星期": "week", "周": "week", "礼拜": "week",
          "世纪": "century", "小时": "hour"}  # fmt: skip


def _date(groups: Groups, context: Context) -> Resolved:
    """Year, month and day, as many as are named."""
    text = groups.get("d") or groups.get("d2")
    if text is None:
        year, month = year_month_of(groups, context)
        if year is None:
            raise NotATime
        return month_period(year, month) if month else year_period(year)
    day = number_of(text)
    year, month = year_month_of(groups, context, day)
    found = a_day(year, month, day) if year and month else _bare_day(day, context)
    return Unresolved.VOID if found is None else day_period(found, clock_of(groups))


def _bare_day(day: int, context: Context) -> dt.date | None:
    """A day without a month: of the month under narration, else the dispatch's."""
    if context.floor is not None:
        return resolve_day(day, anchor=context.floor, direction=1)
    if context.direction:
        ahead = resolve_day(day, anchor=context.anchor, direction=context.direction)
        # 将 before a noun (将敌人全部歼灭) looks ahead too; who means next month's day says so
        if ahead is not None and abs((ahead - context.anchor).days) <= _AHEAD:
            return ahead
    last = context.last_day
    if last is not None and (last.year, last.month) < (context.anchor.year, context.anchor.month):
        told = a_day(last.year, last.month, day)
        if told is not None and told >= last:
            return told
    return resolve_day(day, anchor=context.anchor)


def _day_span(groups: Groups, context: Context) -> Resolved:
    first_day, last_day = number_of(groups["d"]), number_of(groups["to"])
    year, month = year_month_of(groups, context, first_day)
    if first_day >= last_day and month is None:
        return None
    if year and month:
        first = a_day(year, month, first_day)
    else:
        latest = _bare_day(last_day, context)
        first = latest and a_day(latest.year, latest.month, first_day)
    last = first and resolve_day(last_day, anchor=first, direction=1)
    return days_period(first, last) if first and last and (last - first).days < 31 else None


def _month_span(groups: Groups, context: Context) -> Resolved:
    first, last = month_of(groups["m"]), month_of(groups["to"])
    year = year_of(groups, context)
    if year is None:
        year = resolve_year(last, anchor=context.anchor, direction=context.direction)
        if last < first:
            year -= 1
    return month_period(year, first, (year if last >= first else year + 1, last))


def _year_span(groups: Groups, _: Context) -> Resolved:
    first = number_of(groups["y"])
    text = groups["to"]
    last = int("".join(str(small_number(c)) for c in text))
    if len(text) == 2:
        last += first - first % 100
    return year_period(first, last) if FIRST_YEAR <= first < last <= LAST_YEAR else None


def _ten_days(groups: Groups, context: Context) -> Resolved:
    year, month = year_month_of(groups, context)
    if year is None or month is None:
        year, month = context.anchor.year, context.anchor.month
    first, last = _THIRDS[groups["third"]]
    last = min(last, calendar.monthrange(year, month)[1]) if last == 31 else last
    return days_period(dt.date(year, month, first), dt.date(year, month, last), Grain.TEN_DAYS)


def _month_edge(groups: Groups, context: Context) -> Resolved:
    year, month = year_month_of(groups, context)
    if year is None or month is None:
        year, month = context.anchor.year, context.anchor.month
    return month_period(year, month)


def _week_of(groups: Groups, context: Context) -> Resolved:
    """The nth week: its Monday is the nth of the month or year; or the nth Sunday (第三个星期日)."""
    year, month = year_month_of(groups, context)
    if year is None:
        return None
    start = dt.date(year, month or 1, 1)
    number = _WEEKDAYS[groups["wd"]] if "wd" in groups else 0
    monday = start + dt.timedelta(days=(number - start.weekday()) % 7 + 7 * (number_of(groups["n"]) - 1))
    if "wd" in groups:
        return day_period(monday)
    return days_period(monday, monday + dt.timedelta(days=6))


def _half_year(groups: Groups, context: Context) -> Resolved:
    year = year_of(groups, context) or context.anchor.year
    first = 1 if groups["half"] in ("上", "前", "first") else 7
    return month_period(year, first, (year, first + 5))


def _quarter(groups: Groups, context: Context) -> Resolved:
    year = year_of(groups, context) or context.anchor.year
    if "q3" in groups:
        return month_period(year, 1, (year, 9))
    if (relative := groups.get("rq")) is not None:
        shift = {"本": 0, "上": -1, "下": 1}[relative]
        year, first = add_months(year, (context.anchor.month - 1) // 3 * 3 + 1, 3 * shift)
    else:
        quarter = groups["q"]
        first = 3 * (_ORDINALS.get(quarter) or number_of(quarter)) - 2
    return month_period(year, first, (year, first + 2))


def _first_months(groups: Groups, context: Context) -> Resolved:
    year, n = year_of(groups, context), number_of(groups["n"])
    if year is None or not 1 <= n <= 12:
        return None
    if groups["side"] == "后":
        return month_period(year, 13 - n, (year, 12))
    return month_period(year, 1, (year, n))


def _first_days(groups: Groups, context: Context) -> Resolved:
    year, month = year_month_of(groups, context)
    n = number_of(groups["n"])
    if year is None or month is None or not 1 <= n <= 31:
        return None
    last = calendar.monthrange(year, month)[1]
    if groups["side"] == "最后":
        return days_period(dt.date(year, month, last - n + 1), dt.date(year, month, last))
    return days_period(dt.date(year, month, 1), dt.date(year, month, n))


def _year_edge(groups: Groups, context: Context) -> Resolved:
    year = year_of(groups, context) or context.anchor.year
    edge = (groups.get("edge") or groups.get("edge2") or "").lower()
    if edge in ("初", "early", "beginning of"):
        return month_period(year, 1, (year, 2))
    if edge in ("底", "末", "late", "end of"):
        return month_period(year, 11, (year, 12))
    return month_period(year, 5, (year, 8))


def _season(groups: Groups, context: Context) -> Resolved:
    season = groups.get("season") or groups["season2"]
    first, last = (int(n) for n in value_of(season, "zh_season", "en_season").split("-"))
    year = year_of(groups, context)
    if year is None:
        shift = {"去": -1, "前": -2, "明": 1, "last": -1, "next": 1}.get(groups["near"], 0)
        year = context.anchor.year + shift
        if groups["near"] == "last" and last < context.anchor.month and first < last:
            year += 1  # "last summer", said in December
    return month_period(year, first, (year + (last < first), last))


def _holiday(groups: Groups, context: Context) -> Resolved:
    month, day = (int(n) for n in value_of(groups["holiday"], "zh_holiday", "en_holiday").split("-"))
    year = year_of(groups, context)
    if year is None:
        year = resolve_year(month, day, anchor=context.anchor, direction=context.direction)
    return day_period(dt.date(year, month, day), clock_of(groups))


def _festival(groups: Groups, context: Context) -> Resolved:
    """A day of the lunar calendar in the year that is named, else the nearest one, if it is near."""
    day, later, near = value_of(groups["festival"], "zh_festival", "en_festival").split()
    year, anchor = year_of(groups, context), context.anchor
    known = [
        date + dt.timedelta(int(later))
        for y in ((anchor.year - 1, anchor.year, anchor.year + 1) if year is None else (year,))
        if (date := lunar_day(y, day)) is not None
    ]
    nearest = min(known, key=lambda d: abs(d - anchor), default=None)
    if nearest is None or (year is None and abs((nearest - anchor).days) > int(near)):
        return Unresolved.OPEN
    if year is not None and groups["festival"] in _OF_DAYS and "part" not in groups:
        return month_period(nearest.year, nearest.month)  # in the days of that year's Spring Festival
    return day_period(nearest, clock_of(groups))


def _decade(groups: Groups, context: Context) -> Resolved:
    text = groups.get("decade") or groups.get("decade_word") or "0"
    tens = _DECADES.get(text) or (0 if text in "0０〇零○" else number_of(text))
    if "century" in groups:
        start = 100 * (number_of(groups["century"]) - 1) + tens
    elif (relative := groups.get("rc")) is not None:
        start = context.anchor.year // 100 * 100 + (-100 if relative == "上" else 0) + tens
    elif "y3" in groups:
        start = 10 * int("".join(str(small_number(c)) for c in groups["y3"]))
    else:
        start = context.anchor.year // 100 * 100 + tens
        start -= 100 if start > context.anchor.year + 12 else 0
    return _part_of_span(start, 10, groups.get("edge"))


def _century(groups: Groups, context: Context) -> Resolved:
    if (relative := groups.get("rc")) is not None:
        shift = {"上": -1, "下": 1, "last": -1}.get(relative.lower(), 0)
        century = context.anchor.year // 100 + 1 + shift
    else:
        word = groups.get("century_word")
        century = _CENTURIES[word.lower()] if word else number_of(groups["century"])
    if not 11 <= century <= 22:
        return None
    return _part_of_span(100 * (century - 1), 100, groups.get("edge"))


def _part_of_span(start: int, length: int, edge: str | None) -> Period:
    third, half = length * 3 // 10, length // 2
    edge = (edge or "").lower()
    if edge in ("上半叶", "前半", "前半期"):
        return year_period(start, start + half - 1, Grain.DECADE)
    if edge in ("下半叶", "后半", "后半期"):
        return year_period(start + half, start + length - 1, Grain.DECADE)
    if edge.startswith(("初", "前", "early", "beginning")):
        return year_period(start, start + third - 1, Grain.DECADE)
    if edge.startswith(("末", "后", "late", "end")):
        return year_period(start + length - third, start + length - 1, Grain.DECADE)
    if edge.startswith(("中", "mid")):
        return year_period(start + third, start + length - third - 1, Grain.DECADE)
    return year_period(start, start + length - 1, Grain.DECADE)


def _relative_day(groups: Groups, context: Context) -> Resolved:
    value = value_of(groups["rd"], "zh_day", "en_day")
    if isinstance(value, int):
        day = context.anchor + dt.timedelta(days=value)
    else:
        last = context.last_day
        if last is None and value != "same":
            return None
        day = (last or context.anchor) + dt.timedelta(
            days={"same": 0, "told": 0, "next": 1, "third": 2, "previous": -1}[value]
        )
    late = {"part": "晚"} if "part" not in groups and groups["rd"][-1] in "晚夜" else {}
    return day_period(day, clock_of({**groups, **late}))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _weeks(text: str) -> int:
    if text.startswith(("上上", "下下")):
        return -2 if text[0] == "上" else 2
    return {"上": -1, "下": 1, "last": -1, "next": 1}.get(text.lower() if text.isascii() else text[0], 0)


def _weekday(groups: Groups, context: Context) -> Resolved:
    number = _WEEKDAYS[groups["wd"]]
    if (week := groups.get("week")) is not None:
        day = _monday(context.anchor) + dt.timedelta(days=7 * _weeks(week) + number)
        if week.lower() == "last" and day < context.anchor - dt.timedelta(days=7):
            day += dt.timedelta(days=7) if number < context.anchor.weekday() - 7 else dt.timedelta(0)
    else:
        back = (context.anchor.weekday() - number) % 7
        day = context.anchor - dt.timedelta(days=back)
        if context.direction > 0:
            day += dt.timedelta(days=7)
    return day_period(day, clock_of(groups))


def _relative_week(groups: Groups, context: Context) -> Resolved:
    monday = _monday(context.anchor) + dt.timedelta(days=7 * _weeks(groups["week"]))
    return days_period(monday, monday + dt.timedelta(days=6))


def _shifted(base: dt.date, unit: str, n: int, half: bool) -> Period | None:
    """The day, week, month or year that lies `n` units (and a half) from `base`, at that grain."""
    if unit == "day":
        return day_period(base + dt.timedelta(days=n))
    if unit == "week":
        monday = _monday(base) + dt.timedelta(days=7 * n)
        return days_period(monday, monday + dt.timedelta(days=6))
    sign = 1 if n >= 0 else -1
    months = n * 12 + sign * 6 * half if unit == "year" else n
    year, month = add_months(base.year, base.month, months)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return year_period(year) if unit == "year" and not half else month_period(year, month)


def _amount(groups: Groups) -> tuple[str, int, bool]:
    """Unit, how many, and whether half a one more: 一年半, 半年, 两个半月."""
    unit = _UNITS.get(groups["unit"], groups["unit"])
    half = "half" in groups or "half2" in groups
    text = groups["n"]
    if text in ("半", "half"):
        return unit, 0, True
    n = 1 if text in ("a", "A", "an") else number_of(text)
    if unit == "century" or n > 9999:
        raise NotATime(text)
    return unit, n, half


def _ago(groups: Groups, context: Context) -> Resolved:
    unit, n, half = _amount(groups)
    if half and not n:
        unit, n, half = {"year": ("month", 6, False), "month": ("day", 15, False)}.get(unit, (unit, 0, False))
        if not n:
            return None
    side = groups["side"]
    if side in ("ago", "earlier") or side.endswith("前"):
        base = context.last_day if side == "earlier" else None
        then = _shifted(base or context.anchor, unit, -n, half)
        return then if side != "以前" or then is None else Period(None, then.last, None, then.end, then.grain)
    if side.endswith("来"):
        return _since(_shifted(context.anchor, unit, -n, half), context.anchor)
    # 三天后 counts from what was told before, if anything was; it lies ahead only where the words say so
    # (将于三天后), and not in 罢工七周之后昨天复工
    then = _shifted(context.last_day or context.anchor, unit, n, half)
    if side in _LATER and context.direction <= 0 and then and then.first and then.first > context.anchor:
        return Unresolved.OPEN
    return (
        then
        if then is None or side not in ("以后", "之后")
        else Period(then.first, None, then.start, None, then.grain)
    )


def _since(start: Period | None, until: dt.date) -> Period | None:
    if start is None:
        return None
    return Period(start.first, until, start.start, until.isoformat(), start.grain)


def _past_span(groups: Groups, context: Context) -> Resolved:
    unit, n, half = _amount(groups)
    if half and not n:
        unit, n = {"year": ("month", 6), "month": ("day", 15)}.get(unit, (unit, 0))
    if unit == "hour":
        unit, n = "day", -(-n // 24)
    if not n:
        return None
    if groups["side"] in ("未来", "今后", "next", "coming"):
        end = _shifted(context.anchor, unit, n, False)
        if end is None:
            return None
        today = context.anchor
        return Period(today, end.last, today.isoformat(), end.end, end.grain)
    if unit == "week":
        unit, n = "day", 7 * n
    return _since(_shifted(context.anchor, unit, -n, False), context.anchor)


def _clock_only(groups: Groups, context: Context) -> Resolved:
    clock = clock_of(groups)
    return None if clock is None else day_period(context.last_day or context.anchor, clock)


def _open(_: Groups, __: Context) -> Resolved:
    return Unresolved.OPEN


PRODUCTIONS: Mapping[str, Callable[[Groups, Context], Resolved]] = {
    "date": _date,
    "day_span": _day_span,
    "month_span": _month_span,
    "year_span": _year_span,
    "ten_days": _ten_days,
    "month_edge": _month_edge,
    "week_of": _week_of,
    "half_year": _half_year,
    "quarter": _quarter,
    "first_months": _first_months,
    "first_days": _first_days,
    "year_edge": _year_edge,
    "season": _season,
    "holiday": _holiday,
    "festival": _festival,
    "decade": _decade,
    "century": _century,
    "relative_day": _relative_day,
    "weekday": _weekday,
    "relative_week": _relative_week,
    "ago": _ago,
    "past_span": _past_span,
    "clock": _clock_only,
    "open": _open,
}


def resolve(production: str, groups: Groups, context: Context) -> Resolved:
    """Run one production; None where the words are no time, or no date that the calendar has."""
    try:
        return PRODUCTIONS[production](groups, context)
    except (NotATime, OverflowError, ValueError):
        return None  # ValueError, OverflowError: outside the calendar's years
