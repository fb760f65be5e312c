"""Records of linking: what a mention or a report was taken for, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model.reading import Article
from kg.model.terms import Verdict
from kg.model.understanding import Understanding
from kg.records import quick


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
