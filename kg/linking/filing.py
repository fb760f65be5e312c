"""What the words around a name rule out: a dateline names no state, a paper is of the land before it."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from kg.linking.beside import Neighbours
from kg.linking.candidates import Candidate
from kg.linking.context import only, sure
from kg.linking.knowledge import Knowledge, kilometres
from kg.linking.tables import rows
from kg.model import STATES, Article, Item, Kind, Lang, Mention, Understanding

Found = Mapping[str, list[Candidate]]
_PRINTED = frozenset(("newspaper", "magazine"))


def towns_of_datelines(found: Found, understanding: Understanding) -> dict[str, list[Candidate]]:
    """The candidates of all mentions; of one that stands in datelines only no state where a town is another.

    新华社突尼斯十八日电 was filed from Tunis; where the text goes on to speak of 突尼斯, it is Tunisia.
    """
    mentions = {m.key: m for m in understanding.mentions}
    out = dict(found)
    for dispatch in understanding.dispatches:
        mention = mentions.get(dispatch.place or "")
        if mention is None or not _in_datelines(mention, understanding):
            continue
        towns = [c for c in found[mention.key] if c.item.subkind not in STATES]
        if towns:
            out[mention.key] = towns
    return out


def _in_datelines(mention: Mention, understanding: Understanding) -> bool:
    """Whether all that names it stands in datelines."""
    spans = [s for d in understanding.dispatches for s in d.dateline]
    return all(
        any(s.lang is f.span.lang and s.start <= f.span.start and f.span.end <= s.end for s in spans)
        for f in mention.finds
    )


def papers_of_their_land(
    found: Found, article: Article, understanding: Understanding, near: Neighbours, knowledge: Knowledge
) -> dict[str, list[Candidate]]:
    """The candidates of all mentions; of a paper right after a state or province only those of that state.

    缅甸《人民报》 is none of the papers that are known by that name, if none of them is Burmese, nor is
    陕西《共产党人》 the magazine of Moscow.  A state may be told in one character: 英《观察家报》.
    """
    out = dict(found)
    day = article.printed.isoformat()
    original = article.body(Lang.ZH)
    text = original.text if original is not None else ""
    for mention in understanding.mentions:
        others = near.beside.get(mention.key, ()) if mention.kind is Kind.SOURCE else ()
        lands = {
            country
            for other in others
            if found[other] and found[other][0].item.subkind in _LANDS
            for c in found[other]  # 南斯拉夫, the federation of the day or all states of that name
            for country in knowledge.lands(c.item, day)
        }
        if not lands and mention.kind is Kind.SOURCE and len(found[mention.key]) > 1:
            states = (knowledge.item(id) for id in _of_letter(mention, text))
            lands = {country for s in states if s is not None for country in knowledge.lands(s, day)}
        if lands:
            out[mention.key] = [
                c
                for c in found[mention.key]
                if c.item.subkind not in _PRINTED
                or c.item.country is None
                or not lands.isdisjoint(knowledge.countries(c.item, day))
            ]
    return out


def _of_letter(mention: Mention, text: str) -> tuple[str, ...]:
    """The states that one character right before a paper's name may mean."""
    for find in mention.finds:
        at = find.span.start
        if (
            find.span.lang is Lang.ZH
            and text[at - 1 : at] == "《"
            and (states := _letters().get(text[at - 2]))
        ):
            before = text[at - 3 : at - 2] if at > 2 else ""
            if not before.isalnum() or before in _LEADING:
                return states
    return ()


@functools.cache
def _letters() -> dict[str, tuple[str, ...]]:
    """Character -> the items of the states that it may mean."""
    return {letter: tuple(states.split(" ")) for letter, states in rows("letters.tsv")}


def places_of_their_land(
    found: Found, understanding: Understanding, near: Neighbours, knowledge: Knowledge
) -> dict[str, list[Candidate]]:
    """The candidates of all mentions; of a place right after a province or county none that lies far from it.

    江津县白沙 is not the county of Hainan that is called so.
    """
    out = dict(found)
    places = {m.key: m for m in understanding.mentions if m.kind is Kind.PLACE}
    for key, others in near.beside.items():
        if key not in places or not found[key]:
            continue
        for other in others:
            area = sure(found[other]) or only(places[other], found[other])
            if area is not None and area.item.subkind in _AREAS:
                out[key] = [c for c in out[key] if not _elsewhere(c.item, area.item, knowledge)]
    return out


def _elsewhere(item: Item, area: Item, knowledge: Knowledge) -> bool:
    """Whether a settlement lies neither in the area nor near it."""
    if item.subkind not in _SETTLED or item.id == area.id or area.id in knowledge.ancestors(item.id):
        return False
    apart = kilometres(item, area)
    return apart is not None and apart > _AREAS[area.subkind]


_LEADING = frozenset("据和与及见")
_LANDS = STATES | {"province"}
_SETTLED = frozenset(("city", "town", "county", "district", "village", "area"))
_AREAS = {"province": 800.0, "prefecture": 400.0, "county": 200.0}
"""Kilometres from the middle of an area from which on nothing lies in it, whatever it was once part of."""
