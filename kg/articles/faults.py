"""Faults of the archive that can be told from the text alone: each check gives notes, and mends nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from kg.articles.bodies import bare
from kg.articles.identity import is_generic
from kg.articles.notes import note
from kg.articles.numerals import CHINESE, integer
from kg.model import Body, Note

_N = f"[{CHINESE}\\d]"
_OPENING = 400  # characters in which a dateline stands
_AGENCY = r"(?:新华社|本报|通讯社|日报|[\u4e00-\u9fff]{1,6}社)"
# A dateline's day: agency, up to 24 characters of place and reporter, [month] day, 讯 or 电.
_DATELINE = re.compile(
    rf"{_AGENCY}[^\n。，；：“]{{0,24}}?(?:({_N}{{1,3}})月)?({_N}{{1,3}})日[^\n。，；：“日]{{0,6}}?[电讯]"
)
_HAS_DATELINE = re.compile(rf"^[【（(\[]?据?{_AGENCY}[^\n。，；“]{{0,30}}?[电讯](?:[】）)\]\s　：:]|$)", re.M)
# What stands for the agency of the dateline at the head of a translation.
_RENDERED = {
    "新华社": re.compile(r"xinhua|hsinhua|new china news|\bNCNA\b", re.I),
    "本报": re.compile(r"people'?s? daily|our (?:news)?paper|this (?:news)?paper|report|correspondent", re.I),
}
_ANY_AGENCY = re.compile(
    r"news|agency|press|dispatch|report|correspondent|telegram|cable|[A-Z]{3,}|\b\w+ Daily\b"
)
_ENGLISH_HEAD = 300
_SEARCHED = 20_000  # characters searched for a dateline; a longer text has had many by then
# What a morning paper can only report on a later day.
_SAME_DAY = re.compile(rf"(.{{0,8}}?)(?:({_N}{{1,3}})月)?({_N}{{1,3}})日(?:凌晨|上午|中午|下午|傍晚|晚)")
_PLANNED = re.compile("[将拟待]|定于|预定|计划|准备|截至")

# Summer time in China began on the first Sunday of mid-April (1986: on May 4th) and ended on the first one
# of mid-September; the midnight that dates an issue lay in it from the day after to the last day.
_SUMMER = {
    1986: ((5, 4), (9, 13)), 1987: ((4, 12), (9, 12)), 1988: ((4, 17), (9, 10)),
    1989: ((4, 16), (9, 16)), 1990: ((4, 15), (9, 15)), 1991: ((4, 14), (9, 14)),
}  # fmt: skip

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_NAMED = "|".join(_MONTHS)
_ENGLISH_MONTH = re.compile(rf"\b({_NAMED})\.?,?\s+(?:of\s+)?\d|\d(?:st|nd|rd|th)?\s+(?:of\s+)?({_NAMED})\b")
_CHINESE_MONTH = re.compile(rf"({_N}{{1,3}}(?:[、至到—－-]{_N}{{1,3}})?)(?:月|个月)")

_LOST = re.compile("[＠\ufffd]|(?<=[\u4e00-\u9fff“”《》])[×?]|[×?](?=[\u4e00-\u9fff])")
_ITEM = re.compile("^[▲●■△]", re.M)
_CREDIT = re.compile(r"(?:摄|绘|画|作|稿|传真照片|供稿)[)）]?$|（(?:传真照片|油画|木刻|剪纸|摄影|国画)", re.M)
_CAPTION = 200


def text_length(body: Body | None) -> int:
    """Characters of `body` that are not white space."""
    return (
        0
        if body is None
        else len(body.text) - body.text.count("\n") - body.text.count(" ") - body.text.count("　")
    )


def is_invented(zh: int, en: int) -> bool:
    """Whether `en` characters of English cannot be a translation of `zh` Chinese characters.

    A faithful translation has 3 to 4.5 English characters a Chinese one, an invented essay over a caption
    dozens; beyond six nothing is believed.  For originals under 40 characters the limit is higher, because
    one long proper name weighs much there: 60 characters on top of 4.5 times.

    >>> is_invented(100, 601), is_invented(100, 600), is_invented(6, 40), is_invented(6, 900)
    (True, False, False, True)
    """
    return en > max(6 * zh, 4.5 * zh + 60)


def is_abridged(zh: int, en: int) -> bool:
    """Whether `en` characters of English leave out much of `zh` Chinese characters.

    >>> is_abridged(300, 300), is_abridged(300, 900), is_abridged(10, 10)
    (True, False, False)
    """
    return zh >= 80 and en < 1.6 * zh


def in_summer_time(date: dt.date) -> bool:
    """Whether `date` is in one of the summers whose issue dates slip by a day in the archive."""
    season = _SUMMER.get(date.year)
    return season is not None and season[0] <= (date.month, date.day) <= season[1]


def day_slip(date: dt.date, text: str) -> tuple[int, Note | None]:
    """Days to add to the header's date, and the note that says why (or that nothing tells).

    A paper is printed in the night: its datelines are of the day before at the latest.  In the summers of
    1986-91 a dateline of the header's own day, or of the next, shows that the header is a day early.

    >>> day_slip(dt.date(1988, 7, 3), "新华社上海７月３日电　上海今日高温。")[0]
    1
    """
    if not in_summer_time(date):
        return 0, None
    text = text[:_SEARCHED]
    for match in _DATELINE.finditer(text):
        if (day := _nearest(date, match[1], match[2])) and 0 <= (day - date).days <= 1:
            return 1, note("day-early", f"dateline {match[0][:40].strip()} in the issue dated {date}")
    for match in _SAME_DAY.finditer(text):
        if not _PLANNED.search(match[1]) and _nearest(date, match[2], match[3]) == date:
            return 1, note("day-early", f"reports {match[0].strip()[-20:]} in the issue dated {date}")
    return 0, note("day-may-be-early", f"issue dated {date}")


def _nearest(date: dt.date, month: str | None, day: str) -> dt.date | None:
    """The day named, in the month named or else in the one that brings it nearest to `date`."""
    number = integer(day) or 0
    first = date.replace(day=1)
    months = [
        (first + dt.timedelta(days=40)).replace(day=1),
        first,
        (first - dt.timedelta(days=1)).replace(day=1),
    ]
    if month is not None:
        months = [m for m in months if m.month == integer(month)]
    days = [m.replace(day=number) for m in months if 1 <= number <= _days_in(m)]
    return min(days, key=lambda d: abs((d - date).days), default=None)


def _days_in(month: dt.date) -> int:
    return ((month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)).day


def original_notes(zh: Body, title: str) -> Iterator[Note]:
    """Notes on the Chinese text: lost characters, several items, a caption."""
    lost = Counter(m[0] for m in _LOST.finditer(zh.text))
    if lost:
        yield note("lost-characters", " ".join(f"{c}{n}" for c, n in sorted(lost.items())))
    items = len(_ITEM.findall(zh.text))
    if items > 1:
        yield note("several-items", f"{items}")
    picture = bare(title) != title or is_generic(title)
    if picture or (len(zh.text) < _CAPTION and not _DATELINE.search(zh.text) and _CREDIT.search(zh.text)):
        yield note("photo-caption")


def translation_notes(date: dt.date, zh: Body, en: Body) -> Iterator[Note]:
    """Notes on a translation that is one: dateline dropped, month falsified, parts left out."""
    if is_abridged(text_length(zh), len(en.text)):
        yield note("abridged-translation", f"{len(en.text)} characters for {text_length(zh)}")
    if dropped := _dropped_dateline(zh, en):
        yield note("translation-drops-dateline", dropped)
    if months := _strange_months(date, zh.text, en.text):
        yield note("translation-month-differs", ", ".join(months))


def _dropped_dateline(zh: Body, en: Body) -> str:
    """The dateline at the head of the original that the head of the translation does not render."""
    dateline = _HAS_DATELINE.search(zh.text[:_OPENING])
    if not dateline:
        return ""
    start = en.paragraphs[0][1]
    rendered = next((p for agency, p in _RENDERED.items() if agency in dateline[0]), _ANY_AGENCY)
    return "" if rendered.search(en.text, start, start + _ENGLISH_HEAD) else dateline[0][:60].strip()


def _strange_months(date: dt.date, zh: str, en: str) -> list[str]:
    """English months that neither the Chinese text nor the date of the issue accounts for."""
    named = {_MONTHS.index(m[1] or m[2]) + 1 for m in _ENGLISH_MONTH.finditer(en)}
    if not named:
        return []
    # "12日" may be given its month in English: this issue's, the one before or the one after.
    known = {date.month, date.month % 12 + 1, (date.month - 2) % 12 + 1}
    for match in _CHINESE_MONTH.finditer(zh):
        known.update(n for part in re.split("[、至到—－-]", match[1]) if (n := integer(part)))
    return [_MONTHS[m - 1] for m in sorted(named - known)]
