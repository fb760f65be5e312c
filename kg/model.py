"""The records that pass between stages.

Data flows one way and every arrow carries one of these::

    file -> RawArticle -> Article -> Mention / Event -> Link -> triples -> Release -> server

All records are frozen and slotted, hold only built-in types and each other, and pickle, so that any
stage can run in another process.  Of those that an article has many of, :func:`kg.records.quick` makes the
making cheap.  Character offsets are code points into :attr:`Body.text`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from kg.records import quick


class Lang(StrEnum):
    """The two languages of the archive; the Chinese original is the senior witness."""

    ZH = "zh"
    EN = "en"


class Kind(StrEnum):
    """What a mention names.  The ontology has a class for each."""

    SOURCE = "source"
    PLACE = "place"
    UNIT = "unit"
    MEASURE = "measure"


class Role(StrEnum):
    """How a report uses a source; where a source has several roles the first of these wins."""

    DATELINE = "dateline"
    CITED = "cited"
    MENTIONED = "mentioned"


class Echelon(StrEnum):
    """The size of a military formation."""

    ARMY = "army"
    CORPS = "corps"
    DIVISION = "division"
    BRIGADE = "brigade"
    REGIMENT = "regiment"
    BATTALION = "battalion"
    COMPANY = "company"
    PLATOON = "platoon"
    SQUAD = "squad"
    FLEET = "fleet"
    SQUADRON = "squadron"
    FORCE = "force"
    OTHER = "other"


class EventType(StrEnum):
    """What happened; each type is a class of the ontology, mapped to a Wikidata class."""

    BATTLE = "battle"
    AIR_RAID = "air_raid"
    CAPTURE = "capture"
    RETREAT = "retreat"
    DEPLOYMENT = "deployment"
    CEASEFIRE = "ceasefire"
    COUP = "coup"
    PROTEST = "protest"
    ARREST = "arrest"
    KILLING = "killing"
    TALKS = "talks"
    VISIT = "visit"
    CONFERENCE = "conference"
    AGREEMENT = "agreement"
    DIPLOMATIC_NOTE = "diplomatic_note"
    APPOINTMENT = "appointment"
    FOUNDING = "founding"
    CONSTRUCTION = "construction"
    DISASTER = "disaster"
    ACCIDENT = "accident"
    SPORT = "sport"
    AWARD = "award"
    TRADE = "trade"


class Verdict(StrEnum):
    """A linker's decision: an item, decidedly none, or left open for a person."""

    LINKED = "linked"
    NIL = "nil"
    UNDECIDED = "undecided"


class Grain(StrEnum):
    """How finely a time is known."""

    HOUR = "hour"
    DAY = "day"
    TEN_DAYS = "ten_days"
    MONTH = "month"
    YEAR = "year"
    DECADE = "decade"


class Agreement(StrEnum):
    """What the two languages say of one mention."""

    AGREE = "agree"
    CONFLICT = "conflict"
    ZH_ONLY = "zh_only"
    EN_ONLY = "en_only"
    SINGLE = "single"  # the article has one language only


class Form(StrEnum):
    """The layout in which an article came."""

    BILINGUAL = "bilingual"
    CHINESE = "chinese"
    ENGLISH = "english"
    RECORD = "record"  # JSON Lines or Parquet with the same fields


# --- reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """A fault of the archive that the reader met and survived; becomes ``dl:readingNote``.

    ``code`` is one of :data:`kg.articles.notes.CODES` (for example ``invented-translation``).
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as the archive handed it over, decoded to text but not yet understood.

    ``origin`` says where it came from: ``path``, ``archive.zip!member`` or ``file.jsonl:17``.
    ``sha256`` is of the input bytes.  ``fields`` is set, instead of ``text``, for JSONL and Parquet.
    """

    origin: str
    sha256: str
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """An input that could not be read as an article; a line of ``rejects.jsonl``."""

    origin: str
    line: int | None
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Body:
    """The prose of one language: title first (unless the body repeats it), then the paragraphs.

    ``paragraphs`` are ``(start, end)`` offsets into ``text``; the title is paragraph 0.
    """

    lang: Lang
    text: str
    paragraphs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A parsed article.

    ``id`` is ``1953-12-14/4/1a2b3c4d``: date, page, hash of the title in the original language.
    ``date`` is what the header says; ``day_shift`` is added to it where the archive's dump is known to
    be a day early (see :attr:`printed`).  ``names`` are the pairs of a ``**Named Entities**`` list.
    ``alignment`` pairs paragraph indexes ``(zh, en, score)``; empty where there is one language or the
    translation is not to be trusted (``en`` is then kept for display, and ``witness_en`` is false).
    """

    id: str
    origin: str
    sha256: str
    form: Form
    date: dt.date
    page: int | None
    title_zh: str | None
    title_en: str | None
    zh: Body | None
    en: Body | None
    witness_en: bool
    section: str | None = None
    column: str | None = None
    author: str | None = None
    names: tuple[tuple[str, str], ...] = ()
    alignment: tuple[tuple[int, int, float], ...] = ()
    day_shift: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def printed(self) -> dt.date:
        """The day the paper was printed: the header's date, corrected for the daylight-saving slip."""
        return self.date + dt.timedelta(days=self.day_shift)

    def body(self, lang: Lang) -> Body | None:
        """The prose in `lang`, or None; English only where it is a trusted witness."""
        if lang is Lang.ZH:
            return self.zh
        return self.en if self.witness_en else None


# --- understanding ---------------------------------------------------------------------------------


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


# --- the authority ---------------------------------------------------------------------------------


STATES = frozenset(("country", "historical_country"))
"""The subkinds of places that are states, of today or of old."""


@dataclass(frozen=True, slots=True)
class Item:
    """What the authority knows of one item.

    ``id`` is a QID, or ``x-…`` for an item of ours without one.  ``kind`` is ``place``, ``source``,
    ``unit``, ``measure``, ``event``, ``person`` or ``organisation``; ``subkind`` is finer (``country``,
    ``river``, ``agency``, ``force``, ``war`` …; for events an :class:`EventType` may be given in
    ``event_type``).  ``labels`` holds one name a language, ``aliases`` more: ``(lang, text)`` pairs.
    ``start``/``end`` are ISO dates cut to what is known.  ``prior`` in [0, 1] says how likely the item
    is meant when nothing else is known (1: a state; 0.01: a hamlet).  Only ``verified`` items may be
    asserted as the same as a Wikidata item.
    """

    id: str
    kind: str
    subkind: str
    labels: tuple[tuple[str, str], ...]
    aliases: tuple[tuple[str, str], ...] = ()
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    part_of: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    p31: tuple[str, ...] = ()
    prior: float = 0.1
    verified: bool = True
    echelon: Echelon | None = None
    event_type: EventType | None = None
    parties: tuple[str, ...] = ()  # of events: items that took part
    places: tuple[str, ...] = ()  # of events: items where it happened
    unit_name: str | None = None  # of measures: the English singular (``kilometre``)
    factor: float | None = None  # of measures: one of it in the SI base unit

    def label(self, lang: str) -> str | None:
        """The label in `lang`, or None."""
        return dict(self.labels).get(lang)


@dataclass(frozen=True, slots=True)
class Name:
    """A name for the dictionary matcher: one string, one language, the items it may mean.

    ``kind``/``subkind`` as in :class:`Item`, of the best item.  ``text`` is as people write it;
    the matcher folds case, diacritics and traditional characters itself.
    """

    text: str
    lang: Lang
    kind: str
    subkind: str
    items: tuple[str, ...]
    prior: float = 0.1


# --- linking ---------------------------------------------------------------------------------------


@quick
@dataclass(frozen=True, slots=True)
class Evidence:
    """One readable reason: a feature's name, its value, and what it saw (`莱州省 is named nearby`)."""

    feature: str
    value: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """An item that was considered, with its probability."""

    item: str
    label: str
    score: float


@quick
@dataclass(frozen=True, slots=True)
class Link:
    """The decision for one mention (or event report), with the reasons.

    ``item`` is set for LINKED only.  ``entity`` is the local name of the entity in our graph, for every
    verdict: ``Q36027`` or ``place-1f3a…`` (shared by all articles that name the same NIL).
    """

    key: str
    verdict: Verdict
    item: str | None
    entity: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    judged: bool = False


@quick
@dataclass(frozen=True, slots=True)
class EventLink:
    """Which known event a report is (``item``), what it is part of, and the node it shares.

    ``event`` is the local name of the joined event node: ``event/<event>`` in the graph.
    """

    key: str
    item: str | None
    part_of: tuple[str, ...]
    event: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """Everything known of one article; the triples are a pure function of this and the authority."""

    article: Article
    understanding: Understanding
    links: tuple[Link, ...]
    event_links: tuple[EventLink, ...]
    authority_date: str
    extra: tuple[tuple[str, str], ...] = field(default=())

    def link(self, key: str) -> Link:
        """The link of the mention `key`; KeyError where there is none."""
        for link in self.links:
            if link.key == key:
                return link
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class NameHit:
    """What an authority answers for a surface: an item, the name that matched, and how.

    ``how`` is ``label``, ``alias``, ``generated`` (a derived form, as 莱州 from 莱州省) or ``folded``
    (equal only after folding case, diacritics or traditional characters).
    """

    item: str
    name: str
    lang: Lang
    how: str
    prior: float
