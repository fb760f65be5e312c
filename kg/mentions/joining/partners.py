"""Joining what is left alone in either language with its partner in the other.

In paragraphs that render each other, first by what the names say (:mod:`kg.mentions.joining.renderings`)
and how far into the paragraph they stand, then, where equally many are left, by their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from kg.mentions.aligned import one_to_one, rendering
from kg.mentions.joining.groups import Groups, Node
from kg.mentions.joining.renderings import NEVER, likeness
from kg.mentions.places.geography import bases
from kg.model import STATES, Article, Body, Echelon, Find, Kind, Lang

_RENDERED = (Kind.SOURCE, Kind.UNIT, Kind.PLACE)  # in order of how much is to be gained
_AT_MOST = 3  # so many left alone on either side are still paired by their order
_LIKELY = 1.0  # log-odds from which on two are one name
_UNLIKELY = -2.1  # at which units that are equally many are two
_APART = 1.5  # of standing at the two ends of a paragraph
_NEARBY, _CLAUSE = 0.15, 20  # of the length of a paragraph; or Chinese characters
_OTHER_SIZE, _ARGUABLE = -1.5, -0.25  # of another size or sort; if only one of them is arguable
_SAME_HEAD = 0.75  # of one sort
_MOST = 50  # so many of a paragraph are held against each other
_NO_SIZE = {None, Echelon.FORCE, Echelon.OTHER}
_ARMIES = {Echelon.ARMY, Echelon.CORPS}
_Places = dict[tuple[int, Kind], list[tuple[int, float]]]  # by paragraph and kind: nodes, how far into it


def join_partners(groups: Groups, article: Article, zh: Body, en: Body) -> None:
    """Join the groups of one language with those of the other."""
    alone = [(n.kind, n.lang) for i, n in enumerate(groups.nodes) if groups.alone(i)]
    kinds = {kind for kind, lang in alone if lang is Lang.ZH} & {
        kind for kind, lang in alone if lang is Lang.EN
    }
    if not kinds:
        return
    standing = _Standing(groups, article, zh, en, kinds)
    _join_renderings(groups, standing)
    _join_by_order(groups, standing)
    _join_measures(groups, standing)


class _Standing:
    """Where the nodes of some kinds stand that are alone: by paragraph and kind, in text order, and how far
    into the paragraph.
    """

    def __init__(self, groups: Groups, article: Article, zh: Body, en: Body, kinds: set[Kind]) -> None:
        self.rendering = rendering(article)
        self.one_to_one = tuple(one_to_one(article))
        self._paragraphs = zh.paragraphs
        self.zh, self.en = _by_paragraph(groups, zh, kinds), _by_paragraph(groups, en, kinds)

    def length(self, paragraph: int) -> int:
        """Characters of a Chinese paragraph, at least 1."""
        first, last = self._paragraphs[paragraph]
        return max(1, last - first)


def _join_renderings(groups: Groups, standing: _Standing) -> None:
    """What is still alone on both sides of paragraphs that render each other, and says the same."""
    proposed: dict[tuple[int, int], float] = {}
    for a, targets in standing.rendering.items():
        for kind in _RENDERED:
            ours = _alone(groups, standing.zh, [a], kind)
            theirs = _alone(groups, standing.en, targets, kind) if ours else []
            for (i, here), (j, there) in product(ours, theirs):
                score = _likely(groups.nodes[i], groups.nodes[j]) - _APART * abs(here - there)
                if score >= _LIKELY and score > proposed.get((i, j), 0.0):
                    proposed[i, j] = score
    for (i, j), _ in sorted(proposed.items(), key=lambda p: (-p[1], p[0])):
        if groups.alone(i) and groups.alone(j):
            groups.join(i, j)


def _alone(
    groups: Groups, standing: _Places, paragraphs: Iterable[int], kind: Kind
) -> list[tuple[int, float]]:
    found = (x for number in paragraphs for x in standing.get((number, kind), ()) if groups.alone(x[0]))
    return list(islice(found, _MOST))


def _likely(a: Node, b: Node) -> float:
    """How likely `b` renders `a`; see :mod:`kg.mentions.joining.renderings`."""
    if not _compatible(a, b):
        return NEVER
    first, second = a.finds[0], b.finds[0]
    if a.kind is Kind.PLACE:
        return _places(first, second)
    score = likeness(first.span.text, second.span.text)
    sizes = {first.echelon, second.echelon}
    if len(sizes) == 2 and not sizes & _NO_SIZE and sizes != _ARMIES:
        score += _OTHER_SIZE
    return score if first.optional == second.optional else score + _ARGUABLE


def _places(a: Find, b: Find) -> float:
    """How likely a place renders the other, by what its head word is and by the name before that."""
    if a.optional != b.optional:  # a part of another name
        return NEVER
    (ours, sort), (theirs, other) = bases(a.span.text, Lang.ZH)[-1], bases(b.span.text, Lang.EN)[-1]
    score = likeness(ours, theirs)
    if sort and other:
        score += _SAME_HEAD if sort == other else _OTHER_SIZE
    return score if sort and other else max(score, likeness(a.span.text, b.span.text))


def _join_by_order(groups: Groups, standing: _Standing) -> None:
    """What is still alone on both sides of a pair of paragraphs, and equally many, goes by its order."""
    for a, b in standing.one_to_one:
        for kind in _RENDERED:
            ours = groups.alone_of(_certain(groups, standing.zh.get((a, kind), ())))
            theirs = groups.alone_of(_certain(groups, standing.en.get((b, kind), ())))
            for i, j in _in_step(groups, ours, theirs, kind):
                groups.join(i, j)
            if kind is Kind.SOURCE:
                rest, left = groups.alone_of(ours), groups.alone_of(theirs)
                for i, j in _paired(groups, rest, left, _AT_MOST, NEVER):
                    groups.join(i, j)


def _join_measures(groups: Groups, standing: _Standing) -> None:
    """The only quantities in a unit that are alone on either side, about equally far into their paragraphs.

    They are given differently, which is a conflict of the two languages.
    """
    for a, b in standing.one_to_one:
        ours = _by_unit(groups, standing.zh.get((a, Kind.MEASURE), ()))
        theirs = _by_unit(groups, standing.en.get((b, Kind.MEASURE), ()))
        for unit in ours.keys() & theirs.keys():
            if len(ours[unit]) == len(theirs[unit]) == 1:
                (i, here), (j, there) = ours[unit][0], theirs[unit][0]
                if abs(here - there) <= max(_NEARBY, _CLAUSE / standing.length(a)):
                    groups.join(i, j)


def _by_unit(groups: Groups, standing: Iterable[tuple[int, float]]) -> dict[str, list[tuple[int, float]]]:
    out: dict[str, list[tuple[int, float]]] = {}
    for i, far in standing:
        quantity = groups.nodes[i].finds[0].quantity
        if quantity is not None and groups.alone(i):
            out.setdefault(quantity.unit, []).append((i, far))
    return out


def _certain(groups: Groups, standing: Iterable[tuple[int, float]]) -> list[int]:
    """What is no part of another name, and no state: English names those by adjectives too."""
    firsts = ((i, groups.nodes[i].finds[0]) for i, _ in standing)
    return [i for i, f in firsts if not f.optional and f.subkind not in STATES]


def _in_step(
    groups: Groups, ours: Sequence[int], theirs: Sequence[int], kind: Kind
) -> Iterator[tuple[int, int]]:
    """Pairs in order, among those of one sort (units: of one size) that are equally many."""
    most = 1 if kind is Kind.PLACE else _AT_MOST
    least = _UNLIKELY if kind is Kind.UNIT else NEVER
    for sort in dict.fromkeys(_sort(groups.nodes[i]) for i in ours):
        a = [i for i in ours if _sort(groups.nodes[i]) == sort]
        b = [j for j in theirs if _sort(groups.nodes[j]) == sort]
        yield from _paired(groups, a, b, most, least)


def _paired(
    groups: Groups, ours: Sequence[int], theirs: Sequence[int], most: int, least: float
) -> Iterator[tuple[int, int]]:
    """As many of one side as of the other, at most so many, in their order."""
    if len(ours) == len(theirs) <= most:
        yield from (
            (i, j)
            for i, j in zip(ours, theirs, strict=True)
            if _likely(groups.nodes[i], groups.nodes[j]) > least
        )


def _sort(n: Node) -> Echelon | str | None:
    """The size of a unit; of a place what its head word makes it; of a source whether it is a newspaper …."""
    first = n.finds[0]
    if n.kind is Kind.PLACE:
        return bases(first.span.text, n.lang)[-1][1]
    return first.subkind if n.kind is Kind.SOURCE else first.echelon


def _by_paragraph(groups: Groups, body: Body, kinds: set[Kind]) -> _Places:
    """The nodes of one language that are alone by the paragraphs in which they stand, in text order, with how
    far into it (0 to 1) they stand first.
    """
    starts = sorted(
        (f.span.start, i)
        for i, n in enumerate(groups.nodes)
        if n.lang is body.lang and n.kind in kinds and groups.alone(i)
        for f in n.finds
    )
    out: dict[tuple[int, Kind], dict[int, float]] = {}
    number = 0
    for start, i in starts:
        while number + 1 < len(body.paragraphs) and body.paragraphs[number + 1][0] <= start:
            number += 1
        first, last = body.paragraphs[number]
        listed = out.setdefault((number, groups.nodes[i].kind), {})
        listed.setdefault(i, (start - first) / max(1, last - first))
    return {key: list(listed.items()) for key, listed in out.items()}


def _compatible(a: Node, b: Node) -> bool:
    if a.kind is Kind.UNIT:
        counts = {a.finds[0].count, b.finds[0].count} - {None}
        return len(counts) < 2 and not (a.items and b.items)
    if not (a.items and b.items):
        return True
    # A translation mistakes one agency or paper for another, but hardly a station.
    return a.kind is Kind.SOURCE and a.finds[0].subkind == b.finds[0].subkind != "broadcaster"
