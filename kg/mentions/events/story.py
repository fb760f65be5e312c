"""The day of a happening that goes on with what was told before: 会后, 同一天, a sentence without a day."""

from __future__ import annotations

import bisect
import functools
import re

from kg.mentions.events.cues import Cue
from kg.mentions.events.governs import CONTACT, DECLARED, EXACT, cut, governing, reported, said_of
from kg.mentions.events.page import Page
from kg.mentions.events.setting import Setting, Settings
from kg.mentions.events.words import listed, pattern
from kg.mentions.rules import any_of
from kg.model import EventType, Grain, Interval, Lang, TimeExpression

_BACK = 12  # triggers to look back for the meeting after which something happened
_TOLD = frozenset((Grain.DAY, Grain.HOUR, Grain.MONTH))
_WILL = 3  # characters before a time in which 将 makes it one to come
_SAYING = 40  # characters behind an occasion in which something is said on it
_SPOKEN_OF = re.compile(r"[^，。；：\n]{0,30}?的(?:情况|经过|结果)")  # 介绍了他会见总统的情况
_AT_MEETING = re.compile(r"[\s　]*(?:这次|本次|此次)?(?:大会|会议|全会|代表大会)(?!堂|室|厅)")


def day_before(page: Page, same: TimeExpression) -> Interval | None:
    """The day to which 同一天 points: the last that was told before it, of its dispatch or the one before."""
    at = bisect.bisect_left(page.time_starts, same.span.start)
    for time in reversed(page.times[max(0, at - _BACK) : at]):
        interval = time.interval
        if interval is None or interval.grain is not Grain.DAY:
            continue
        if not (page.in_dateline(time.span.start) or _to_come(page, time)):
            return cut(time, said=False)
    return None


def _to_come(page: Page, time: TimeExpression) -> bool:
    """Whether it is told of what will be: 会议将在二十四日闭幕."""
    return page.text.find("将", max(0, time.span.start - _WILL), time.span.start) >= 0


def carried(page: Page, settings: Settings, setting: Setting, cue: Cue) -> Interval | None:
    """The day told in the sentence before, where that of `cue` goes on with its story.

    It does where it names no place of its own (the garrison fled), or says so (会后, 随后).
    """
    if not cue.sentence or page.layout.in_heading(cue.start) or page.lang is not Lang.ZH:
        return None
    text, start = page.text, setting.start
    if cue.type in CONTACT and pattern("zh_then").search(text, start, cue.start):
        return _met_before(page, settings, cue)
    if cue.type in DECLARED and _AT_MEETING.match(text, start):
        return _met_before(page, settings, cue)
    placed = setting.placed
    if cue.type is EventType.SPORT:  # states play
        placed = any(n.kind == "place" for n, _ in setting.places)
    if placed and not _later_that_day().match(text, start):
        return None
    says = said_of(page, cue)
    return None if says.search(text, start, cue.start) else _day_of_story(page, cue.sentence)


def when_said(page: Page, cue: Cue, end: int) -> Interval | None:
    """The day of a statement told before, where `cue` is the occasion of it: 他是在会谈后说这番话的."""
    if page.lang is not Lang.ZH or cue.type not in CONTACT or not cue.sentence:
        return None
    if not pattern("zh_said_there").search(page.text, cue.end, min(end, cue.end + _SAYING)):
        return None
    at = bisect.bisect_left(page.time_starts, page.bounds[cue.sentence][0])
    for time in reversed(page.times[max(0, at - _BACK) : at]):
        interval = time.interval
        if interval is not None and interval.grain in EXACT and not page.in_dateline(time.span.start):
            return cut(time, said=False)
    return None


def _day_of_story(page: Page, sentence: int) -> Interval | None:
    """The day told in the sentence before, if it is of the same paragraph.

    One that only goes on with the day (晚上, …) looks back over two that name none.
    """
    before = start = page.bounds[sentence][0]
    back = 3 if _later_that_day().match(page.text, start) else 1
    for earlier in range(sentence - 1, max(-1, sentence - 1 - back), -1):
        before = page.bounds[earlier][0]
        if page.times_in(before, start):
            break
    if not page.in_one_paragraph(before, start):
        return None
    told = [t for t in page.times_in(before, start) if t.interval is not None]
    told = [t for t in told if page.cues_in(t.span.end, start)] or told
    if not told or page.in_dateline(told[-1].span.start):
        return None
    interval = cut(told[-1], said=False)
    return interval if interval is not None and interval.grain in _TOLD else None


def _may_be_it(page: Page, other: Cue, then: re.Match[str] | None) -> bool:
    """Whether `other` is what the word `then` can point to: 会上 no visit, 随后 not what was spoken of."""
    if then is not None and other.type is EventType.VISIT and then[0] in listed("zh_at_it"):
        return False
    return _SPOKEN_OF.match(page.text, other.end) is None


def _met_before(page: Page, settings: Settings, cue: Cue) -> Interval | None:
    """The day of the meeting, visit or match told last before `cue`, sooner that of the one named again."""
    at = bisect.bisect_left(page.cue_starts, cue.start)
    then = pattern("zh_then").search(page.text, page.bounds[cue.sentence][0], cue.start)
    earlier = [
        c
        for c in reversed(page.cues[max(0, at - _BACK) : at])
        if c.type in CONTACT and c.sentence < cue.sentence and _may_be_it(page, c, then)
    ]
    meant = then[0].removesuffix("后") if then is not None else ""
    called = [c for c in earlier if page.text.endswith(meant, c.start, c.end)] if len(meant) > 1 else []
    if called:  # 会见后: the day of what is called so
        setting = settings.of(called[0].sentence)
        if not setting.times and pattern("zh_vague").search(page.text, setting.start, called[0].start):
            return None
        if (day := _day_of(page, settings, called[0])) is not None:
            return day
    return next(filter(None, (_own_day(page, settings, c) for c in (*called, *earlier))), None)


def _own_day(page: Page, settings: Settings, cue: Cue) -> Interval | None:
    """The day that the sentence of `cue` tells of it."""
    left = [t for t in settings.of(cue.sentence).times if t.span.start < cue.start]
    day = governing(page, cue, left)
    return cut(day, said=False) if day is not None and not reported(page, cue, day) else None


def _day_of(page: Page, settings: Settings, cue: Cue) -> Interval | None:
    """The day that the sentence of `cue`, or the story with which it goes on, tells of it."""
    if settings.of(cue.sentence).times:
        return _own_day(page, settings, cue)
    return _day_of_story(page, cue.sentence)


@functools.cache
def _later_that_day() -> re.Pattern[str]:
    words = any_of(listed("zh_later_that_day"))
    return re.compile(rf"[\s　]*(?:当天|当日)?(?:{words})")
