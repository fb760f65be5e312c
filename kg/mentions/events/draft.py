"""A report in the making: the trigger words that tell one happening, with what is known of it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.mentions.events.cues import Cue
from kg.mentions.events.page import Page
from kg.mentions.events.parties import holds_office
from kg.mentions.events.scene import Scene, at_home, meant
from kg.mentions.events.setting import Settings
from kg.mentions.rules import load_section
from kg.model import Dispatch, EventType, Interval, Party, Span

_PARTIES = 6
_PLACES = 4


@dataclass(slots=True)
class Draft:
    """A report in the making: its cues with their scenes, in text order, and English triggers that joined.

    ``lead`` is the cue that stands for it, the first of the strongest.  What the next cue is held against is
    kept beside the cues: ``words``, what they say; ``kinds``, the gatherings these name; ``sentences`` in
    which they stand; ``starts``, the times told; ``beside``, the places told beside them; ``parties``,
    the keys of those who take part; ``figures`` and ``parts`` of the day, the marks beside them.
    """

    type: EventType
    page: Page
    settings: Settings
    cues: list[Cue]
    scenes: list[Scene]
    dispatch: Dispatch | None
    lead: Cue
    english: list[Span] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    kinds: set[int] = field(default_factory=set)
    sentences: set[int] = field(default_factory=set)
    starts: set[str] = field(default_factory=set)
    beside: list[tuple[Party, ...]] = field(default_factory=list)
    parties: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)

    def add(self, one: Scene) -> None:
        """Take in one more cue that tells it."""
        cue, interval = one.cue, one.interval
        self.cues.append(cue)
        self.scenes.append(one)
        self.dispatch = self.dispatch or one.dispatch
        if cue.entry.strength > self.lead.entry.strength:
            self.lead = cue
        self.words.add(one.word)
        if (kind := kind_told(one.word)) is not None:
            self.kinds.add(kind)
        self.sentences.add(cue.sentence)
        if interval is not None and interval.start is not None:
            self.starts.add(interval.start)
        if one.own_place and one.places:
            self.beside.append(one.places)
        if one.actors:
            self.parties |= keys(one.actors)
        if one.marks.figure:
            self.figures.add(one.marks.figure)
        if one.marks.part >= 0:
            self.parts.add(one.marks.part)

    @property
    def sentence(self) -> tuple[int, int]:
        """Where the sentence of the first cue stands: one in the body, if there is any."""
        return self.page.bounds[self.cues[0].sentence]

    @property
    def interval(self) -> Interval | None:
        """The most exact time that a cue of it has, the first of them; from the day on which it began up to
        that on which it ended.
        """
        best = end = start = None
        for one in self.scenes:
            if (known := one.interval) is not None:
                if best is None or _exactness(known) > _exactness(best):
                    best = known
                if end is None and one.ended:
                    end = known
                if start is None and one.began:
                    start = known
        if start is not None and best is not None and (start.start or "") < (best.end or ""):
            return Interval(start.start, (end or best).end, best.grain)
        if end is None or best is None:
            return best
        if best.start in (None, end.end):
            return end
        whole = len(best.start or "") == len(end.end or "") and (best.start or "") < (end.end or "")
        return Interval(best.start, end.end, best.grain) if whole else best

    @property
    def places(self) -> tuple[Party, ...]:
        """Its places, those beside a trigger first."""
        ordered = sorted(self.scenes, key=lambda s: not s.own_place)
        return _joined((p for s in ordered for p in s.places), _PLACES)

    @property
    def actors(self) -> tuple[Party, ...]:
        """Its parties, in text order: the named, then who acts without a name.

        An office (某国总统) is no more than whom the name beside it tells, where a person is named.
        """
        named = _joined((p for s in self.scenes for p in s.actors), _PARTIES)
        crowd = [p for s in self.scenes for p in s.crowd]
        if crowd and any(n.kind == "person" for c in self.cues for n in self.settings.of(c.sentence).parties):
            crowd = [p for p in crowd if not holds_office(p.text)]
        if named or crowd:
            home = () if named else [p for c in self.cues for p in at_home(self.settings, c)]
            return _joined(iter((*named, *crowd, *home[:1])), _PARTIES)
        return _joined((p for c in self.cues for p in meant(self.page, self.settings, c)), 1)

    def triggers(self) -> Iterator[Span]:
        """The trigger words, Chinese first."""
        for c in self.cues:
            yield self.page.view.span(c.start, c.end)
        yield from self.english


def _exactness(interval: Interval) -> tuple[int, int]:
    return len(interval.start or ""), len(interval.end or "")


def _joined(parties: Iterator[Party], most: int) -> tuple[Party, ...]:
    return tuple({p.mention or p.text: p for p in parties}.values())[:most]


@functools.cache
def kind_told(word: str) -> int | None:
    """Which of the kinds of ``rules/events.toml`` the word tells."""
    kinds = load_section("events", "cues")["zh_kinds"]
    return next((n for n, words in enumerate(kinds) if word.endswith(tuple(words))), None)


def keys(parties: tuple[Party, ...]) -> set[str]:
    """Who they are: the keys of their mentions, else their names."""
    return {p.mention or p.text for p in parties}
