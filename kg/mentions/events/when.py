"""When a happening took place: the time that governs a trigger word, out of those its sentences name.

A time governs what follows it in its sentence.  It does not where it is the day of a dateline or of
somebody's speaking (the happening is then known to be no later), where it stands inside a phrase that
describes somebody (the man who arrived on the 3rd was arrested), where it tells how long something has been
going on, or where a vaguer word (最近) stands nearer.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from kg.mentions.events.cues import Cue
from kg.mentions.events.governs import BREAK, CONTACT, DECLARED, EXACT, cut, governing, lasting, reported
from kg.mentions.events.page import Page
from kg.mentions.events.setting import Setting, Settings
from kg.mentions.events.story import carried, day_before, when_said
from kg.mentions.events.words import among, listed, pattern
from kg.mentions.rules import any_of
from kg.model import EventType, Grain, Interval, Lang, TimeExpression

_AWAY = re.compile(r"[，；：。！？;!?\n是]")  # 会议是一九八七年发起的: what follows dates something else
_TERM = ("到", "至")
_GAMES = 16  # characters beside the name of games in which they are said to be held
_TITLE = 30  # characters of what a work is called
_DOCUMENTS = frozenset((EventType.AGREEMENT, EventType.DIPLOMATIC_NOTE))
_SOON = "不久"  # after the day of the story; of all other vague words the day is before it
_WILL = 20  # characters before a time in which 将 makes it one to come
_CLOSING = re.compile(r"[^，。；：\n]{0,6}?(?:闭幕|结束)")
_ENDED = re.compile(r"结束[^，。；：、]{0,14}$")
_APART = re.compile(r"[的、（(]")
_IS = re.compile(r"是(?:在|于|从|自)?")


class Told(NamedTuple):
    """A time as a sentence tells it; ``ended``: it is when what the trigger tells came to its end."""

    interval: Interval | None
    ended: bool = False


def when(page: Page, settings: Settings, setting: Setting, cue: Cue) -> Told:
    """The time of what `cue` tells, as far as its sentence (`setting`) or the story before it names one."""
    left = [t for t in setting.times if t.span.start < cue.start]
    if not left and (said := when_said(page, cue, setting.end)) is not None:
        return Told(said)
    if not setting.times:
        return Told(_of_story(page, settings, setting, cue))
    if _in_a_title(page, cue):
        return Told(None)
    told = _by_times(page, settings, setting, cue, left)
    if told.interval is not None and told.interval.grain in EXACT and _games_only_named(page, cue):
        return Told(None)
    return told


def _by_times(page: Page, settings: Settings, setting: Setting, cue: Cue, left: list[TimeExpression]) -> Told:
    """What the times of its sentence say of `cue`; `left` are those before it."""
    text, times, start, end = page.text, setting.times, setting.start, setting.end
    nearest = governing(page, cue, left)
    if nearest is not None and nearest.span.text in among("zh_that_day"):
        return Told(day_before(page, nearest))
    if nearest is None and not left:
        exact = _exact_after(page, cue, times)
        if exact is None and (day := carried(page, settings, setting, cue)) is not None:
            return Told(day)
    after = nearest.span.end if nearest is not None else start
    if page.lang is Lang.ZH and _is_vague(page, cue, nearest, after, end):
        return Told(None)
    if nearest is not None:
        return _by_nearest(page, cue, nearest, times)
    later = next((t for t in times if t.span.start >= cue.end), None)
    if later is None or lasting(later) or not _reaches(page, cue, later):
        return Told(None)
    if page.lang is Lang.ZH and _of_something_else(text, later.span.start, later.span.end):
        return Told(None)
    closing = cue.type in CONTACT and _closing_then(page, cue, later)
    return Told(cut(later, said=closing), closing)


def _in_a_title(page: Page, cue: Cue) -> bool:
    """Whether it stands in what a work is called; a treaty may be called so, and is what is dated."""
    opened = page.text.rfind("《", max(0, cue.start - _TITLE), cue.start)
    return opened >= 0 and cue.type not in _DOCUMENTS and page.text.find("》", opened, cue.start) < 0


def _games_only_named(page: Page, cue: Cue) -> bool:
    """Whether games that last for weeks are only named beside what was done that day: 亚运会金牌."""
    text = page.text
    if cue.type is not EventType.SPORT or not text.endswith(listed("zh_games"), cue.start, cue.end):
        return False
    before, after = text[max(0, cue.start - _GAMES) : cue.start], text[cue.end : cue.end + _GAMES]
    return not (_held().search(after) or _held().search(before))


def _of_story(page: Page, settings: Settings, setting: Setting, cue: Cue) -> Interval | None:
    """The day of the story that `cue` goes on with, where no time stands beside it; 不久前 is before that."""
    day = carried(page, settings, setting, cue)
    if day is None or (vague := pattern("zh_vague").search(page.text, setting.start, cue.start)) is None:
        return day
    return None if vague[0] == _SOON else Interval(None, day.end, day.grain)


def _by_nearest(page: Page, cue: Cue, nearest: TimeExpression, times: list[TimeExpression]) -> Told:
    """What the time before `cue` that can be its own says of it."""
    if page.in_dateline(nearest.span.start):
        told = _next_to(page, cue, times)
        if told is None:
            return Told(cut(nearest, said=True), _came_to_end(page, cue, nearest))
        lasted = cue.type in CONTACT or cue.type is EventType.PROTEST  # 罢工今天结束
        ended = lasted and _CLOSING.match(page.text, told.span.end) is not None
        return Told(cut(told, said=ended), ended)
    if (dated := _predicated(page, cue, nearest, times)) is not None:
        return Told(cut(dated, said=False))
    if _of_decision(page, cue, nearest):
        return Told(None)
    if _loose(nearest) and (exact := _exact_after(page, cue, times)) is not None:
        return Told(cut(exact, said=False))
    ended = _came_to_end(page, cue, nearest)
    return Told(cut(nearest, said=ended or reported(page, cue, nearest)), ended)


def _predicated(
    page: Page, cue: Cue, nearest: TimeExpression, times: list[TimeExpression]
) -> TimeExpression | None:
    """The time right behind a noun whose verb follows it: 今天集会，庆祝协定二十七日签字."""
    time = next((t for t in times if t.span.start == cue.end), None)
    if time is None or lasting(time) or not _AWAY.search(page.text, nearest.span.end, cue.start):
        return None
    verb = next(iter(page.cues_in(time.span.end, page.bounds[cue.sentence][1])), None)
    if verb is None or verb.type is not cue.type:
        return None
    return None if _AWAY.search(page.text, time.span.end, verb.start) else time


def _came_to_end(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether `time` is when what `cue` names was over (三日结束了访问), or will be."""
    if cue.type is EventType.BATTLE:
        return page.text.find("结束", time.span.end, cue.end + 2) >= 0
    if cue.type not in CONTACT:
        return False
    return bool(_ENDED.search(page.text[time.span.end : cue.start])) or _will_end(page, cue, time)


def _of_something_else(text: str, start: int, end: int) -> bool:
    """Whether the time after a trigger is a term (到九月底) or when it was decided (四个月前即已决定)."""
    return text.startswith(_TERM, start - 1) or bool(_decided_there().match(text, end))


def _of_decision(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it is the day when the happening was decided: 三日决定召开会议."""
    if cue.type in DECLARED or time.interval is None or time.interval.grain not in EXACT:
        return False
    return bool(pattern("zh_decides").search(page.text, time.span.end, cue.start))


def _loose(time: TimeExpression | None) -> bool:
    """Whether a vague word behind the trigger still says more than it (1990年年会日前举行)."""
    return time is None or time.interval is None or time.interval.grain is Grain.YEAR


def _is_vague(page: Page, cue: Cue, nearest: TimeExpression | None, start: int, end: int) -> bool:
    """Whether a vague word tells the time of `cue`, and not of a clause that describes somebody beside it.

    It is looked for in ``start:end``; behind `cue` only where the time before it is none, or a year.
    """
    loose = _loose(nearest)
    vague = pattern("zh_vague").search(page.text, start, end if loose else cue.start)
    if vague is None:
        return False
    if loose:
        return vague.start() < cue.start or vague.start() < _until(page.text, cue, end)
    stop = page.text.find("的", vague.end(), cue.start)
    return stop < 0 or not page.cues_in(vague.end(), stop)


def _until(text: str, cue: Cue, end: int) -> int:
    """The end of the clause of `cue`."""
    away = _AWAY.search(text, cue.end, end)
    return away.start() if away is not None else end


def _next_to(page: Page, cue: Cue, times: list[TimeExpression]) -> TimeExpression | None:
    """The day behind `cue` in its clause (决赛今晚举行), or with which the next begins (争夺战，今天进行)."""
    later = next((t for t in times if t.span.start >= cue.end), None)
    if later is None or lasting(later) or not _reaches(page, cue, later):
        return None
    text = page.text
    if _APART.search(text, cue.end, later.span.start) or text.startswith("于", later.span.start - 1):
        return None  # 出席会议的团长十日到达, 奉调于三日离京
    return None if _of_something_else(text, later.span.start, later.span.end) else later


def _reaches(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether `time`, behind `cue`, can be its own: in its clause, or the beginning of the next one.

    会议是一九八七年发起的 dates something else, 会议是三日开幕的 the meeting.
    """
    text, at = page.text, time.span.start
    if cue.type is not EventType.CONSTRUCTION and text.find("了", cue.end, at) >= 0:
        return False  # 会议讨论了一九六三年的工作, but 完成了一九六三年的计划
    if text[cue.end : at] == "，" or not _AWAY.search(text, cue.end, at):
        return True
    return _IS.fullmatch(text, cue.end, at) is not None and _began().match(text, time.span.end) is not None


def _exact_after(page: Page, cue: Cue, times: list[TimeExpression]) -> TimeExpression | None:
    """The day in the clause of `cue`, behind it, where only a year stands before: 1990年年会三日举行."""
    later = next((t for t in times if t.span.start >= cue.end), None)
    if later is None or later.interval is None or later.interval.grain is not Grain.DAY or lasting(later):
        return None
    if BREAK.search(page.text, cue.end, later.span.start) or not _reaches(page, cue, later):
        return None
    return None if _of_something_else(page.text, later.span.start, later.span.end) else later


def _closing_then(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it is the day on which what `cue` names will close: 会议将在十五日闭幕."""
    will = page.text.find("将", cue.end, time.span.start) >= 0
    return will and _CLOSING.match(page.text, time.span.end) is not None


def _will_end(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it is said when a gathering will close: 大会将在十五日闭幕."""
    if not page.text.startswith("闭幕", cue.start):
        return False
    start, _ = page.bounds[cue.sentence]
    return page.text.find("将", max(start, time.span.start - _WILL), cue.start) >= 0


@functools.cache
def _decided_there() -> re.Pattern[str]:
    words = any_of(listed("zh_decides"))
    return re.compile(rf"[^，。；：！？\n]{{0,4}}?(?:{words})")


@functools.cache
def _began() -> re.Pattern[str]:
    return re.compile(rf"[^，。；：！？\n]{{0,16}}?{any_of(listed('zh_began'))}的")


@functools.cache
def _held() -> re.Pattern[str]:
    return re.compile(any_of([*listed("zh_began"), *listed("zh_holding_games")]))
