"""One language's prose as events are looked for in it: sentences, times, names, all in text order."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.mentions.events.cues import Cue, find_cues, sentences
from kg.mentions.events.layout import Layout, layout
from kg.mentions.events.words import listed
from kg.mentions.names import NameMatch
from kg.mentions.view import View
from kg.model import Dispatch, Kind, Lang, Mention, Party, TimeExpression

COUNTRIES = frozenset(("country", "historical_country", "state", "empire", "historical country"))

_BODIES = frozenset(("person", "organisation"))
_RELATIVE = "zh-relative"  # the rules of 今日, 去年
_BETWEEN_NAMES = re.compile(r"[\s　、，,;；]+")
_KINDS = {k: k.value for k in Kind}


@dataclass(slots=True)
class Named:
    """Something named: where it stands, what it is (``place``, ``country``, ``continent``, ``unit``,
    ``source``, ``person``, ``organisation``) and who it is.
    """

    start: int
    end: int
    kind: str
    party: Party


@dataclass(frozen=True, slots=True)
class Page:
    """A body with what was found in it before events.

    ``bounds`` are its sentences, ``starts`` where they start; ``times`` and ``named`` are in text order.
    ``dispatches`` are ``(start, end, dispatch)`` of this language.
    """

    view: View
    lang: Lang
    text: str
    bounds: list[tuple[int, int]]
    starts: list[int]
    times: list[TimeExpression]
    time_starts: list[int]
    named: list[Named]
    named_starts: list[int]
    mentions: Sequence[Mention]  # in either language
    dispatches: list[tuple[int, int, Dispatch]]
    dispatch_starts: list[int]
    datelines: list[tuple[int, int]]  # of all dispatches, in text order
    layout: Layout
    cues: list[Cue]
    cue_starts: list[int]
    known: list[NameMatch]  # persons and organisations of the dictionary
    known_starts: list[int]

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence in which `offset` stands (the one before, between sentences)."""
        return max(0, bisect.bisect_right(self.starts, offset) - 1)

    def times_in(self, start: int, end: int) -> list[TimeExpression]:
        """The times that begin in ``start:end``."""
        low = bisect.bisect_left(self.time_starts, start)
        return self.times[low : bisect.bisect_left(self.time_starts, end)]

    def named_in(self, start: int, end: int) -> list[Named]:
        """The mentions that begin in ``start:end``."""
        low = bisect.bisect_left(self.named_starts, start)
        return self.named[low : bisect.bisect_left(self.named_starts, end)]

    def cues_in(self, start: int, end: int) -> list[Cue]:
        """The triggers that begin in ``start:end``."""
        low = bisect.bisect_left(self.cue_starts, start)
        return self.cues[low : bisect.bisect_left(self.cue_starts, end)]

    def known_in(self, start: int, end: int) -> list[Named]:
        """The persons and organisations of the dictionary whose names begin in ``start:end``."""
        low = bisect.bisect_left(self.known_starts, start)
        known = self.known[low : bisect.bisect_left(self.known_starts, end)]
        return [Named(m.start, m.end, m.name.kind, Party(m.text)) for m in known]

    def place_called(self, surface: str) -> Party | None:
        """The first place of which `surface` is a name in the article, in whatever language."""
        for m in self.mentions:
            if m.kind is Kind.PLACE and any(f.span.text == surface for f in m.finds):
                return Party(surface, m.key)
        return None

    def dispatch_at(self, offset: int) -> Dispatch | None:
        """The dispatch in which `offset` stands."""
        i = bisect.bisect_right(self.dispatch_starts, offset)
        if not i:
            return None
        for _, end, dispatch in reversed(self.dispatches[max(0, i - 2) : i]):
            if offset < end:
                return dispatch
        return None

    def crowd(self, sentence: int) -> int:
        """How many triggers stand in a sentence, up to 4."""
        start, end = self.bounds[sentence]
        low = bisect.bisect_left(self.cue_starts, start)
        return bisect.bisect_left(self.cue_starts, end, low, min(low + 4, len(self.cues))) - low

    def in_dateline(self, offset: int) -> bool:
        """Whether `offset` stands inside a dateline."""
        if not self.datelines or offset >= self.datelines[-1][1]:  # most names stand after the only one
            return False
        i = bisect.bisect_right(self.datelines, (offset, len(self.text) + 1)) - 1
        return i >= 0 and self.datelines[i][0] <= offset < self.datelines[i][1]

    def in_one_paragraph(self, one: int, other: int) -> bool:
        """Whether both offsets stand in one paragraph."""
        return self.paragraph_at(one) == self.paragraph_at(other)

    def paragraph_at(self, offset: int) -> int:
        """The number of the paragraph in which `offset` stands."""
        spans = self.view.body.paragraphs
        return max(0, bisect.bisect_right(spans, (offset, len(self.text) + 1)) - 1)


def page(
    view: View,
    mentions: Sequence[Mention],
    times: Iterable[TimeExpression],
    dispatches: Sequence[Dispatch],
    author: str | None = None,
) -> Page:
    """Put what was found in the body of `view` in order, and find the trigger words.

    What stands inside the names of its `author` (several with spaces or commas between) is no trigger.
    """
    lang, body = view.lang, view.body
    bounds = sentences(view.folded, body.paragraphs, lang)
    named = _named(mentions, lang)
    after = listed("zh_named_after") if lang is Lang.ZH else ()
    known = [
        m
        for m in view.names
        if m.name.kind in _BODIES and m.inside is None and not view.folded.startswith(after, m.end)
    ]
    mine, signed = [], []
    for d in dispatches:
        mine += [(s.start, s.end, d) for s in d.spans if s.lang is lang]
        signed += [(s.start, s.end) for s in d.dateline if s.lang is lang]
    mine.sort(key=lambda x: x[:2])
    mine_times = (t for t in times if t.span.lang is lang and not _of_title(view.text, t))
    ordered = sorted(mine_times, key=lambda t: t.span.start)
    by = _bylines(view.text, author) if author else ()
    inside = covered(len(view.text), [*((n.start, n.end) for n in named), *signed, *by])
    cues = find_cues(view.folded, lang, bounds, covered=inside, words=view.words)
    return Page(
        view, lang, view.text, bounds, [s for s, _ in bounds], ordered, [t.span.start for t in ordered],
        named, [n.start for n in named], mentions, mine, [start for start, _, _ in mine], sorted(signed),
        layout(view, signed), cues, [c.start for c in cues], known, [n.start for n in known],
    )  # fmt: skip


def _of_title(text: str, time: TimeExpression) -> bool:
    """Whether it belongs to what a book or a paper is called: 《今日某国》."""
    return time.rule.startswith(_RELATIVE) and text.startswith("《", time.span.start - 1)


def _bylines(text: str, author: str) -> Iterator[tuple[int, int]]:
    """Where those who wrote it are named."""
    for name in _BETWEEN_NAMES.split(author):
        at = text.find(name) if len(name) > 1 else -1
        while at >= 0:
            yield at, at + len(name)
            at = text.find(name, at + len(name))


def covered(length: int, spans: Iterable[tuple[int, int]]) -> bytearray:
    """A byte a character of a text, not zero inside `spans`, where no trigger begins (names, datelines)."""
    marks = bytearray(length)
    for start, end in spans:
        marks[start:end] = b"\1" * (end - start)
    return marks


def _named(mentions: Iterable[Mention], lang: Lang) -> list[Named]:
    """What is named in the body of `lang`, in text order."""
    named: list[Named] = []
    for m in mentions:
        if m.kind is Kind.MEASURE:
            continue
        kind = _KINDS[m.kind]
        if m.kind is Kind.PLACE:
            kind = "country" if m.subkind in COUNTRIES else "continent" if m.subkind == "continent" else kind
        parties: dict[str, Party] = {}  # by their surfaces
        for f in m.finds:
            span = f.span
            if span.lang is not lang:
                continue
            if (party := parties.get(span.text)) is None:
                party = parties[span.text] = Party(span.text, m.key)
            named.append(Named(span.start, span.end, kind, party))
    named.sort(key=lambda n: (n.start, -n.end))
    return named
