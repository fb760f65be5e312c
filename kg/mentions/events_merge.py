"""From trigger words to happenings: what can be one and the same becomes one draft of a report."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.mentions.events_cues import Cue
from kg.mentions.events_page import Named, Page
from kg.mentions.events_scene import Scene, scene
from kg.mentions.rules import load_section
from kg.model import Article, Dispatch, EventType, Interval, Party, Span

# Several of these can be in one article on one day at one place: the parties tell them apart.
_BY_PARTIES = frozenset(
    (
        EventType.VISIT,
        EventType.TALKS,
        EventType.APPOINTMENT,
        EventType.AWARD,
        EventType.SPORT,
        EventType.TRADE,
    )
)
# Of these an article hardly tells two of the same place.
_ONCE = frozenset(
    (EventType.CAPTURE, EventType.RETREAT, EventType.CEASEFIRE, EventType.COUP, EventType.DISASTER)
)
_REACH = 2  # sentences: what stands further off tells it again only in the same words
_NAME = 3  # characters from which on a word (亚运会) names one happening
_OPEN = 40  # happenings of one type that a later word can still belong to
_MOST = 48  # words that are kept of one happening
_PARTIES = 6
_PLACES = 4


@dataclass(slots=True)
class Draft:
    """A report in the making: its cues with their scenes, in text order, and English triggers that joined."""

    type: EventType
    page: Page
    cues: list[Cue]
    scenes: list[Scene]
    dispatch: Dispatch | None
    english: list[Span] = field(default_factory=list)

    @property
    def lead(self) -> Cue:
        """The cue that stands for it: the strongest."""
        return max(self.cues, key=lambda c: c.strength)

    @property
    def sentence(self) -> tuple[int, int]:
        """Where the sentence of the first cue in the body stands, else of the first."""
        cue = next((c for c in self.cues if c.start >= self.page.title), self.cues[0])
        return self.page.bounds[cue.sentence]

    @property
    def interval(self) -> Interval | None:
        """The most exact time that a cue of it has, the first of them."""
        known = [s.interval for s in self.scenes if s.interval is not None]
        end = next((s.interval for s in self.scenes if s.ended and s.interval is not None), None)
        best = max(known, key=_exactness, default=None)
        return end if end is not None and best is not None and best.start in (None, end.end) else best

    @property
    def places(self) -> tuple[Party, ...]:
        """Its places, those beside a trigger first."""
        ordered = sorted(self.scenes, key=lambda s: not s.own_place)
        return _joined((p for s in ordered for p in s.places), _PLACES)

    @property
    def actors(self) -> tuple[Party, ...]:
        """Its parties, in text order."""
        return _joined((p for s in self.scenes for p in s.actors), _PARTIES)

    def triggers(self) -> Iterator[Span]:
        """The trigger words, Chinese first."""
        for c in self.cues:
            yield self.page.view.span(c.start, c.end)
        yield from self.english


def _exactness(interval: Interval) -> tuple[int, int]:
    return len(interval.start or ""), len(interval.end or "")


def _joined(parties: Iterator[Party], most: int) -> tuple[Party, ...]:
    return tuple({p.mention or p.text: p for p in parties}.values())[:most]


def drafts(page: Page, year: int) -> list[Draft]:
    """The happenings of one body, in the order of their first words in the body; headlines join last."""
    out: list[Draft] = []
    by_type: dict[EventType, list[Draft]] = {}
    known: dict[int, list[Named]] = {}
    body = [c for c in page.cues if c.start >= page.title]
    for cue in (*body, *(c for c in page.cues if c.start < page.title)):
        one = scene(page, cue, year, known)
        dispatch = page.dispatch_at(cue.start)
        like = by_type.setdefault(cue.type, [])
        joins = cue.joins and like and like[-1].dispatch == dispatch
        near = like[-1:] if joins else like[: -_OPEN - 1 : -1]
        home = next((d for d in near if joins or _same(d, page, cue, one, dispatch)), None)
        if home is None:
            like.append(Draft(cue.type, page, [cue], [one], dispatch))
            out.append(like[-1])
        elif len(home.cues) < _MOST:
            home.cues.append(cue)
            home.scenes.append(one)
            home.dispatch = home.dispatch or dispatch
    return out


def _same(draft: Draft, page: Page, cue: Cue, one: Scene, dispatch: Dispatch | None) -> bool:
    """Whether `cue` can tell the happening of `draft`: nothing that is known of both disagrees."""
    if bool(cue.anniversary) != bool(draft.lead.anniversary):
        return False
    if cue.anniversary:
        return one.interval == draft.interval
    headline = cue.start < page.title
    other = draft.dispatch is not None and dispatch is not None and draft.dispatch.key != dispatch.key
    if other and not headline and not _shared(draft, one):
        return False
    if any(_another(_word(page, c), _word(page, cue)) for c in draft.cues):
        return False
    if _attributive(page, cue) and any(_word(page, c) == _word(page, cue) for c in draft.cues):
        return True
    if not all(_same_time(one.interval, s.interval) for s in draft.scenes):
        return False
    if one.own_place and not all(_same_place(one.places, s.places) for s in draft.scenes if s.own_place):
        return False
    if not headline and not any(_follows(page, c, cue) for c in draft.cues) and not _shared(draft, one):
        return False
    near = any(abs(c.sentence - cue.sentence) <= 1 and _together(page, c, cue) for c in draft.cues)
    named = cue.end - cue.start >= _NAME and any(_word(page, c) == _word(page, cue) for c in draft.cues)
    if cue.type in _BY_PARTIES and not headline and not near and not named and one.actors:
        return bool(_keys(one.actors) & {k for s in draft.scenes for k in _keys(s.actors)})
    return True


def _another(a: str, b: str) -> bool:
    """Whether two words name gatherings of different kinds: a banquet and talks, a press conference."""
    one, two = _gathering(a), _gathering(b)
    return one is not None and two is not None and one != two


@functools.cache
def _gathering(word: str) -> int | None:
    """Which of the kinds of gathering of ``rules/events.toml`` the word names."""
    kinds = load_section("events", "cues")["zh_gatherings"]
    return next((n for n, words in enumerate(kinds) if word.endswith(tuple(words))), None)


def _attributive(page: Page, cue: Cue) -> bool:
    """Whether it only describes somebody by what was told: 被击落的飞机."""
    text = page.view.text
    return text.startswith("的", cue.end) and text.startswith("被", max(0, cue.start - 1))


def _shared(draft: Draft, one: Scene) -> bool:
    """Whether it is of a kind that happens to a place once in an article, and to the same place."""
    if draft.type not in _ONCE:
        return False
    return bool(_keys(one.places) & {k for s in draft.scenes for k in _keys(s.places)})


def _follows(page: Page, one: Cue, cue: Cue) -> bool:
    """Whether `cue` can still be about what `one` tells: it stands near, or is the same word."""
    if abs(one.sentence - cue.sentence) <= _REACH:
        return True
    return _word(page, one) == _word(page, cue)


def _word(page: Page, cue: Cue) -> str:
    return page.view.text[cue.start : cue.end]


def _together(page: Page, one: Cue, cue: Cue) -> bool:
    """Whether both stand in one paragraph."""
    return page.paragraph_at(one.start) == page.paragraph_at(cue.start)


def _keys(parties: tuple[Party, ...]) -> set[str]:
    return {p.mention or p.text for p in parties}


def _same_time(a: Interval | None, b: Interval | None) -> bool:
    if a is None or b is None or a.start is None or b.start is None:
        return True
    return a.start.startswith(b.start) or b.start.startswith(a.start)


def _same_place(a: tuple[Party, ...], b: tuple[Party, ...]) -> bool:
    if not a or not b:
        return True
    return any(x.mention == y.mention or x.text in y.text or y.text in x.text for x in a for y in b)


def join_english(article: Article, zh: Page, en: Page, found: list[Draft]) -> None:
    """Give each English trigger to the Chinese report of its type in the paragraph that it renders."""
    rendered: dict[int, set[int]] = {}
    for a, b, _ in article.alignment:
        rendered.setdefault(b, set()).add(a)
    told: dict[tuple[EventType, int], int] = {}  # the first of `found` of a type in a paragraph
    for number, draft in reversed([*enumerate(found)]):
        told.update(((draft.type, zh.paragraph_at(c.start)), number) for c in draft.cues)
    for cue in en.cues:
        paragraphs = rendered.get(en.paragraph_at(cue.start), ())
        fits = [told[cue.type, p] for p in paragraphs if (cue.type, p) in told]
        if fits and len(found[min(fits)].english) < _MOST:
            found[min(fits)].english.append(en.view.span(cue.start, cue.end))
