"""The day of a happening that goes on with what was told before: 会后, 同一天, a sentence without a day."""

from __future__ import annotations

import bisect
import functools
import re

from kg.mentions.events_cues import Cue
from kg.mentions.events_governs import CONTACT, DECLARED, EXACT, cut, governing, reported, said_of
from kg.mentions.events_page import Page
from kg.mentions.events_setting import Setting, Settings
from kg.mentions.events_words import listed, pattern
from kg.mentions.rules import any_of
from kg.model import Grain, Interval, Lang, TimeExpression

_BACK = 12  # triggers to look back for the meeting after which something happened
_TOLD = frozenset((Grain.DAY, Grain.HOUR, Grain.MONTH))
_SAYING = 40  # characters behind an occasion in which something is said on it
_AT_MEETING = re.compile(r"[\s　]*(?:这次|本次|此次)?(?:大会|会议|全会|代表大会)(?!堂|室|厅)")


def day_before(page: Page, same: TimeExpression) -> Interval | None:
    """The day to which 同一天 points: the last that was told before it, of its dispatch or the one before."""
    at = bisect.bisect_left(page.time_starts, same.span.start)
    for time in reversed(page.times[max(0, at - _BACK) : at]):
        interval = time.interval
        if interval is not None and interval.grain is Grain.DAY and not page.in_dateline(time.span.start):
            return cut(time, said=False)
    return None


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
    if setting.placed and not _later_that_day().match(text, start):
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


def _met_before(page: Page, settings: Settings, cue: Cue) -> Interval | None:
    """The day of the meeting, visit or match that was told last before `cue`."""
    at = bisect.bisect_left(page.cue_starts, cue.start)
    earlier = page.cues[max(0, at - _BACK) : at][::-1]
    then = pattern("zh_then").search(page.text, page.bounds[cue.sentence][0], cue.start)
    meant = then[0].removesuffix("后") if then is not None else ""
    if len(meant) > 1:  # 会见后: sooner the day of what is called so
        earlier.sort(key=lambda c: not page.text.endswith(meant, c.start, c.end))
    for other in earlier:
        if other.type in CONTACT and other.sentence < cue.sentence:
            left = [t for t in settings.of(other.sentence).times if t.span.start < other.start]
            day = governing(page, other, left)
            if day is not None and not reported(page, other, day):
                return cut(day, said=False)
    return None


@functools.cache
def _later_that_day() -> re.Pattern[str]:
    words = any_of(listed("zh_later_that_day"))
    return re.compile(rf"[\s　]*(?:当天|当日)?(?:{words})")
