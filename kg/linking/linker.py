"""The linker: for each mention a verdict, a confidence and reasons.

Every candidate gets a score, the weighted sum of its features; so does "there is no item".  A softmax
over them gives probabilities (a conditional logit, McFadden 1974), which a temperature calibrates.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg.linking.beside import neighbours
from kg.linking.candidates import Candidate, candidates
from kg.linking.context import Context, build_context, in_one_spot
from kg.linking.entities import nil_entity
from kg.linking.events import EventLinker
from kg.linking.features import (
    FEATURES,
    SMALL,
    Case,
    described,
    is_contingent,
    nil_vector,
    reason,
    vector,
)
from kg.linking.filing import papers_of_their_land, places_of_their_land, towns_of_datelines
from kg.linking.judgements import Decision, Judgement, Judgements
from kg.linking.knowledge import Knowledge
from kg.linking.ports import CandidateSource
from kg.linking.saying import said
from kg.linking.weights import Weights, default_weights
from kg.model import (
    Alternative,
    Article,
    Evidence,
    Item,
    Lang,
    Link,
    LinkedArticle,
    Mention,
    Understanding,
    Verdict,
)

_ALTERNATIVES = 3  # kept a link
_REASONS = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates of one mention with their probabilities; ``nil`` is that of there being no item."""

    mention: Mention
    cases: tuple[Case, ...]
    vectors: tuple[tuple[float, ...], ...]
    probabilities: tuple[float, ...]
    nil: float


@dataclass(slots=True)
class Linker:
    """Links articles against one authority.  One lives as long as its process."""

    authority: CandidateSource
    judgements: Judgements = field(default_factory=Judgements)
    weights: Weights = field(default_factory=default_weights)
    _knowledge: Knowledge = field(init=False)
    _events: EventLinker = field(init=False)

    def __post_init__(self) -> None:
        self._knowledge = Knowledge(self.authority)
        self._events = EventLinker(self._knowledge)

    def link(self, article: Article, understanding: Understanding) -> LinkedArticle:
        """Decide every mention and event report of the article."""
        scored, context = self.score(article, understanding)
        links = {s.mention.key: self._decide(s, article, context) for s in scored}
        return LinkedArticle(
            article=article,
            understanding=understanding,
            links=tuple(links.values()),
            event_links=self._events.link(article, understanding, links, context),
            authority_date=self.authority.date,
        )

    def score(self, article: Article, understanding: Understanding) -> tuple[list[Scored], Context]:
        """The candidates of every mention with their probabilities, and the context they were seen in."""
        day = article.printed.isoformat()
        named = {
            m.key: [] if is_contingent(m) else candidates(m, self._knowledge, day)
            for m in understanding.mentions
        }
        near = neighbours(article, understanding.mentions)
        found = towns_of_datelines(named, understanding)
        found = papers_of_their_land(found, article, understanding, near, self._knowledge)
        found = places_of_their_land(found, understanding, near, self._knowledge)
        context = build_context(
            day,
            self._knowledge,
            understanding.mentions,
            found,
            understanding.dispatches,
            near,
        )
        return [self._score(m, found[m.key], context) for m in understanding.mentions], context

    def _score(self, mention: Mention, found: Sequence[Candidate], context: Context) -> Scored:
        own = {c.item.id for c in found}
        anchors = tuple([a for a in context.anchors if a[0].id not in own]) if found else ()
        told = said(mention)
        cases = tuple([Case.of(mention, c, found, context, anchors, told) for c in found])
        vectors = tuple(vector(case) for case in cases)
        probabilities, nil = softmax(vectors, nil_vector(mention), self.weights)
        return Scored(mention, cases, vectors, probabilities, nil)

    def _decide(self, scored: Scored, article: Article, context: Context) -> Link:
        mention = scored.mention
        if self.judgements.all:
            surfaces = mention.surfaces(Lang.ZH) or mention.surfaces(Lang.EN)
            if said := self.judgements.on(mention.kind, surfaces, article.id, context.day):
                return self._judged(scored, article, context, said)
        return self._choose(scored, article, context)

    def _choose(self, scored: Scored, article: Article, context: Context) -> Link:
        mention = scored.mention
        ranked = ranking(scored)
        if not ranked or scored.nil >= ranked[0][0]:
            return self._without_item(scored, ranked, article, context)
        at, mass = _likeliest(ranked)
        probability, case, values = ranked.pop(at)
        ranked.insert(0, (probability, case, values))
        if mass < self.weights.link_from:
            return self._open(scored, ranked, probability, article, context)
        return Link(
            key=mention.key,
            verdict=Verdict.LINKED,
            item=case.item.id,
            entity=case.item.id,
            confidence=round(probability, 3),
            evidence=self._evidence(values),
            alternatives=alternatives(ranked[1:]),
        )

    def _without_item(self, scored: Scored, ranked: Ranked, article: Article, context: Context) -> Link:
        mention = scored.mention
        # An authority that does not know a name cannot tell that Wikidata has no item for it: only what is
        # described without a name, or too small to have one, is decided.
        decided = bool(ranked) or described(mention) or mention.subkind in SMALL
        return Link(
            key=mention.key,
            verdict=Verdict.NIL if decided else Verdict.UNDECIDED,
            item=None,
            entity=nil_entity(mention, article, context),
            confidence=round(scored.nil, 3) if ranked else (0.9 if decided else 0.5),
            evidence=(Evidence("no_item", round(scored.nil, 3), "no item of the authority fits"),),
            alternatives=alternatives(ranked),
        )

    def _open(
        self, scored: Scored, ranked: Ranked, probability: float, article: Article, context: Context
    ) -> Link:
        return Link(
            key=scored.mention.key,
            verdict=Verdict.UNDECIDED,
            item=None,
            entity=nil_entity(scored.mention, article, context),
            confidence=round(probability, 3),
            evidence=(Evidence("undecided", round(probability, 3), "no candidate is likely enough"),),
            alternatives=alternatives(ranked),
        )

    def _judged(
        self, scored: Scored, article: Article, context: Context, said: tuple[Judgement, ...]
    ) -> Link:
        """Obey: the last positive word wins; rejected items drop out and the rest decide again."""
        last = said[-1]
        detail = f"{last.decision.value} by {last.who or 'unknown'} on {last.when[:10]}"
        if last.decision is not Decision.REJECT:
            item = last.item if last.decision is not Decision.NIL else None
            return Link(
                key=scored.mention.key,
                verdict=Verdict.LINKED if item else Verdict.NIL,
                item=item,
                entity=item or nil_entity(scored.mention, article, context),
                confidence=1.0,
                evidence=(Evidence("judgement", 1.0, detail),),
                alternatives=alternatives([r for r in ranking(scored) if r[1].item.id != item]),
                judged=True,
            )
        gone = {j.item for j in said if j.decision is Decision.REJECT}
        left = [c.candidate for c in scored.cases if c.item.id not in gone]
        again = self._score(scored.mention, left, context)
        link = self._choose(again, article, context)
        return dataclasses.replace(
            link, evidence=(Evidence("judgement", 1.0, detail), *link.evidence), judged=True
        )

    def _evidence(self, values: tuple[float, ...]) -> tuple[Evidence, ...]:
        """The features that weighed most, for and against."""
        weighed = [
            (-abs(v * w), name, v)
            for name, v, w in zip(FEATURES, values, self.weights.item, strict=True)
            if v
        ]
        weighed.sort()
        return tuple([_said_by(name, round(v, 2)) for cost, name, v in weighed[:_REASONS] if cost < -0.05])


@functools.lru_cache(maxsize=8192)
def _said_by(feature: str, value: float) -> Evidence:
    return Evidence(feature, value, reason(feature))


Ranked = list[tuple[float, Case, tuple[float, ...]]]


def ranking(scored: Scored) -> Ranked:
    """The candidates, likeliest first; ties by item so that the order is the same everywhere."""
    rows = list(zip(scored.probabilities, scored.cases, scored.vectors, strict=True))
    rows.sort(key=lambda r: (-r[0], r[1].item.id))
    return rows


def _likeliest(ranked: Ranked) -> tuple[int, float]:
    """Which of the ranked to take, and how likely it or its like is.

    A town and the province of its name share what speaks for either; together they may be likelier than a
    namesake elsewhere.
    """
    first = ranked[0][0]
    if first >= _MOST or len(ranked) == 1:
        return 0, first
    best, mass = 0, 0.0
    for n, (_, case, _) in enumerate(ranked[:_ALTERNATIVES]):
        alike = sum([p for p, other, _ in ranked if other is case or in_one_spot(case.item, other.item)])
        if alike > mass + _EVEN:
            best, mass = n, alike
    return best, mass


_MOST, _EVEN = 0.5, 1e-9


def alternatives(ranked: Ranked) -> tuple[Alternative, ...]:
    """What else was considered."""
    return tuple(
        [
            Alternative(case.item.id, _label(case.item), round(p, 3))
            for p, case, _ in ranked[:_ALTERNATIVES]
            if p >= 0.005
        ]
    )


def _label(item: Item) -> str:
    return item.label("en") or item.label("zh") or item.id


def softmax(
    vectors: Sequence[tuple[float, ...]], nil: tuple[float, ...], weights: Weights
) -> tuple[tuple[float, ...], float]:
    """Probabilities of the candidates and of there being no item; they add up to 1."""
    scores = [_dot(weights.item, v) / weights.temperature for v in vectors]
    scores.append(_dot(weights.nil, nil) / weights.temperature)
    top = max(scores)
    raised = [math.exp(s - top) for s in scores]
    total = sum(raised)
    return tuple([r / total for r in raised[:-1]]), raised[-1] / total


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    products: Iterator[float] = map(operator.mul, a, b)
    return sum(products)
