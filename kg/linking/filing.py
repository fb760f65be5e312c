"""What the words around a name rule out: a dateline names no state, a paper is of the land before it."""

from __future__ import annotations

from collections.abc import Mapping

from kg.linking.beside import Neighbours
from kg.linking.candidates import Candidate
from kg.linking.knowledge import Knowledge
from kg.model import STATES, Kind, Mention, Understanding

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
    found: Found, understanding: Understanding, near: Neighbours, knowledge: Knowledge, day: str
) -> dict[str, list[Candidate]]:
    """The candidates of all mentions; of a paper right after a state only those of that state.

    缅甸《人民报》 is none of the papers that are known by that name, if none of them is Burmese.
    """
    out = dict(found)
    for mention in understanding.mentions:
        others = near.beside.get(mention.key, ()) if mention.kind is Kind.SOURCE else ()
        lands = {
            country
            for other in others
            if found[other] and found[other][0].item.subkind in STATES
            for country in knowledge.countries(found[other][0].item, day)
        }
        if lands:
            out[mention.key] = [
                c
                for c in found[mention.key]
                if c.item.subkind not in _PRINTED
                or c.item.country is None
                or not lands.isdisjoint(knowledge.countries(c.item, day))
            ]
    return out
