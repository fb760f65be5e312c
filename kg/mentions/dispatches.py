"""Dispatches: the parts of an article with a dateline of their own, put together from both languages."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.mentions.datelines import DatelineFind, is_relay
from kg.mentions.times_calendar import dateline_date
from kg.mentions.view import View
from kg.model import Article, Dispatch, Kind, Lang, Mention, Note, Role, Span
from kg.vocab import TRANSLATED_DAY


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


def assemble(
    article: Article, seen: Sequence[View], found: Sequence[Sequence[Opening]], mentions: Sequence[Mention]
) -> tuple[Dispatch, ...]:
    """Join the dispatches of both bodies (`found` goes with `seen`) and name their sources and places."""
    if not any(found):
        return ()
    spans = [(m.key, f.span) for m in mentions for f in m.finds]
    keys = {(s.lang, s.start, s.end): key for key, s in spans}
    by_lang = {v.lang: (v, o) for v, o in zip(seen, found, strict=True)}
    lead_lang = Lang.ZH if by_lang.get(Lang.ZH, (None, ()))[1] else Lang.EN
    if lead_lang not in by_lang:
        return ()
    lead_view, lead = by_lang[lead_lang]
    other = by_lang.get(Lang.EN) if lead_lang is Lang.ZH else None
    twins = _twins(article, lead_view, lead, other) if other is not None else [None] * len(lead)
    cited = _cited(mentions, lead_lang)
    out = []
    for number, (opening, twin) in enumerate(zip(lead, twins, strict=True), 1):
        sides = [(lead_view, opening)]
        if other is not None and twin is not None:
            sides.append((other[0], twin))
        out.append(_dispatch(f"dispatch-{number}", sides, keys, cited))
    return tuple(out)


def filed_at(
    article: Article, seen: Sequence[View], found: Sequence[Sequence[Opening]]
) -> Iterator[tuple[Span, Span]]:
    """The places of datelines of which one renders the other, as Chinese and English name them."""
    for (zh, ours), (en, theirs) in _rendered(article, seen, found):
        if ours.find.place is not None and theirs.find.place is not None:
            yield zh.span(*ours.find.place), en.span(*theirs.find.place)


def day_notes(article: Article, seen: Sequence[View], found: Sequence[Sequence[Opening]]) -> Iterator[Note]:
    """Notes on datelines of which the English gives another day of the month than the Chinese."""
    for (_, ours), (_, theirs) in _rendered(article, seen, found):
        if ours.date is not None and theirs.date is not None and ours.date.day != theirs.date.day:
            yield Note(TRANSLATED_DAY, f"{ours.find.day}, {theirs.find.day}")


def _rendered(
    article: Article, seen: Sequence[View], found: Sequence[Sequence[Opening]]
) -> Iterator[tuple[tuple[View, Opening], tuple[View, Opening]]]:
    """The Chinese dispatches and the English ones that render them, each with its body."""
    by_lang = {v.lang: (v, o) for v, o in zip(seen, found, strict=True)}
    zh, en = by_lang.get(Lang.ZH), by_lang.get(Lang.EN)
    if zh is not None and en is not None and zh[1] and en[1]:
        for opening, twin in zip(zh[1], _twins(article, *zh, en), strict=True):
            if twin is not None:
                yield (zh[0], opening), (en[0], twin)


def _twins(
    article: Article, zh: View, lead: Sequence[Opening], other: tuple[View, Sequence[Opening]]
) -> list[Opening | None]:
    """For each Chinese dispatch the English one that begins in a paragraph rendering its first."""
    en, candidates = other
    rendered: dict[int, list[int]] = {}
    for a, b, _ in article.alignment:
        rendered.setdefault(a, []).append(b)
    waiting: dict[int, list[Opening]] = {}
    for c in reversed(candidates):
        waiting.setdefault(paragraph_at(en, c.find.start), []).append(c)
    out: list[Opening | None] = []
    for o in lead:
        at = (waiting.get(b) for b in rendered.get(paragraph_at(zh, o.find.start), ()))
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
    sides: Sequence[tuple[View, Opening]],
    keys: dict[tuple[Lang, int, int], str],
    cited: Sequence[tuple[int, str]],
) -> Dispatch:
    source = place = date = None
    spans, datelines = [], []
    for seen, o in sides:
        spans.append(seen.span(o.start, o.end))
        datelines.append(seen.span(o.find.start, o.find.end))
        if source is None and o.find.sources:
            ref = o.find.sources[0]
            source = keys.get((seen.lang, ref.start, ref.end))
        if place is None and o.find.place is not None:
            place = keys.get((seen.lang, *o.find.place))
        date = date or o.date
    chain = _chain(spans[0], cited, source)
    rule = sides[0][1].find.rule
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
