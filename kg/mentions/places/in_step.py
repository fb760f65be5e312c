"""Names of places that stand at the same place of a sentence and of its rendering.

井里汶 is known, "Cheribon" is not, and they do not sound alike.  Where both stand between the same two names,
or alone in sentences that render each other, and words that lead to a place stand before the English one, it
is that one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.mentions.aligned import one_to_one
from kg.mentions.places.english_names import EnglishName
from kg.mentions.places.shapes import Candidate
from kg.mentions.places.witnesses import Pair
from kg.mentions.rules import load_section
from kg.model import STATES, Article, Body

_SENTENCES_ZH, _SENTENCES_EN = re.compile("[。！？]"), re.compile(r"[.!?][\"”’]?(?= [A-Z\"“]|$)")
_SCORE, _LIKENESS = 1.0, 0.5  # of such a pair: it says nothing of how the names sound
_LED, _MAYBE = (
    0.0,
    -0.6,
)  # scores of English names that are led to as places are, and of those that may be places
_MOST = 60  # names a paragraph that are looked at


class _Standing(NamedTuple):
    """A name where it first stands in a paragraph; ``free`` if it has no partner yet."""

    start: int
    text: str
    items: frozenset[str]
    free: bool


def in_step(
    article: Article,
    chinese: Iterable[tuple[float, Candidate]],
    english: Iterable[EnglishName],
    known: Iterable[tuple[int, str, tuple[str, ...]]],
    pairs: Sequence[Pair],
) -> Iterator[Pair]:
    """Known Chinese places with the unknown English names that stand where they do.

    `known` are the English dictionary places, as start, text and items; `pairs` those that sound alike.
    """
    if article.zh is None or article.en is None:
        return
    paired = {p.zh: p.en for p in pairs if p.score > 0}
    zh = _chinese(article.zh, chinese)
    en = _english(article.en, english, tuple(known), {*paired.values()})
    if not any(s.free and not s.items for row in en.values() for s in row):
        return
    ours = {i for row in zh.values() for s in row for i in s.items}
    theirs = {i for row in en.values() for s in row for i in s.items}
    for a, b in one_to_one(article):
        here = [s._replace(free=theirs.isdisjoint(s.items) and s.text not in paired) for s in zh.get(a, ())]
        there = [s._replace(free=s.free and ours.isdisjoint(s.items)) for s in en.get(b, ())]
        if any(s.free for s in here) and any(s.free for s in there):
            fixed = _fixed(here, there, paired) + _sentences(article.zh, a, article.en, b)
            yield from _alone_between(here, there, _rising(fixed))


def _chinese(body: Body, scored: Iterable[tuple[float, Candidate]]) -> dict[int, list[_Standing]]:
    known = sorted(
        (c.start, c.end, c.items)
        for score, c in scored
        # States are named by demonyms too: 印尼军 is no place in English.
        if score > 0 and c.way == "dict" and not c.nested and c.subkind not in STATES
    )
    return _by_paragraph(body, (_Standing(s, body.text[s:e], frozenset(i), True) for s, e, i in known))


def _english(
    body: Body,
    unknown: Iterable[EnglishName],
    known: Iterable[tuple[int, str, tuple[str, ...]]],
    paired: set[str],
) -> dict[int, list[_Standing]]:
    words = load_section("places", "english")
    no_names = {*load_section("units", "words")["demonym"], *words["ordinals"], *words["adjectives"]}
    rows = [_Standing(start, text, frozenset(items), True) for start, text, items in known]
    rows += [
        _Standing(n.start, n.text, frozenset(), n.text not in paired)
        for n in unknown
        if n.score >= _LED and n.text.rpartition(" ")[2] not in no_names
    ]
    # One that may be a place or not is in the way of all: it stands as a name of nothing.
    rows += [
        _Standing(n.start, n.text, frozenset(("",)), True)
        for n in unknown
        if _MAYBE <= n.score < _LED and n.text not in paired
    ]
    return _by_paragraph(body, sorted(rows))


def _by_paragraph(body: Body, rows: Iterable[_Standing]) -> dict[int, list[_Standing]]:
    starts = [start for start, _ in body.paragraphs]
    out: dict[int, list[_Standing]] = {}
    seen: set[tuple[int, str]] = set()
    for s in rows:
        number = bisect_right(starts, s.start) - 1
        if (number, s.text) not in seen and len(out.get(number, ())) < _MOST:
            seen.add((number, s.text))
            out.setdefault(number, []).append(s)
    return out


def _fixed(
    here: Sequence[_Standing], there: Sequence[_Standing], paired: Mapping[str, str]
) -> list[tuple[int, int]]:
    """Where names stand that are known to be each other's rendering."""
    return [
        (z.start, e.start)
        for z in here
        for e in there
        if paired.get(z.text) == e.text or not z.items.isdisjoint(e.items)
    ]


def _sentences(zh: Body, a: int, en: Body, b: int) -> list[tuple[int, int]]:
    """Where sentences end, if the two paragraphs have equally many."""
    ours = [m.end() for m in _SENTENCES_ZH.finditer(zh.text, *zh.paragraphs[a])]
    theirs = [m.end() for m in _SENTENCES_EN.finditer(en.text, *en.paragraphs[b])]
    return list(zip(ours, theirs, strict=True)) if len(ours) == len(theirs) else []


def _rising(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of points that is in the same order in both languages."""
    best: list[list[tuple[int, int]]] = []
    for point in sorted(set(points)):
        before = max(
            (run for run in best if run[-1][0] < point[0] and run[-1][1] < point[1]), key=len, default=[]
        )
        best.append([*before, point])
    return max(best, key=len, default=[])


def _alone_between(
    here: Sequence[_Standing], there: Sequence[_Standing], fixed: Sequence[tuple[int, int]]
) -> Iterator[Pair]:
    """The names without a partner that stand alone, in both languages, between two fixed points."""
    ours, theirs = [a for a, _ in fixed], [b for _, b in fixed]
    gaps: dict[int, tuple[list[_Standing], list[_Standing]]] = {}
    for side, (row, points) in enumerate(((here, ours), (there, theirs))):
        for s in row:
            if s.free:
                gaps.setdefault(bisect_right(points, s.start), ([], []))[side].append(s)
    for zh, en in gaps.values():
        if len(zh) == len(en) == 1 and not en[0].items:
            yield Pair(zh[0].text, en[0].text, _SCORE, _LIKENESS)
