"""Events: the happenings that an article reports, one report each, merged over its text and both languages.

A trigger word (``rules/events-*.toml``) is taken with what its sentence says of time, place and parties;
triggers of one type that can tell the same happening become one report; the English triggers join the
report of the Chinese paragraph they render.  Each report is weighed, and those below a threshold are left
out: most trigger words of an editorial report nothing.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from kg.mentions.events.cues import find_cues, find_seeming, sentences
from kg.mentions.events.draft import Draft
from kg.mentions.events.merge import drafts, join_english
from kg.mentions.events.page import page
from kg.mentions.events.weigh import Around, features, judge
from kg.mentions.rules import Shown
from kg.mentions.view import View
from kg.mentions.words import segment
from kg.model import Article, Dispatch, EventReport, Kind, Lang, Mention, Role, TimeExpression
from kg.text import fold

__all__ = ["demonstrate", "find_events"]

_Cited = dict[Lang, list[tuple[int, str]]]


def find_events(
    article: Article,
    mentions: Sequence[Mention],
    times: Sequence[TimeExpression],
    dispatches: Sequence[Dispatch],
    seen: Sequence[View],
) -> tuple[EventReport, ...]:
    """The events that `article` reports, in text order, with keys ``event-1`` …

    `seen` are the views of its bodies, as made for the mentions.
    """
    out: list[EventReport] = []
    cited = _cited(mentions)
    for draft, confidence in weighed(article, mentions, times, dispatches, seen):
        if confidence >= judge().threshold:
            out.append(_report(draft, f"event-{len(out) + 1}", confidence, cited))
    return tuple(out)


def weighed(
    article: Article,
    mentions: Sequence[Mention],
    times: Sequence[TimeExpression],
    dispatches: Sequence[Dispatch],
    seen: Sequence[View],
) -> list[tuple[Draft, float]]:
    """All candidates with their probability of being a reported event: for weighing and training."""
    if not seen:
        return []
    views = sorted(seen, key=lambda v: v.lang is not Lang.ZH)
    lead = page(views[0], mentions, times, dispatches, article.author)
    found = drafts(lead, article.printed.year)
    both = len(views) > 1
    if both and found:
        join_english(article, lead, views[1], found, mentions, dispatches)
    around, probability = Around.of(lead, article.printed, bilingual=both), judge().probability
    return [(d, probability(features(lead, around, d))) for d in found]


def _report(draft: Draft, key: str, confidence: float, cited: _Cited) -> EventReport:
    lead = draft.lead
    return EventReport(
        key,
        draft.type,
        tuple(draft.triggers()),
        draft.interval,
        draft.places,
        draft.actors,
        lead.entry.trigger.name,
        _source(draft, cited),
        draft.dispatch.key if draft.dispatch is not None else None,
        round(confidence, 3),
    )


def _cited(mentions: Sequence[Mention]) -> _Cited:
    """Where sources are cited, in text order by language, with the keys of their mentions."""
    out: _Cited = {Lang.ZH: [], Lang.EN: []}
    for m in mentions:
        if m.kind is Kind.SOURCE and m.role is Role.CITED:
            for f in m.finds:
                if f.role is Role.CITED:
                    out[f.span.lang].append((f.span.start, m.key))
    for found in out.values():
        found.sort()
    return out


def _source(draft: Draft, cited: _Cited) -> str | None:
    """The source cited in the sentence of the first trigger in the body, else the dispatch's own."""
    start, end = draft.sentence
    found = cited[draft.page.lang]
    at = bisect.bisect_left(found, (start, ""))
    if at < len(found) and found[at][0] < end:
        return found[at][1]
    return draft.dispatch.source if draft.dispatch is not None else None


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """The triggers that hold in a short text, before any weighing: for the tests of the rule files."""
    folded = fold(text)
    bounds = sentences(folded, [(0, len(text))], lang)
    words = segment(folded) if lang is Lang.ZH else None
    for c in find_cues(folded, lang, bounds, words=words):
        yield Shown(c.entry.trigger.name, text[c.start : c.end], c.type)
    for trigger, start, end in find_seeming(folded, lang, bounds, words):
        yield Shown(trigger.name, text[start:end], trigger.type)
