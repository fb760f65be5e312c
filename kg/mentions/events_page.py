"""One language's prose as events are looked for in it: sentences, times, names, all in text order."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.mentions.events_cues import Cue, find_cues, sentences
from kg.mentions.view import View
from kg.model import Dispatch, Kind, Lang, Mention, Party, TimeExpression

COUNTRIES = frozenset(("country", "historical_country", "state", "empire", "historical country"))

_BODIES = frozenset(("person", "organisation"))
_KINDS = {k: k.value for k in Kind}


class Named(NamedTuple):
    """Something named: where it stands, what it is (``place``, ``country``, ``unit``, ``source``,
    ``person``, ``organisation``) and who it is.
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
    first_named: dict[str, Named]  # of each mention, by its key
    places: dict[str, Party]  # every surface of a place, in whatever language
    dispatches: list[tuple[int, int, Dispatch]]
    dispatch_starts: list[int]
    datelines: list[tuple[int, int]]  # of all dispatches, in text order
    title: int  # where the title and the headlines repeated in the body end
    cues: list[Cue]
    cue_starts: list[int]
    known: list[Named]  # persons and organisations of the dictionary
    parties: dict[int, list[Named]] = field(default_factory=dict)  # of the sentences asked for

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

    def named_around(self, start: int, at: int, end: int, before: int, after: int) -> list[Named]:
        """The last `before` mentions that begin in ``start:at`` and the first `after` in ``at:end``."""
        here = bisect.bisect_left(self.named_starts, at)
        low = bisect.bisect_left(self.named_starts, start, max(0, here - before), here)
        high = bisect.bisect_left(self.named_starts, end, here, min(here + after, len(self.named)))
        return self.named[low:high]

    def dispatch_at(self, offset: int) -> Dispatch | None:
        """The dispatch in which `offset` stands."""
        i = bisect.bisect_right(self.dispatch_starts, offset)
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

    def paragraph_at(self, offset: int) -> int:
        """The number of the paragraph in which `offset` stands."""
        spans = self.view.body.paragraphs
        return max(0, bisect.bisect_right(spans, (offset, len(self.text) + 1)) - 1)


def page(
    view: View,
    mentions: Sequence[Mention],
    times: Iterable[TimeExpression],
    dispatches: Sequence[Dispatch],
) -> Page:
    """Put what was found in the body of `view` in order, and find the trigger words."""
    lang, body = view.lang, view.body
    bounds = sentences(view.folded, body.paragraphs, lang)
    named, places = _named(mentions, lang)
    mine, signed = [], []
    for d in dispatches:
        mine += [(s.start, s.end, d) for s in d.spans if s.lang is lang]
        signed += [(s.start, s.end) for s in d.dateline if s.lang is lang]
    ordered = sorted((t for t in times if t.span.lang is lang), key=lambda t: t.span.start)
    at = [t.span.start for t in ordered]
    starts = [s for s, _ in bounds]
    first = {n.party.mention: n for n in reversed(named) if n.party.mention is not None}
    inside = covered(view, mentions, dispatches)
    mine.sort(key=lambda x: x[:2])
    cues = find_cues(view.folded, lang, bounds, covered=inside, words=view.words)
    return Page(
        view, lang, view.text, bounds, starts, ordered, at, named, [n.start for n in named], first, places,
        mine, [start for start, _, _ in mine], sorted(signed), _headlines(view), cues,
        [c.start for c in cues], _known(view),
    )  # fmt: skip


def covered(view: View, mentions: Iterable[Mention], dispatches: Iterable[Dispatch]) -> bytearray:
    """A byte a character, not zero inside names and datelines: no trigger begins there."""
    marks = bytearray(len(view.text))
    spans = [f.span for m in mentions if m.kind is not Kind.MEASURE for f in m.finds]
    for s in (*spans, *(s for d in dispatches for s in d.dateline)):
        if s.lang is view.lang:
            marks[s.start : s.end] = b"\1" * (s.end - s.start)
    return marks


def _known(view: View) -> list[Named]:
    """The persons and organisations of the dictionary, in text order."""
    return [
        Named(m.start, m.end, m.name.kind, Party(m.text))
        for m in view.names
        if m.name.kind in _BODIES and m.inside is None
    ]


def _named(mentions: Iterable[Mention], lang: Lang) -> tuple[list[Named], dict[str, Party]]:
    """What is named in the body of `lang`, in text order; and every surface of a place in either language."""
    named: list[Named] = []
    places: dict[str, Party] = {}
    for m in mentions:
        if m.kind is Kind.MEASURE:
            continue
        placed = m.kind is Kind.PLACE
        kind = "country" if placed and m.subkind in COUNTRIES else _KINDS[m.kind]
        parties: dict[str, Party] = {}  # by their surfaces
        for f in m.finds:
            span = f.span
            if not placed and span.lang is not lang:
                continue
            if (party := parties.get(span.text)) is None:
                party = parties[span.text] = Party(span.text, m.key)
                if placed:
                    places.setdefault(span.text, party)
            if span.lang is lang:
                named.append(Named(span.start, span.end, kind, party))
    named.sort(key=lambda n: (n.start, -n.end))
    return named, places


def _headlines(view: View) -> int:
    """Where the headlines end: the first paragraphs that do not end as sentences do."""
    end = 0
    for start, stop in view.body.paragraphs[:6]:
        text = view.text[start:stop].rstrip("　 \n")
        if start and (len(text) > 60 or text.endswith(("。", "！", "？", "：", ".", "”", "）"))):
            break
        end = stop
    return end
