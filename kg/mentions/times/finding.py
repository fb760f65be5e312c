"""Times in both languages: absolute and relative expressions, resolved to an interval with a grain.

A time is resolved against the day of its dispatch (else the day of issue) and against what the same
paragraph told before: 同日, 翌日, a bare 二十五日 after 十月二十日.  The rules stand in ``rules/times.toml``.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.mentions.rules import Hit, Scanner, Shown, load_rules, load_section, plainly
from kg.mentions.times.calendar_days import Period, dateline_date, joined, resolve_day
from kg.mentions.times.parts import Context, Unresolved, words
from kg.mentions.times.resolve import resolve
from kg.model import Body, Grain, Interval, Lang, Span, TimeExpression
from kg.records import quick

__all__ = ["dateline_date", "demonstrate", "find_times", "iso_cut", "resolve_day"]

_SEED_TABLES = {
    Lang.ZH: ("zh_year", "zh_month", "zh_day", "zh_holiday", "zh_part"),
    Lang.EN: ("en_year", "en_rel_month", "en_day", "en_season", "en_holiday", "en_festival", "en_part"),
}
# The productions that look ahead or back, as the words around say.
_DIRECTED = frozenset({"date", "day_span", "month_span", "holiday", "weekday", "ago"})
_LEAD = {Lang.ZH: 14, Lang.EN: 48}
_SENTENCE_END = re.compile(r"[。；！？;!?\n]|\. ")
_CONNECTOR = {
    Lang.ZH: re.compile(r"(?:开始|起)?，?(?:[至到]|[-－—―–─～~]{1,2})"),
    Lang.EN: re.compile(
        r" ?(?:[-–—]| to | until | through )(?:the )?(?:(?:morning|evening|night|afternoon) of )? ?"
    ),
}
_OPENS = ("(", "（")
_ASIDE = re.compile(r"[（(][^（）()]{1,20}[）)]")  # 七月一日（当地时间）至七月三日
_UP_TO = ("）至", "）到", ")至", ")到")
_AFTER_ZH = re.compile(
    r"(?P<since>以来|到现在|至今(?![年天日晨夏秋冬春夜])|迄今|到目前(?:为止)?|到今天|(?<=[年月周天])来(?![自访信到临电京人华往]))"
    r"|(?P<until>以前|之前|(?<=[日月年底初时点分晨晚])前(?![往来线进夕后方头去辈面期者半途]))"
    r"|(?P<onward>以后|之后|起(?![义飞诉床步草到来初用重程]))"
)
_BEFORE_EN = re.compile(
    r"(?:(?P<since>[Ss]ince)|(?P<until>[Bb]efore|[Uu]ntil|[Bb]y)) (?:the )?"
    r"(?:(?:morning|evening|night|afternoon) of )?$"
)


@quick
@dataclass(frozen=True, slots=True)
class _Found:
    """A hit and what it resolved to."""

    hit: Hit
    start: int
    end: int
    period: Period | Unresolved


def find_times(
    body: Body, issue: dt.date, dispatches: Sequence[tuple[int, dt.date]] = ()
) -> tuple[TimeExpression, ...]:
    """All times of `body` in text order, not overlapping.

    `issue` is the day of printing (:attr:`Article.printed`).  `dispatches` are the dated dispatches in
    the body: where each begins (an offset into its text) and the day it was filed.  A time before the
    first of them is resolved against the first, a body without any against the issue.
    """
    reader = _Reader(body, issue, dispatches)
    return tuple(
        TimeExpression(
            Span(body.lang, f.start, f.end, body.text[f.start : f.end]),
            None if isinstance(f.period, Unresolved) else f.period.interval,
            f.hit.rule.name,
            None if isinstance(f.period, Unresolved) else f.period.clock,
        )
        for f in reader.read()
    )


def iso_cut(interval: Interval) -> tuple[str | None, str | None]:
    """Start and end as ISO dates cut to what the grain can say: of ten days only the month.

    >>> iso_cut(Interval("1948-08-01", "1948-08-10", Grain.TEN_DAYS))
    ('1948-08', '1948-08')
    """
    if interval.grain is not Grain.TEN_DAYS:
        return interval.start, interval.end
    return interval.start and interval.start[:7], interval.end and interval.end[:7]


@functools.cache
def _scanner(lang: Lang) -> Scanner:
    seeds = {
        *load_section("times", "seeds")[lang.value],
        *(w for t in _SEED_TABLES[lang] for w in words(t)),
    }
    heads = load_section("times", "seeds")[f"{lang.value}_number"]
    return Scanner(load_rules("times", lang), words=tuple(sorted(seeds)), heads=heads)


@functools.cache
def _recurring(lang: Lang) -> tuple[str, ...]:
    gap = "" if lang is Lang.ZH else " "
    return tuple(word + gap for word in load_section("times", "recurring")[lang.value])


@functools.cache
def _future(lang: Lang) -> re.Pattern[str]:
    cues = load_section("times", "future")[lang.value]
    return plainly(cues)


class _Reader:
    """Reads one body from left to right, keeping the context that relative times need."""

    def __init__(self, body: Body, issue: dt.date, dispatches: Sequence[tuple[int, dt.date]]) -> None:
        self._text, self._lang = body.text, body.lang
        self._dispatches = sorted(dispatches) or [(0, issue)]
        self._offsets = [offset for offset, _ in self._dispatches]
        self._paragraphs = [start for start, _ in body.paragraphs]
        self._previous: _Found | None = None
        self._last: tuple[tuple[int, int], Period] | None = None

    def read(self) -> Iterator[_Found]:
        """The times in text order; neighbours joined by 至, "to" are one."""
        waiting: _Found | None = None
        for found in _scanner(self._lang).accepted(self._text, self._take):
            if waiting is not None and found.start > waiting.start:
                yield waiting
            waiting = self._previous = found if found.period is not Unresolved.VOID else None
        if waiting is not None:
            yield waiting

    def _take(self, hit: Hit) -> _Found | None:
        joined_found = self._join(self._previous, hit) if self._previous is not None else None
        return joined_found or self._resolve(hit)

    def _context(self, hit: Hit) -> Context:
        anchor = self._dispatches[max(0, bisect.bisect_right(self._offsets, hit.start) - 1)][1]
        place, last, told = self._place(hit.start), None, None
        if self._last is not None and self._last[0][1] == place[1]:
            told = self._last[1]
            last = told if self._last[0] == place else None
        floor = None
        if last is not None and self._text.endswith(_UP_TO, 0, hit.start):
            floor = last.first  # 二十日（今天）到二十五日
        directed = hit.rule.production in _DIRECTED and not ("y" in hit.groups or "ry" in hit.groups)
        return Context(anchor, last, told, self._direction(hit) if directed else 0, floor)

    def _place(self, offset: int) -> tuple[int, int]:
        return bisect.bisect_right(self._paragraphs, offset), bisect.bisect_right(self._offsets, offset)

    def _direction(self, hit: Hit) -> int:
        """+1 where a cue in the clause says that the time lies ahead."""
        cue = _future(self._lang)
        before = self._text[max(0, hit.start - _LEAD[self._lang]) : hit.start]
        if cue.search(before) and cue.search(_SENTENCE_END.split(before)[-1]):
            return 1
        after = self._text[hit.end : hit.end + 12]
        return 1 if cue.search(after) and cue.search(_SENTENCE_END.split(after, maxsplit=1)[0]) else 0

    def _resolve(self, hit: Hit, context: Context | None = None) -> _Found | None:
        if self._text.endswith(_recurring(self._lang), max(0, hit.start - 6), hit.start):
            return _Found(hit, hit.start, hit.end, Unresolved.VOID)
        context = context or self._context(hit)
        period = resolve(hit.rule.production, hit.groups, context)
        if period is None:
            return None
        if isinstance(period, Unresolved):
            return _Found(hit, hit.start, hit.end, period)
        self._last = (self._place(hit.start), period)
        return self._bounded(hit, period, context)

    def _join(self, previous: _Found, hit: Hit) -> _Found | None:
        """One range of `previous` and `hit`, if nothing but a connector stands between them."""
        between = self._text[previous.end : hit.start]
        if between[:1] in _OPENS and len(between) > 1:
            between = _ASIDE.sub("", between, count=1)
        first = previous.period
        if len(between) > 24 or isinstance(first, Unresolved) or first.first is None:
            return None
        if _CONNECTOR[self._lang].fullmatch(between) is None:
            return None
        # 二十八日到十月二日: the month stands with the end only
        late = (
            "m" in hit.groups and "d" in previous.hit.groups and not {"m", "rm"} & previous.hit.groups.keys()
        )
        context = self._context(hit)
        context.floor = None if late else first.first
        found = self._resolve(hit, context)
        if found is None or isinstance(found.period, Unresolved):
            return None
        second = found.period
        if late:
            first = self._before(previous, hit, second) or first
        if second.last is not None and first.first is not None and second.last < first.first:
            return None
        return _Found(previous.hit, previous.start, found.end, joined(first, second))

    def _before(self, previous: _Found, hit: Hit, second: Period) -> Period | None:
        context = self._context(hit)
        context.anchor, context.direction = second.last or context.anchor, -1
        context.last = context.floor = None
        period = resolve(previous.hit.rule.production, previous.hit.groups, context)
        return period if isinstance(period, Period) else None

    def _bounded(self, hit: Hit, period: Period, context: Context) -> _Found:
        """Unresolved an end where the words around say since, before, from on."""
        start, end = hit.start, hit.end
        if self._lang is Lang.ZH:
            m = _AFTER_ZH.match(self._text, end)
            end = end if m is None else m.end()
        else:
            m = _BEFORE_EN.search(self._text[max(0, start - 32) : start])
            start = start if m is None else start - len(m[0])
        if m is None or hit.rule.production in ("ago", "past_span"):
            return _Found(hit, hit.start, hit.end, period)
        return _Found(hit, start, end, _opened(period, str(m.lastgroup), context.anchor))


def _opened(period: Period, how: str, anchor: dt.date) -> Period:
    if how == "until":
        return Period(None, period.last, None, period.end, period.grain, period.clock)
    if how == "onward" or period.first is None or period.first > anchor:
        return Period(period.first, None, period.start, None, period.grain, period.clock)
    return Period(period.first, anchor, period.start, anchor.isoformat(), period.grain, period.clock)


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in `text`, as a dispatch of 1953-12-13 in the paper of 1953-12-14."""
    body = Body(lang, text, ((0, len(text)),))
    for time in find_times(body, dt.date(1953, 12, 14), [(0, dt.date(1953, 12, 13))]):
        yield Shown(time.rule, time.span.text, _in_words(time))


def _in_words(time: TimeExpression) -> str:
    if time.interval is None:
        return "open"
    start, end = time.interval.start or "..", time.interval.end or ".."
    return (start if start == end else f"{start}/{end}") + (f" {time.clock}" if time.clock else "")
