"""Places from which reports were filed: a dateline names the town, not the state of its name."""

from __future__ import annotations

from collections.abc import Mapping

from kg.linking.candidates import Candidate
from kg.model import STATES, Mention, Understanding


def settled(found: Mapping[str, list[Candidate]], understanding: Understanding) -> dict[str, list[Candidate]]:
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
