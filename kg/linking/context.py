"""What the whole article says that helps to link one mention: the date, the countries under discussion,
the places that are sure, the dateline.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.linking.beside import Neighbours
from kg.linking.candidates import Candidate
from kg.linking.knowledge import Knowledge, kilometres
from kg.model import STATES, Dispatch, Item, Kind, Mention


@dataclass(frozen=True, slots=True)
class Context:
    """The article around a mention.

    ``focus`` gives each country under discussion its share of the sure mentions, in 0..1; ``heard`` in 0..1
    says how much there was to hear (1: a place at least, 0.3: only 新华社).  ``anchors`` are
    places hardly in doubt, with their weight (of a very long article the weightiest).  ``named`` are the
    items of those, with their ancestors, each with the key of the mention that names it, "" if several do.
    ``dateline`` are the countries from which the article's dispatches were filed.  ``beside`` gives for a
    mention the items that the places right beside it may be, ``listed`` those that each place enumerated
    with it may be, ``after`` those that the place that it stands beside may be (:mod:`kg.linking.beside`).
    """

    day: str
    knowledge: Knowledge
    focus: Mapping[str, float] = field(default_factory=dict)
    heard: float = 0.0
    anchors: tuple[tuple[Item, float], ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    dateline: frozenset[str] = frozenset()
    beside: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    listed: Mapping[str, tuple[tuple[Item, ...], ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)

    def without(self, mention: Mention, chosen: Mapping[str, Candidate]) -> tuple[tuple[Item, float], ...]:
        """The anchors other than the mention's own."""
        own = chosen.get(mention.key)
        return tuple(a for a in self.anchors if own is None or a[0].id != own.item.id)


def sure(found: list[Candidate]) -> Candidate | None:
    """The candidate that hardly can be wrong by its name alone: the only one, or far the likeliest.

    A town and the province of its name do not contradict each other: either says where the article plays.
    """
    if not found:
        return None
    first = found[0]
    own = first.prior * first.match
    if own < 0.25:
        return None
    other = next((c for c in found[1:] if not in_one_spot(first.item, c.item)), None)
    return first if other is None or own > 4 * other.prior * other.match else None


def only(mention: Mention, found: list[Candidate]) -> Candidate | None:
    """The lesser place, a county mostly, that alone bears the name that the mention has."""
    if not found or mention.kind is not Kind.PLACE:
        return None
    first = found[0]
    if first.match < _GIVEN or first.item.prior < _KNOWN or first.item.lat is None:
        return None
    return first if all(in_one_spot(first.item, c.item) for c in found[1:]) else None


_GIVEN, _KNOWN = 0.9, 0.1
_LESSER = 0.4  # what it says of where a report plays, against what a sure place says
_SPOT = 150  # kilometres: from a town to the middle of its province or county


def in_one_spot(a: Item, b: Item) -> bool:
    """Whether the two are so near, in one country, that one may stand for the other."""
    apart = kilometres(a, b) if a.country == b.country else None
    return apart is not None and apart <= _SPOT


_ANCHORS = 64  # more than nearly any article has; each candidate is held against each of them


def _weightiest(anchors: list[tuple[Item, float]]) -> tuple[tuple[Item, float], ...]:
    """The anchors, or of too many those named most often, earlier ones first."""
    return tuple(heapq.nlargest(_ANCHORS, anchors, key=lambda a: a[1]))


def build_context(
    day: str,
    knowledge: Knowledge,
    mentions: Iterable[Mention],
    found: Mapping[str, list[Candidate]],
    dispatches: Iterable[Dispatch],
    near: Neighbours | None = None,
) -> Context:
    """The context that the sure mentions of an article make.

    `near` are the keys of the places beside the mentions and of those enumerated with them.
    """
    focus: dict[str, float] = {}
    total = 0.0
    anchors: list[tuple[Item, float]] = []
    named: dict[str, str] = {}
    chosen: dict[str, Candidate] = {}
    for mention in mentions:
        if mention.kind is Kind.MEASURE:
            continue
        weight = 1.0 + 0.2 * min(len(mention.finds), 10)
        candidate = sure(found[mention.key])
        if candidate is None and (candidate := only(mention, found[mention.key])) is not None:
            weight *= _LESSER
        speaking = candidate.item if candidate is not None else _state(mention, found[mention.key])
        if speaking is None:
            continue
        # A source or an army tells less of where a report plays than a place does.
        share = weight if mention.kind is Kind.PLACE else 0.3 * weight
        countries = knowledge.countries(speaking, day)
        total += share if countries else 0.0
        for country in countries:
            focus[country] = focus.get(country, 0.0) + share
        if candidate is None:
            continue
        chosen[mention.key] = candidate
        for above in knowledge.ancestors(candidate.item.id):
            named[above] = "" if above in named else mention.key
        if mention.kind is Kind.PLACE and candidate.item.lat is not None:
            anchors.append((candidate.item, weight))
    dateline = {
        country
        for dispatch in dispatches
        if dispatch.place in chosen
        for country in knowledge.countries(chosen[dispatch.place].item, day)
    }
    return Context(
        day=day,
        knowledge=knowledge,
        focus={c: w / max(total, _ENOUGH) for c, w in focus.items()},
        heard=min(1.0, total / _ENOUGH),
        anchors=_weightiest(anchors),
        named=named,
        dateline=frozenset(dateline),
        beside={
            key: tuple([item for other in others for item in _likely(found[other])])
            for key, others in (near.beside if near is not None else {}).items()
            if found[key]
        },
        after=_following(near, found),
        listed={
            key: tuple([tuple(items) for other in others if (items := _likely(found[other]))])
            for key, others in (near.listed if near is not None else {}).items()
            if found[key]
        },
    )


def _following(near: Neighbours | None, found: Mapping[str, list[Candidate]]) -> dict[str, tuple[Item, ...]]:
    """What the places may be that each land or town stands beside: 镇赉 of 吉林镇赉."""
    out: dict[str, tuple[Item, ...]] = {}
    for key, others in (near.beside if near is not None else {}).items():
        for other in others:
            if len(found[other]) > 1:
                out[other] = (*out.get(other, ()), *_likely(found[key]))
    return out


_ENOUGH = 1.2  # what one place weighs that is named once


def _state(mention: Mention, found: list[Candidate]) -> Item | None:
    """The state of which a name speaks that means it, or else no more than the land: 朝鲜."""
    if mention.kind is not Kind.PLACE:
        return None
    states = [item for item in _likely(found) if item.subkind in STATES]
    return states[0] if len(states) == 1 and states[0] is found[0].item else None


def _likely(found: list[Candidate]) -> list[Item]:
    """The items that a name may well mean, without regard to the text."""
    most = max([c.prior * c.match for c in found], default=0.0)
    return [c.item for c in found if c.prior * c.match * 4 > most]
