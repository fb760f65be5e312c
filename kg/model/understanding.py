"""Records of understanding: what was found in an article."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from kg.model.reading import Note
from kg.model.terms import Agreement, Echelon, EventType, Grain, Kind, Lang, Role
from kg.records import quick


@quick
@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one language's body: ``body.text[start:end] == text``."""

    lang: Lang
    start: int
    end: int
    text: str


@quick
@dataclass(frozen=True, slots=True)
class Interval:
    """A resolved time: ISO dates cut to what is known (``1953-12-11``, ``1953-12``, ``1953``).

    Both ends are inclusive; ``None`` where the text does not tell.
    """

    start: str | None
    end: str | None
    grain: Grain


@quick
@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time in the text and what it resolves to (``None``: recognised but left open, as 农历 dates).

    ``clock`` is the time of day where one is given (``18:40``).
    """

    span: Span
    interval: Interval | None
    rule: str
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured amount: exact (``value``) or bounded (``min``/``max``); ``unit`` is the English
    singular name (``kilometre``), ``unit_item`` its Wikidata item, ``counted`` what is measured.
    """

    value: Fraction | None
    min: Fraction | None
    max: Fraction | None
    unit: str
    unit_item: str | None = None
    counted: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Find:
    """One occurrence of a name or measure, as a rule found it, before occurrences are grouped.

    ``items`` are the authority items that the name dictionary offers for this very string (may be
    empty: found by shape and context).  ``subkind`` is finer than ``kind``: ``country``, ``river``,
    ``agency``, ``newspaper``, ``force``, ``formation`` …
    """

    kind: Kind
    span: Span
    rule: str
    subkind: str = ""
    items: tuple[str, ...] = ()
    role: Role | None = None
    echelon: Echelon | None = None
    strength: int | None = None
    strength_min: bool = False  # the strength is a lower bound (二千多)
    count: Fraction | None = None  # how many formations: 四个连 is 4 companies
    count_min: bool = False
    quantity: Quantity | None = None
    optional: bool = False  # arguable: kept in the graph with low weight, not printed by annotate
    confidence: float = 1.0  # of being a mention of this kind at all


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two languages name different things at one place; the original wins."""

    zh: Span
    en: Span
    detail: str


@quick
@dataclass(frozen=True, slots=True)
class Mention:
    """Everything an article says of one entity of one kind: all its finds, in both languages.

    ``key`` is local to the article: ``place-3``.  Finds are in text order, Chinese first.
    ``items`` are the candidate items the dictionary offered, best evidence first, before linking.
    """

    key: str
    kind: Kind
    finds: tuple[Find, ...]
    subkind: str = ""
    items: tuple[str, ...] = ()
    role: Role | None = None
    echelon: Echelon | None = None
    strength: int | None = None
    strength_min: bool = False
    count: Fraction | None = None
    count_min: bool = False
    quantity: Quantity | None = None
    agreement: Agreement = Agreement.SINGLE
    conflicts: tuple[Conflict, ...] = ()
    confidence: float = 1.0

    @property
    def name(self) -> str:
        """The surface to call it by: the first Chinese one, else the first."""
        return self.finds[0].span.text

    def surfaces(self, lang: Lang) -> tuple[str, ...]:
        """The distinct surface strings in `lang`, in text order."""
        return tuple(dict.fromkeys([f.span.text for f in self.finds if f.span.lang is lang]))


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A part of an article with a dateline of its own.

    ``source``, ``place`` and ``chain`` are mention keys (``source-1``); ``chain`` are the sources cited
    inside, in the order of the text.  ``date`` is when the dispatch says it was filed.
    ``spans`` cover the dispatch, one per language at most.
    """

    key: str
    spans: tuple[Span, ...]
    dateline: tuple[Span, ...]
    rule: str
    source: str | None
    place: str | None
    date: dt.date | None
    chain: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Party:
    """Somebody or something an event involves: its surface, and the mention it is, if it is one."""

    text: str
    mention: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class EventReport:
    """A happening as one article reports it; triggers in both languages joined.

    ``key`` is local to the article: ``event-2``.  ``source`` is the mention key of the source that
    reports it; ``dispatch`` the dispatch it stands in.
    """

    key: str
    type: EventType
    triggers: tuple[Span, ...]
    interval: Interval | None
    places: tuple[Party, ...]
    actors: tuple[Party, ...]
    rule: str
    source: str | None = None
    dispatch: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was found in one article.

    ``times`` are those of the leading body (the Chinese one, else the English): what events are dated by.
    """

    mentions: tuple[Mention, ...]
    events: tuple[EventReport, ...]
    dispatches: tuple[Dispatch, ...]
    times: tuple[TimeExpression, ...]
    notes: tuple[Note, ...] = ()
