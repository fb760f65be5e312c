"""What the archive of articles takes in and gives out: plain rows, free of SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kg.rdf.iris import is_qid
from kg.rdf.times import days_late


class MentionRow(NamedTuple):
    """An entity that an article mentions.  Several mentions of one entity and kind are one row.

    ``conflict``: at one of them the two languages name different things.

    There are a dozen an article, which pass between processes: a tuple is pickled in a tenth of the time.
    """

    entity: str
    kind: str
    subkind: str
    role: str | None
    verdict: str
    confidence: float
    item: str | None
    label_zh: str | None
    label_en: str | None
    optional: bool = False
    conflict: bool = False


class EventRow(NamedTuple):
    """An event report of an article; ``parties`` are ``(entity, "place" | "actor" | "source")``."""

    key: str
    event: str
    item: str | None
    type: str
    start: str | None
    end: str | None
    grain: str | None
    label: str
    confidence: float
    parties: tuple[tuple[str, str], ...] = ()
    part_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One converted article, ready to be written.

    ``date`` is the day it was printed.  ``claimed`` is the identity it claims by date, page and title
    (``id`` is longer where another article has the better claim).  ``doc`` is the compressed document of
    `kg.store.documents`; ``own`` and ``shared`` are compressed N-Triples: what the article owns, and what
    it says of nodes it shares with others.  ``search`` are its words for the full-text index, zh and en.
    """

    id: str
    claimed: str
    text_hash: str
    sha256: str
    origin: str
    date: str
    page: int | None
    form: str
    langs: str
    section: str | None
    column: str | None
    author: str | None
    title_zh: str | None
    title_en: str | None
    triples: int
    doc: bytes
    own: bytes
    shared: bytes
    search: tuple[str, str]
    mentions: tuple[MentionRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        """The year it was printed."""
        return int(self.date[:4])


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """An input that is not in the graph, because another holds the same article; it may be needed when that
    one goes.  ``doc`` is its document; None where the other has the very same bytes.
    """

    origin: str
    sha256: str
    claimed: str
    text_hash: str
    doc: bytes | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An authority item that the release uses, with its own triples (compressed) and names to complete."""

    id: str
    kind: str
    subkind: str
    label_zh: str | None
    label_en: str | None
    lat: float | None
    lon: float | None
    verified: bool
    triples: bytes
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article in a list."""

    id: str
    date: str
    page: int | None
    title_zh: str | None
    title_en: str | None
    section: str | None
    column: str | None
    langs: str
    cursor: str = ""
    snippets: tuple[tuple[str, str, tuple[tuple[int, int], ...]], ...] = ()  # lang, text, highlights
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of articles.  ``next`` is the cursor of the page after it, None at the end.

    ``total`` is exact where it is known without counting, else None.
    """

    articles: tuple[ArticleSummary, ...]
    next: str | None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with its document (`kg.store.documents` says what is in it)."""

    summary: ArticleSummary
    author: str | None
    form: str
    sha256: str
    origin: str
    doc: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EntitySummary:
    """An entity with the counts that were made when the release was built."""

    id: str
    kind: str
    subkind: str
    label_zh: str | None
    label_en: str | None
    item: str | None
    lat: float | None
    lon: float | None
    articles: int
    first: str | None
    last: str | None
    count: int = 0  # in lists of neighbours or facets: how often here
    verified: bool = False

    @property
    def wikidata(self) -> str | None:
        """The Wikidata item that it certainly is; None where there is none, or it was not checked."""
        return self.item if self.item and self.verified and is_qid(self.item) else None


@dataclass(frozen=True, slots=True)
class EventSummary:
    """A report of an event, with the article it stands in."""

    report: int
    key: str
    event: str
    item: str | None
    type: str
    start: str | None
    end: str | None
    grain: str | None
    label: str
    confidence: float
    article: str
    date: str
    title_zh: str | None
    title_en: str | None
    parties: tuple[tuple[str, str], ...] = ()
    part_of: tuple[str, ...] = ()
    cursor: str = ""

    @property
    def days_late(self) -> int | None:
        """How many days after it happened it was printed; None where the day is not known."""
        return days_late(self.date, self.end, self.grain)


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What narrows a list of event reports; all that are set must hold.

    ``since``/``until`` say when it happened; ``entities`` must all be places, actors or sources of the
    report, and ``within``, a place, or one that lies in it.  ``event`` is what they report, itself or a part.
    """

    type: str | None = None
    since: str | None = None
    until: str | None = None
    entities: tuple[str, ...] = ()
    within: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """An article that tells of the same as another: the rare things that both name, and if of one event."""

    article: ArticleSummary
    entities: tuple[str, ...]
    event: bool


@dataclass(frozen=True, slots=True)
class PlaceActivity:
    """A place on the map of everything: how many articles name it and events happened there, by year."""

    entity: EntitySummary
    articles: tuple[tuple[int, int], ...]
    events: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An entity whose links are unsure: in ``articles`` articles, with ``confidence`` on average.

    ``examples`` are some of those articles.  ``cursor`` leads to the next.
    """

    entity: EntitySummary
    kind: str
    articles: int
    confidence: float
    examples: tuple[str, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class Facets:
    """How many articles have each value; each list is sorted by count, years by year."""

    years: tuple[tuple[int, int], ...] = ()
    kinds: tuple[tuple[str, int], ...] = ()
    langs: tuple[tuple[str, int], ...] = ()
    event_types: tuple[tuple[str, int], ...] = ()
    sources: tuple[EntitySummary, ...] = ()
    places: tuple[EntitySummary, ...] = ()
    total: int = 0
    confidences: tuple[tuple[str, int], ...] = ()  # least confidence of a link: how many articles
    conflicts: tuple[tuple[str, int], ...] = ()  # kind of what the languages name differently; "" any


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What the articles of a set mention most; ``count`` of each says in how many of them.

    ``estimated`` are the entities whose count is scaled up from ``looked_at`` articles of the set.
    """

    entities: tuple[EntitySummary, ...]
    estimated: frozenset[str]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list of articles; all that are set must hold.

    ``since``/``until`` are ISO dates, inclusive.  ``entities`` must all be mentioned, and ``within``, a
    place, or one that lies in it.  ``kind``, ``role``, ``min_confidence`` and ``conflict`` (the languages
    name different things there) are said of one mention: of the first entity, where there is one.
    """

    year: int | None = None
    since: str | None = None
    until: str | None = None
    entities: tuple[str, ...] = ()
    within: str | None = None
    kind: str | None = None
    role: str | None = None
    event_type: str | None = None
    lang: str | None = None
    min_confidence: float | None = None
    page: int | None = None
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """A name offered while the reader types."""

    text: str
    lang: str
    entity: EntitySummary


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a full-text search found: articles, how many in all, and the facets of them all.

    ``ranked`` is how many of them were given a score, 0 where they come by day.
    """

    page: Page
    total: int
    facets: Facets = field(default_factory=Facets)
    ranked: int = 0
