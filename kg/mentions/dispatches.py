"""Dispatches: the parts of an article with a dateline of their own, put together from both languages."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.mentions.aligned import rendering
from kg.mentions.datelines import DatelineFind, is_relay
from kg.mentions.times.calendar_days import dateline_date
from kg.mentions.view import View
from kg.model import Article, Dispatch, Kind, Lang, Mention, Note, Role, Span
from kg.vocab import TRANSLATED_DAY

_BOTH = 2  # languages


@dataclass(frozen=True, slots=True)
class Opening:
    """A dateline with the stretch of text it governs and the day it gives."""

    find: DatelineFind
    start: int
    end: int
    date: dt.date | None


def openings(seen: View, datelines: Iterable[DatelineFind], issue: dt.date) -> tuple[Opening, ...]:
    """The dispatches of one body in text order.

    A closing credit governs what stands before it, back to the dateline before; one that follows an opening
    without any other dispatch between adds nothing.
    """
    found = [d for d in datelines if not is_relay(d)]
    opening = [d for d in found if not d.closing]
    out: list[Opening] = []
    for i, d in enumerate(opening):
        end = opening[i + 1].start if i + 1 < len(opening) else len(seen.text)
        out.append(Opening(d, d.start, end, dateline_date(d.day, issue) if d.day else None))
    begun = [o.start for o in out]
    reached = 0
    for d in (d for d in found if d.closing):
        if bisect.bisect_left(begun, reached) == bisect.bisect_left(begun, d.end):
            out.append(Opening(d, reached, d.end, dateline_date(d.day, issue) if d.day else None))
        reached = d.end
    return tuple(sorted(out, key=lambda o: o.start))


def dated(found: Sequence[Opening]) -> tuple[tuple[int, dt.date], ...]:
    """Where each dispatch with a day begins, and the day: what times are resolved against."""
    return tuple((o.start, o.date) for o in found if o.date is not None)


Sides = tuple[tuple[View, Opening], ...]
"""A dispatch in the leading body and, where the translation has it too, in that."""


def sides(article: Article, seen: Sequence[View], found: Sequence[Sequence[Opening]]) -> tuple[Sides, ...]:
    """The dispatches of the Chinese, or where it has none of the English; `found` goes with `seen`."""
    by_lang = {v.lang: (v, o) for v, o in zip(seen, found, strict=True)}
    zh, en = (by_lang.get(lang) for lang in (Lang.ZH, Lang.EN))
    if zh is not None and zh[1]:
        twins = _twins(article, *zh, en) if en is not None else [None] * len(zh[1])
        return tuple(
            ((zh[0], o), (en[0], twin)) if en is not None and twin is not None else ((zh[0], o),)
            for o, twin in zip(zh[1], twins, strict=True)
        )
    return tuple(((en[0], o),) for o in en[1]) if en is not None else ()


def assemble(told: Sequence[Sides], mentions: Sequence[Mention]) -> tuple[Dispatch, ...]:
    """Join the `sides` of each dispatch, and name its source and place."""
    if not told:
        return ()
    spans = [(m.key, f.span) for m in mentions for f in m.finds]
    keys = {(s.lang, s.start, s.end): key for key, s in spans}
    cited = _cited(mentions, told[0][0][0].lang)
    return tuple(_dispatch(f"dispatch-{number}", one, keys, cited) for number, one in enumerate(told, 1))


def filed_at(told: Iterable[Sides]) -> Iterator[tuple[Span, Span]]:
    """The places of datelines of which one renders the other, as Chinese and English name them."""
    for one in told:
        places = [seen.span(*o.find.place) for seen, o in one if o.find.place is not None]
        if len(places) == _BOTH:
            yield places[0], places[1]


def day_notes(told: Iterable[Sides]) -> Iterator[Note]:
    """Notes on datelines of which the English gives another day of the month than the Chinese."""
    for one in told:
        if len({o.date.day for _, o in one if o.date is not None}) > 1:
            yield Note(TRANSLATED_DAY, ", ".join(o.find.day for _, o in one))


def _twins(
    article: Article, zh: View, lead: Sequence[Opening], other: tuple[View, Sequence[Opening]]
) -> list[Opening | None]:
    """For each Chinese dispatch the English one that begins in a paragraph rendering its first."""
    en, candidates = other
    aligned = rendering(article)
    waiting: dict[int, list[Opening]] = {}
    for c in reversed(candidates):
        waiting.setdefault(paragraph_at(en, c.find.start), []).append(c)
    out: list[Opening | None] = []
    for o in lead:
        at = (waiting.get(b) for b in aligned.get(paragraph_at(zh, o.find.start), ()))
        there = next((w for w in at if w), None)
        out.append(there.pop() if there else None)
    if len(lead) == 1 and out[0] is None and len(candidates) == 1:
        out[0] = candidates[0]
    return out


def paragraph_at(seen: View, offset: int) -> int:
    """The number of the paragraph in which `offset` stands."""
    return bisect.bisect_right(seen.body.paragraphs, (offset, len(seen.text) + 1)) - 1


def _dispatch(
    key: str,
    told: Sides,
    keys: dict[tuple[Lang, int, int], str],
    cited: Sequence[tuple[int, str]],
) -> Dispatch:
    source = place = date = None
    spans, datelines = [], []
    for seen, o in told:
        spans.append(seen.span(o.start, o.end))
        datelines.append(seen.span(o.find.start, o.find.end))
        if source is None and o.find.sources:
            ref = o.find.sources[0]
            source = keys.get((seen.lang, ref.start, ref.end))
        if place is None and o.find.place is not None:
            place = keys.get((seen.lang, *o.find.place))
        date = date or o.date
    chain = _chain(spans[0], cited, source)
    rule = told[0][1].find.rule
    return Dispatch(key, tuple(spans), tuple(datelines), rule, source, place, date, chain)


def _cited(mentions: Sequence[Mention], lang: Lang) -> list[tuple[int, str]]:
    """Where sources are cited in one language, in text order, with the keys of their mentions."""
    return sorted(
        (f.span.start, m.key)
        for m in mentions
        if m.kind is Kind.SOURCE
        for f in m.finds
        if f.role is Role.CITED and f.span.lang is lang
    )


def _chain(span: Span, cited: Sequence[tuple[int, str]], own: str | None) -> tuple[str, ...]:
    """The sources cited inside, in text order."""
    first, last = bisect.bisect_left(cited, (span.start, "")), bisect.bisect_left(cited, (span.end, ""))
    return tuple(dict.fromkeys(key for _, key in cited[first:last] if key != own))
