"""Which of the times before a trigger word is its own, and whether it is only when somebody spoke of it."""

from __future__ import annotations

import bisect
import functools
import re

from kg.mentions.events.cues import Cue
from kg.mentions.events.page import Page
from kg.mentions.events.words import among, listed
from kg.mentions.times.finding import iso_cut
from kg.model import EventType, Grain, Interval, Lang, TimeExpression

BREAK = re.compile(r"[，；：。！？;!?\n、]")
_DESCRIBES = 12  # characters from a verb to the 的 that makes its clause describe a noun
_WITH = re.compile("[同与跟向]")  # 三日同来访的客人会谈: what describes begins behind it
_AT_IT = re.compile(r"的[^，；：。！？、的]{1,32}(?:上|期间|中)")  # 三日举行的会议上: still that day
_SINCE = re.compile(r"[^，；。！？\n]{0,4}?(?:以来|以后|后|前|以前|之后|之前)")
EXACT = frozenset((Grain.DAY, Grain.HOUR))
_YEARS = 3  # that nothing is dated by
_PAST_SPAN = "zh-past-span"
_COARSE = ("season", "edge")  # rules of times that tell a part of a year loosely: only the year is sure
CONTACT = frozenset(
    (
        EventType.VISIT, EventType.TALKS, EventType.CONFERENCE, EventType.AGREEMENT, EventType.SPORT,
        EventType.AWARD,
    )
)  # fmt: skip
# To declare one of these is to do it.
DECLARED = frozenset((EventType.AWARD, EventType.APPOINTMENT, EventType.FOUNDING))
_FOR = re.compile("为[^，；。：、]*$")  # 七日为代表团来访举行宴会: the visit is not of that day
_HELD_FOR = re.compile("[^，；。：、]{0,8}?(?:举行|设宴|举办)")
_HELD = frozenset((EventType.CONFERENCE, EventType.TALKS, EventType.SPORT))
_NEAR = 8  # characters between 宣布 and the surrender that it declares
_REACH = 25  # characters from 就 to the time of what is spoken about
_ABOUT = re.compile(r"就[^，。；：]*$")
_ISSUE = re.compile(r"就[^，。；：]{0,40}$")
_ISSUE_END = re.compile(r"[^，。；：]{0,30}?(?:一事|事件|问题|之事|，?发表)")


def governing(page: Page, cue: Cue, left: list[TimeExpression]) -> TimeExpression | None:
    """The last of the times before `cue` that can be its own."""
    for t in reversed(left):
        if (
            lasting(t)
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
        (other.type not in CONTACT or _takes_up(page, other))
        and (_SINCE.match(text, other.end) or text.endswith("以来", 0, other.end))
        for other in page.cues_in(time.span.end, cue.start)
    )


def _of_issue(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether it dates what somebody speaks about: 今日就某人二十七日的声明发表声明."""
    text = page.text
    start = max(page.bounds[cue.sentence][0], time.span.start - _REACH)
    if text.find("就", start, time.span.start) < 0 or not _ABOUT.search(text, start, time.span.start):
        return False
    return any(not BREAK.search(text, time.span.end, c.start) for c in page.cues_in(time.span.end, cue.start))


def lasting(time: TimeExpression) -> bool:
    """Whether it tells a span up to now (三年来) or is too coarse to date anything (80年代)."""
    interval = time.interval
    if interval is None or interval.grain is Grain.DECADE or time.span.text.endswith("周年"):
        return True
    if interval.start == interval.end:
        return False
    return _of_years(time.rule, interval) or time.span.text.endswith(listed("zh_background"))


def _of_years(rule: str, interval: Interval) -> bool:
    """Whether it is a long past, as 过去五十年中."""
    if rule != _PAST_SPAN or interval.start is None or interval.end is None:
        return False
    return int(interval.end[:4]) - int(interval.start[:4]) >= _YEARS


def _took(page: Page, time: TimeExpression) -> bool:
    """Whether it tells how long something took: 历时四个月."""
    return page.text.startswith(listed("zh_lasting"), max(0, time.span.start - 2))


def _describes(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether the time belongs to a clause that describes a noun before `cue`: 三日到达的客人今天离开."""
    if page.lang is not Lang.ZH:
        return False
    text = page.text
    stop = text.find("的", time.span.end, cue.start)
    if stop < 0 or BREAK.search(text, time.span.end, stop) or _AT_IT.match(text, stop, cue.start):
        return False
    if _held_then(page, cue, time, stop):
        return False
    if text.find("了", time.span.end, stop) >= 0:  # 三日举行了有千人参加的集会: the clause of the sentence
        return False
    return any(
        stop - other.end <= _DESCRIBES
        and not page.times_in(time.span.end, other.start)
        and not _WITH.search(text, time.span.end, other.start)
        for other in page.cues_in(time.span.end, stop)
    )


def _held_then(page: Page, cue: Cue, time: TimeExpression, stop: int) -> bool:
    """Whether the clause up to `stop` says when `cue` itself was held: 十七日到二十日举行的代表大会."""
    text = page.text
    if cue.type not in _HELD or not text.endswith(listed("zh_began"), time.span.end, stop):
        return False
    return not page.cues_in(stop, cue.start) and not BREAK.search(text, stop, cue.start)


def _only_described(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether `cue` describes somebody in a sentence whose verb the time governs: 今天会见了来访的客人."""
    if cue.type is not EventType.VISIT:
        return False
    text = page.text
    if _FOR.search(text, time.span.end, cue.start) and _HELD_FOR.match(text, cue.end):
        return True
    if not text.startswith(("的", "代表团"), cue.end) and not text.endswith("团", 0, cue.end):
        return False
    return any(
        other.type is not EventType.VISIT
        and other.entry.strength > 2
        and not BREAK.search(text, other.end, cue.start)
        for other in page.cues_in(time.span.end, cue.start)
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


def reported(page: Page, cue: Cue, time: TimeExpression) -> bool:
    """Whether the time is when something was filed or said about the happening."""
    text = page.text
    if page.in_dateline(time.span.start):
        return True
    says = said_of(page, cue)
    if says.search(text, time.span.end, cue.start):
        return True
    if page.lang is not Lang.ZH:
        return False
    if _only_described(page, cue, time):
        return True
    if text.startswith(listed("zh_until"), max(0, time.span.start - 2)):
        return True
    return bool(_ISSUE.search(text, time.span.end, cue.start) and _ISSUE_END.match(text, cue.end))


def said_of(page: Page, cue: Cue) -> re.Pattern[str]:
    """The words that only tell of what `cue` tells."""
    return _says_only() if _declares(page, cue) else _says()


def _takes_up(page: Page, cue: Cue) -> bool:
    """Whether it tells that states took up relations."""
    return cue.type is EventType.AGREEMENT and page.text[cue.start : cue.end] in among("zh_ties")


def _declares(page: Page, cue: Cue) -> bool:
    """Whether to declare what `cue` tells is to do it: 宣布当选, and right before it 宣布投降."""
    if cue.type in DECLARED or _takes_up(page, cue):
        return not page.text.startswith(listed("zh_only_told"), cue.end)
    near = max(page.bounds[cue.sentence][0], cue.start - _NEAR)
    return cue.type is EventType.CEASEFIRE and page.text.find("宣布", near, cue.start) >= 0


def cut(time: TimeExpression, *, said: bool) -> Interval | None:
    """The interval of `time` as ISO 8601, cut to what is known; no start where it is `said` only."""
    interval = time.interval
    if interval is None:
        return None
    start, end = iso_cut(interval)
    if time.rule.endswith(_COARSE):
        start, end = start and start[:4], end and end[:4]
        return Interval(None if said else start, end, Grain.YEAR)
    return Interval(None if said else start, end, interval.grain)


@functools.cache
def _says() -> re.Pattern[str]:
    # Every alternative begins with one character: the matcher looks for these and tries at no other place.
    english = [rf"{word}(?<=\b{word})\b" for word in ("said", "announced", "stated", "reported")]
    chinese = [
        re.escape(word) + "".join([f"(?<!{re.escape(x)})" for x in listed("zh_says_not") if x.endswith(word)])
        for word in listed("zh_says")
    ]
    return re.compile("|".join([*chinese, *english]))


@functools.cache
def _says_only() -> re.Pattern[str]:
    return re.compile(_says().pattern.replace("宣布|", ""))
