"""From a raw article to everything that a release keeps of it.

A `Converter` is made once a process (or once before forking) and is a pure function: the same input gives
the same `Converted`, byte for byte, wherever and in whatever order.
"""

from __future__ import annotations

import collections
import contextlib
import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from kg.articles import Claim, claim, parse, renamed
from kg.authority import open_authority
from kg.errors import DatelineError
from kg.linking.features import FEATURES
from kg.linking.judged import JudgedItems
from kg.linking.judgements import Judgements
from kg.linking.linker import Linker
from kg.mentions import Understander
from kg.model import Article, Item, LinkedArticle, RawArticle, Reject, Understanding
from kg.pipeline.fingerprint import fingerprint
from kg.pipeline.rows import article_row
from kg.pipeline.statistics import GraphStatistics
from kg.rdf import Minter, Writer
from kg.rdf.check import ensure
from kg.rdf.iris import is_qid
from kg.rdf.writer import ArticleTriples
from kg.settings import Settings
from kg.store.rows import ArticleRow

T = TypeVar("T")
U = TypeVar("U")
_Given = tuple[RawArticle | Article, str | None]  # what to convert; under which identity, if not its own
_Parsed = tuple[Claim, Article]
_Understood = tuple[Claim, Article, Understanding]
_Written = tuple[Claim, LinkedArticle, ArticleTriples]

TOGETHER = 32
"""Articles that go through a stage together: some 10 MB."""

# A fault of ours in one article must not end a run over a million: it is reported as a reject that says so.
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Understands(Protocol):
    """Text to mentions and events (`kg.mentions.Understander`)."""

    def understand(self, article: Article) -> Understanding:
        """What is found in `article`."""
        ...

    def understand_all(self, articles: Iterable[Article]) -> list[Understanding]:
        """The same for each of `articles`."""
        ...


class Links(Protocol):
    """Mentions to items (`kg.linking.linker.Linker`)."""

    def link(self, article: Article, understanding: Understanding) -> LinkedArticle:
        """The decisions for every mention and event report."""
        ...


class Items(Protocol):
    """What a build needs of an authority (`kg.authority.Authority`)."""

    @property
    def date(self) -> str:
        """ISO date."""
        ...

    @property
    def version(self) -> str:
        """Hash of the content."""
        ...

    def item(self, id: str) -> Item | None:
        """The item, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles to convert together: read anew, or (`again`) parsed before, under the identities given."""

    raws: tuple[RawArticle, ...] = ()
    again: tuple[tuple[Article, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Converted:
    """One article, converted: its row for the archive, its own lines, the lines it says of shared nodes."""

    row: ArticleRow
    own: bytes
    shared: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch.  ``seconds`` are CPU seconds by stage; ``counts`` of mentions by verdict;
    ``by_property`` and ``by_class`` of `kg.pipeline.statistics.GraphStatistics`.
    """

    articles: tuple[Converted, ...]
    rejects: tuple[Reject, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    by_property: dict[bytes, int] = field(default_factory=dict)
    by_class: dict[bytes, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Converter:
    """The stages in a row.  Make one with `Converter.load`, or of parts."""

    authority: Items
    understander: Understands
    linker: Links
    writer: Writer
    fingerprint: dict[str, str]
    judgements: bytes = b""

    @classmethod
    def load(cls, settings: Settings) -> Converter:
        """The converter that the settings ask for: opens the authority and builds the matcher (a second)."""
        with _without_collection():
            return cls._load(settings)

    @classmethod
    def _load(cls, settings: Settings) -> Converter:
        authority = open_authority(settings.authority)
        judgements = Judgements.load(settings.judgements_file)
        said = settings.judgements_file.read_bytes() if settings.judgements_file.is_file() else b""
        return cls(
            authority=JudgedItems(authority, judgements),
            understander=Understander(
                authority.names(),
                settings.newspaper,
                measures=authority.items("measure"),
                units=authority.items("unit"),
            ),
            linker=Linker(authority, judgements=judgements),
            writer=Writer(
                Minter(settings.base), settings.newspaper, settings.text_in_graph, frozenset(FEATURES)
            ),
            fingerprint=fingerprint(settings, authority.version, said),
            judgements=said,
        )

    def linked(self, article: Article) -> LinkedArticle:
        """Understand and link one article."""
        return self.linker.link(article, self.understander.understand(article))

    def read(self, raw: RawArticle) -> LinkedArticle | Reject:
        """Parse, understand and link one article: what ``annotate`` and ``inspect`` show."""
        article = parse(raw)
        return article if isinstance(article, Reject) else self.linked(article)

    def batch(self, batch: Batch) -> BatchResult:
        """Convert a batch."""
        return _BatchRun(self).run(batch)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Let the garbage collector rest: it would go again and again through names that come to stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _BatchRun:
    """One batch on its way, with its stop-watch.

    Some articles together go through one stage after the other: what a stage needs then stays in the caches
    of the processor, and it costs a fifth to a third less than with one article at a time.
    """

    def __init__(self, converter: Converter) -> None:
        self._converter = converter
        self._seconds: collections.defaultdict[str, float] = collections.defaultdict(float)
        self._counts: collections.Counter[str] = collections.Counter()
        self._statistics = GraphStatistics()

    def run(self, batch: Batch) -> BatchResult:
        done: list[Converted] = []
        rejects: list[Reject] = []
        given: list[_Given] = [*((raw, None) for raw in batch.raws), *batch.again]
        for start in range(0, len(given), TOGETHER):
            for outcome in self._convert(given[start : start + TOGETHER]):
                (rejects if isinstance(outcome, Reject) else done).append(outcome)  # type: ignore[arg-type]
        return BatchResult(
            tuple(done), tuple(rejects), dict(self._seconds), dict(self._counts),
            dict(self._statistics.by_property), dict(self._statistics.by_class),
        )  # fmt: skip

    def _convert(self, given: Sequence[_Given]) -> list[Converted | Reject]:
        origins = [one.origin for one, _ in given]
        parsed = self._each("parse", _parsed, given, origins)
        understood = self._understood(parsed, origins)
        linked = self._each("link", self._linked, understood, origins)
        written = self._each("write", self._written, linked, origins)
        checked = self._each("check", _checked, written, origins)
        return self._each("pack", self._packed, checked, origins)

    def _each(
        self, stage: str, work: Callable[[T], U | Reject], values: Iterable[T | Reject], origins: list[str]
    ) -> list[U | Reject]:
        """What a stage makes of each value; a reject stays one."""
        with self._watched(stage):
            return [
                value if isinstance(value, Reject) else _attempt(work, value, origin)
                for value, origin in zip(values, origins, strict=True)
            ]

    @contextlib.contextmanager
    def _watched(self, stage: str) -> Iterator[None]:
        started = time.process_time()
        try:
            yield
        finally:
            self._seconds[stage] += time.process_time() - started

    def _understood(self, parsed: list[_Parsed | Reject], origins: list[str]) -> list[_Understood | Reject]:
        """Together through the stages of understanding; one by one if there is a fault with any."""
        articles = [one[1] for one in parsed if not isinstance(one, Reject)]
        try:
            with self._watched("understand"):
                found = iter(self._converter.understander.understand_all(articles))
        except (DatelineError, *_FAULTS):
            return self._each("understand", self._understood_alone, parsed, origins)
        return [one if isinstance(one, Reject) else (*one, next(found)) for one in parsed]

    def _understood_alone(self, parsed: _Parsed) -> _Understood:
        return *parsed, self._converter.understander.understand(parsed[1])

    def _linked(self, understood: _Understood) -> tuple[Claim, LinkedArticle]:
        claimed, article, understanding = understood
        return claimed, self._converter.linker.link(article, understanding)

    def _written(self, linked: tuple[Claim, LinkedArticle]) -> _Written:
        return *linked, self._converter.writer.article(linked[1])

    def _packed(self, written: _Written) -> Converted:
        claimed, linked, triples = written
        row = article_row(linked, triples, claimed, self._converter.writer.explained)
        for link in linked.links:
            self._counts[link.verdict.value] += 1
            item = self._converter.authority.item(link.item) if link.item else None
            self._counts["wikidata"] += item is not None and item.verified and is_qid(item.id)
        self._counts["mentions"] += len(linked.links)
        self._counts["events"] += len(linked.event_links)
        self._statistics.add_graph(triples.graph)
        return Converted(row, triples.own, tuple(line.rstrip(b"\n") for line in triples.shared))


def _attempt(work: Callable[[T], U | Reject], value: T, origin: str) -> U | Reject:
    try:
        return work(value)
    except DatelineError as e:
        return Reject(origin, None, e.message, e.remedy)
    except _FAULTS as e:
        return _fault(origin, e)


def _parsed(given: _Given) -> _Parsed | Reject:
    one, id = given
    article = parse(one) if isinstance(one, RawArticle) else one
    if isinstance(article, Reject):
        return article
    return claim(article), article if id in (None, article.id) else renamed(article, id)


def _checked(written: _Written) -> _Written:
    _, linked, triples = written
    ensure(triples.graph, of=f"article {linked.article.id}")
    return written


def _fault(origin: str, error: BaseException) -> Reject:
    name = type(error).__name__
    return Reject(origin, None, f"a fault of Dateline's own: {name}: {error}", "report it with this article")
