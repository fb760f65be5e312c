"""When a happening took place: the time that governs a trigger word, out of those its sentences name.

A time governs what follows it in its sentence.  It does not where it is the day of a dateline or of
somebody's speaking (the happening is then known to be no later), where it stands inside a phrase that
describes somebody (the man who arrived on the 3rd was arrested), where it tells how long something has been
going on, or where a vaguer word (最近) stands nearer.
"""

from __future__ import annotations

import bisect
import functools
import re
from typing import NamedTuple

from kg.mentions.events_cues import Cue
from kg.mentions.events_page import Page
from kg.mentions.events_setting import Setting, Settings
from kg.mentions.rules import any_of, load_section, plainly
from kg.mentions.times import iso_cut
from kg.model import EventType, Grain, Interval, Lang, TimeExpression

_AWAY = re.compile(r"[，；：。！？;!?\n是]")  # 会议是一九八七年发起的: what follows dates something else
_BREAK = re.compile(r"[，；：。！？;!?\n、]")
_DESCRIBES = 12  # characters from a verb to the 的 that makes its clause describe a noun
_BACK = 12  # triggers to look back for the meeting after which something happened
_AT_IT = re.compile(r"的[^，；：。！？、的]{1,14}(?:上|期间|中)")  # 三日举行的会议上: still that day
_SINCE = re.compile(r"[^，；。！？\n]{0,4}?(?:以来|以后|后|前|以前|之后|之前)")
_EXACT = frozenset((Grain.DAY, Grain.HOUR))
_TOLD = frozenset((Grain.DAY, Grain.HOUR, Grain.MONTH))
_BACKGROUND = ("来", "以来", "至今", "迄今")
_COARSE = ("season", "edge")  # rules of times that tell a part of a year loosely: only the year is sure
_THAT_DAY = ("同一天", "同日", "当天", "当日", "当天上午", "当天下午", "当天晚上", "当晚", "这一天")
_UNTIL = ("截至", "截止", "截止到", "截至到")
_TERM = ("到", "至")
_WILL = 20  # characters before a time in which 将 makes it one to come
_CLOSING = re.compile(r"[^，。；：\n]{0,6}?(?:闭幕|结束)")
_ENDED = re.compile(r"结束[^，。；：、]{0,14}$")
_CONTACT = frozenset(
    (
        EventType.VISIT, EventType.TALKS, EventType.CONFERENCE, EventType.AGREEMENT, EventType.SPORT,
        EventType.AWARD,
    )
)  # fmt: skip
# To declare one of these is to do it.
_DECLARED = frozenset((EventType.AWARD, EventType.APPOINTMENT, EventType.FOUNDING))
_ONLY_TOLD = ("的决定", "的消息", "的公报", "的谈判")  # 宣布了建交的决定
_SAYING = 40  # characters behind an occasion in which something is said on it
_NEAR = 8  # characters between 宣布 and the surrender that it declares
_AT_MEETING = re.compile(r"[\s　]*(?:这次|本次|此次)?(?:大会|会议|全会|代表大会)(?!堂|室|厅)")
_REACH = 25  # characters from 就 to the time of what is spoken about
_ABOUT = re.compile(r"就[^，。；：]*$")
_APART = re.compile(r"[的、（(]")
_IS = re.compile(r"是(?:在|于)?")
_ISSUE = re.compile(r"就[^，。；：]{0,40}$")
_ISSUE_END = re.compile(r"[^，。；：]{0,30}?(?:一事|事件|问题|之事)")


class Told(NamedTuple):
    """A time as a sentence tells it; ``ended``: it is when what the trigger tells came to its end."""

    interval: Interval | None
    ended: bool = False


def when(page: Page, settings: Settings, setting: Setting, cue: Cue) -> Told:
    """The time of what `cue` tells, as far as its sentence (`setting`) or the story before it names one."""
    start, end, times = setting.start, setting.end, setting.times
    left = [t for t in times if t.span.start < cue.start]
    if not left and (said := _when_said(page, cue, end)) is not None:
        return Told(said)
    if not times:
        return Told(_carried(page, settings, setting, cue))
    text = page.text
    nearest = _governing(page, cue, left)
    if nearest is not None and nearest.span.text in _THAT_DAY:
        return Told(_day_before(page, nearest))
    if nearest is None and not left:
        exact = _exact_after(page, cue, times)
        if exact is None and (carried := _carried(page, settings, setting, cue)) is not None:
            return Told(carried)
    after = nearest.span.end if nearest is not None else start
    if page.lang is Lang.ZH and _is_vague(page, cue, nearest, after, end):
        return Told(None)
    if nearest is not None:
        return _by_nearest(page, cue, nearest, times)
    later = next((t for t in times if t.span.start >= cue.end), None)
    if later is None or _lasting(later) or not _reaches(page, cue, later):
        return Told(None)
    if page.lang is Lang.ZH and _of_something_else(text, later.span.start, later.span.end):
        return Told(None)
    closing = cue.type in _CONTACT and _closing_then(page, cue, later)
    return Told(_cut(later, said=closing), closing)


def _by_nearest(page: Page, cue: Cue, nearest: TimeExpression, times: list[TimeExpression]) -> Told:
    """What the time before `cue` that can be its own says of it."""
    if page.in_dateline(nearest.span.start):
        told = _next_to(page, cue, times)
        if told is None:
            return Told(_cut(nearest, said=True), _came_to_end(page, cue, nearest))
        ended = cue.type in _CONTACT and _CLOSING.match(page.text, told.span.end) is not None
        return Told(_cut(told, said=ended), ended)
    if _of_decision(page, cue, nearest):
        return Told(None)
    if _loose(nearest) and (exact := _exact_after(page, cue, times)) is not None:
        return Told(_cut(exact, said=False))
    ended = _came_to_end(page, cue, nearest)
    return Told(_cut(nearest, said=ended or _reported(page, cue, nearest)), ended)


def _came_to_end(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether `time` is when what `cue` names was over (三日结束了访问), or will be."""
    if cue.type not in _CONTACT:
        return False
    return bool(_ENDED.search(page.text[time.span.end : cue.start])) or _will_end(page, cue, time)


def _of_something_else(text: str, start: int, end: int) -> bool:
    """Whether the time after a trigger is a term (到九月底) or when it was decided (四个月前即已决定)."""
    return text.startswith(_TERM, start - 1) or bool(_decided_there().match(text, end))


def _of_decision(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it is the day when the happening was decided: 三日决定召开会议."""
    if cue.type in _DECLARED or time.interval is None or time.interval.grain not in _EXACT:
        return False
    return bool(_decides().search(page.text, time.span.end, cue.start))


def _loose(time: TimeExpression | None) -> bool:
    """Whether a vague word behind the trigger still says more than it (1990年年会日前举行)."""
    return time is None or time.interval is None or time.interval.grain is Grain.YEAR


def _is_vague(page: Page, cue: Cue, nearest: TimeExpression | None, start: int, end: int) -> bool:
    """Whether a vague word tells the time of `cue`, and not of a clause that describes somebody beside it.

    It is looked for in ``start:end``; behind `cue` only where the time before it is none, or a year.
    """
    loose = _loose(nearest)
    vague = _vague().search(page.text, start, end if loose else cue.start)
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
    if later is None or _lasting(later) or not _reaches(page, cue, later):
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
    if text[cue.end : at] == "，" or not _AWAY.search(text, cue.end, at):
        return True
    return _IS.fullmatch(text, cue.end, at) is not None and _began().match(text, time.span.end) is not None


def _exact_after(page: Page, cue: Cue, times: list[TimeExpression]) -> TimeExpression | None:
    """The day in the clause of `cue`, behind it, where only a year stands before: 1990年年会三日举行."""
    later = next((t for t in times if t.span.start >= cue.end), None)
    if later is None or later.interval is None or later.interval.grain is not Grain.DAY or _lasting(later):
        return None
    if _BREAK.search(page.text, cue.end, later.span.start) or not _reaches(page, cue, later):
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


def _day_before(page: Page, same: TimeExpression) -> Interval | None:
    """The day to which 同一天 points: the last that was told before it, of its dispatch or the one before."""
    at = bisect.bisect_left(page.time_starts, same.span.start)
    for time in reversed(page.times[max(0, at - _BACK) : at]):
        interval = time.interval
        if interval is not None and interval.grain is Grain.DAY and not page.in_dateline(time.span.start):
            return _cut(time, said=False)
    return None


def _governing(page: Page, cue: Cue, left: list[TimeExpression]) -> TimeExpression | None:
    """The last of the times before `cue` that can be its own."""
    for t in reversed(left):
        if (
            _lasting(t)
            or _took(page, t)
            or _of_a_noun(page, cue, t)
            or _describes(page, cue, t)
            or _of_what_was(page, cue, t)
            or _of_issue(page, cue, t)
        ):
            continue
        return t
    return None


def _of_what_was(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it dates what went before (三日建交以来); a visit, a talk goes on the same day."""
    text = page.text
    return any(
        other.type not in _CONTACT and (_SINCE.match(text, other.end) or text.endswith("以来", 0, other.end))
        for other in page.cues_in(time.span.end, cue.start)
    )


def _of_issue(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it dates what somebody speaks about: 今日就某人二十七日的声明发表声明."""
    text = page.text
    start = max(page.bounds[cue.sentence][0], time.span.start - _REACH)
    if text.find("就", start, time.span.start) < 0 or not _ABOUT.search(text, start, time.span.start):
        return False
    return any(
        not _BREAK.search(text, time.span.end, c.start) for c in page.cues_in(time.span.end, cue.start)
    )


def _lasting(time: TimeExpression) -> bool:
    """Whether it tells a span up to now (三年来) or is too coarse to date anything (80年代)."""
    interval = time.interval
    if interval is None or interval.grain is Grain.DECADE or time.span.text.endswith("周年"):
        return True
    return interval.start != interval.end and time.span.text.endswith(_BACKGROUND)


def _took(page: Page, time: TimeExpression) -> bool:
    """Whether it tells how long something took: 历时四个月."""
    return page.text.startswith(_lasted(), max(0, time.span.start - 2))


@functools.cache
def _lasted() -> tuple[str, ...]:
    return tuple(load_section("events", "cues")["zh_lasting"])


def _describes(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether the time belongs to a clause that describes a noun before `cue`: 三日到达的客人今天离开."""
    if page.lang is not Lang.ZH:
        return False
    text = page.text
    stop = text.find("的", time.span.end, cue.start)
    if stop < 0 or _BREAK.search(text, time.span.end, stop) or _AT_IT.match(text, stop, cue.start):
        return False
    if text.find("了", time.span.end, stop) >= 0:  # 三日举行了有千人参加的集会: the clause of the sentence
        return False
    return any(
        stop - other.end <= _DESCRIBES and not page.times_in(time.span.end, other.start)
        for other in page.cues_in(time.span.end, stop)
    )


def _of_a_noun(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether a year only qualifies a noun: 今年的奖金, 夺取今年利润, not 今年召开, 去年的地震."""
    words, interval = page.view.words, time.interval
    if words is None or interval is None or interval.grain is not Grain.YEAR:
        return False
    if page.text[time.span.end : cue.start] == "的":
        return False
    if page.text.startswith("的", time.span.end) or page.text.startswith(("将", "把"), time.span.start - 1):
        return True
    before = bisect.bisect_left(words.starts, time.span.start) - 1
    after = bisect.bisect_left(words.starts, time.span.end)
    if before < 0 or after >= len(words.tags):
        return False
    return words.tags[before] == "v" and words.tags[after][:1] == "n"


def _reported(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether the time is when something was filed or said about the happening."""
    text = page.text
    if page.in_dateline(time.span.start):
        return True
    says = _said_of(page, cue)
    if says.search(text, time.span.end, cue.start):
        return True
    if page.lang is not Lang.ZH:
        return False
    if text.startswith(_UNTIL, max(0, time.span.start - 2)):
        return True
    return bool(_ISSUE.search(text, time.span.end, cue.start) and _ISSUE_END.match(text, cue.end))


def _said_of(page: Page, cue: Cue) -> re.Pattern[str]:
    """The words that only tell of what `cue` tells."""
    return _says_only() if _declares(page, cue) else _says()


def _declares(page: Page, cue: Cue) -> bool:
    """Whether to declare what `cue` tells is to do it: 宣布当选, and right before it 宣布投降."""
    if cue.type in _DECLARED:
        return not page.text.startswith(_ONLY_TOLD, cue.end)
    near = max(page.bounds[cue.sentence][0], cue.start - _NEAR)
    return cue.type is EventType.CEASEFIRE and page.text.find("宣布", near, cue.start) >= 0


def _carried(page: Page, settings: Settings, setting: Setting, cue: Cue) -> Interval | None:
    """The day told in the sentence before, where that of `cue` goes on with its story.

    It does where it names no place of its own (the garrison fled), or says so (会后, 随后).
    """
    if not cue.sentence or page.layout.in_heading(cue.start) or page.lang is not Lang.ZH:
        return None
    text, start = page.text, setting.start
    if cue.type in _CONTACT and _then().search(text, start, cue.start):
        return _met_before(page, settings, cue)
    if cue.type in _DECLARED and _AT_MEETING.match(text, start):
        return _met_before(page, settings, cue)
    if setting.placed and not _later_that_day().match(text, start):
        return None
    says = _said_of(page, cue)
    return None if says.search(text, start, cue.start) else _day_of_story(page, cue.sentence)


def _when_said(page: Page, cue: Cue, end: int) -> Interval | None:
    """The day of a statement told before, where `cue` is the occasion of it: 他是在会谈后说这番话的."""
    if page.lang is not Lang.ZH or cue.type not in _CONTACT or not cue.sentence:
        return None
    if not _said_there().search(page.text, cue.end, min(end, cue.end + _SAYING)):
        return None
    at = bisect.bisect_left(page.time_starts, page.bounds[cue.sentence][0])
    for time in reversed(page.times[max(0, at - _BACK) : at]):
        interval = time.interval
        if interval is not None and interval.grain in _EXACT and not page.in_dateline(time.span.start):
            return _cut(time, said=False)
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
    interval = _cut(told[-1], said=False)
    return interval if interval is not None and interval.grain in _TOLD else None


def _met_before(page: Page, settings: Settings, cue: Cue) -> Interval | None:
    """The day of the meeting, visit or match that was told last before `cue`."""
    at = bisect.bisect_left(page.cue_starts, cue.start)
    earlier = page.cues[max(0, at - _BACK) : at][::-1]
    then = _then().search(page.text, page.bounds[cue.sentence][0], cue.start)
    meant = then[0].removesuffix("后") if then is not None else ""
    if len(meant) > 1:  # 会见后: sooner the day of what is called so
        earlier.sort(key=lambda c: not page.text.endswith(meant, c.start, c.end))
    for other in earlier:
        if other.type in _CONTACT and other.sentence < cue.sentence:
            left = [t for t in settings.of(other.sentence).times if t.span.start < other.start]
            day = _governing(page, other, left)
            if day is not None and not _reported(page, other, day):
                return _cut(day, said=False)
    return None


def _cut(time: TimeExpression, *, said: bool) -> Interval | None:
    interval = time.interval
    if interval is None:
        return None
    start, end = iso_cut(interval)
    if time.rule.endswith(_COARSE):
        start, end = start and start[:4], end and end[:4]
        return Interval(None if said else start, end, Grain.YEAR)
    return Interval(None if said else start, end, interval.grain)


@functools.cache
def _decided_there() -> re.Pattern[str]:
    words = any_of(load_section("events", "cues")["zh_decides"])
    return re.compile(rf"[^，。；：！？\n]{{0,4}}?(?:{words})")


@functools.cache
def _said_there() -> re.Pattern[str]:
    return re.compile(any_of(load_section("events", "cues")["zh_said_there"]))


@functools.cache
def _began() -> re.Pattern[str]:
    return re.compile(rf"[^，。；：！？\n]{{0,16}}?{any_of(load_section('events', 'cues')['zh_began'])}的")


@functools.cache
def _decides() -> re.Pattern[str]:
    return plainly(load_section("events", "cues")["zh_decides"])


@functools.cache
def _later_that_day() -> re.Pattern[str]:
    words = any_of(load_section("events", "cues")["zh_later_that_day"])
    return re.compile(rf"[\s　]*(?:当天|当日)?(?:{words})")


@functools.cache
def _then() -> re.Pattern[str]:
    return plainly(load_section("events", "cues")["zh_then"])


@functools.cache
def _says() -> re.Pattern[str]:
    # Every alternative begins with one character: the matcher looks for these and tries at no other place.
    english = [rf"{word}(?<=\b{word})\b" for word in ("said", "announced", "stated", "reported")]
    cues = load_section("events", "cues")
    chinese = [
        re.escape(word) + "".join([f"(?<!{re.escape(x)})" for x in cues["zh_says_not"] if x.endswith(word)])
        for word in cues["zh_says"]
    ]
    return re.compile("|".join([*chinese, *english]))


@functools.cache
def _says_only() -> re.Pattern[str]:
    return re.compile(_says().pattern.replace("宣布|", ""))


@functools.cache
def _vague() -> re.Pattern[str]:
    return plainly(load_section("events", "cues")["zh_vague"])
