"""Places: known names, known names with a geographic word after them, and new names by shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.mentions.judging import place_judge, probability
from kg.mentions.names import NameDictionary
from kg.mentions.rules import Shown
from kg.mentions.shapes import Candidate, candidates
from kg.mentions.view import View, view
from kg.mentions.words import Words
from kg.model import Body, Find, Kind, Lang

DICTIONARY_RULE = "place-dictionary"
NESTED_RULE = "place-nested"
_SURE, _SURE_SCORE = 0.3, 2.0  # a dictionary name of this prior is a place wherever words end where it ends
Scored = tuple[float, Candidate]


def find_places(seen: View) -> list[Find]:
    """The places of one body, in text order.

    A name inside that of an organisation, unit, source, person or event is optional.
    """
    return _english(seen) if seen.lang is Lang.EN else _chinese(seen)


def _chinese(seen: View) -> list[Find]:
    if seen.words is None:
        return []
    judge, covered = place_judge(), _covered(seen)
    scored, finds = [], []
    for c in candidates(seen.folded, seen.words, seen.names):
        score = judge(c, seen.folded, seen.words)
        if c.way == "dict" and not c.other and c.prior >= _SURE:
            score = max(score, _SURE_SCORE if _whole(c, seen.words) else -9.0)
        if c.nested or _inside(c, covered):
            if score > 0:
                finds.append(_find(seen, c, score, optional=True))
        else:
            scored.append((score, c))
    finds += [_find(seen, c, score, optional=False) for score, c in chosen(scored)]
    finds.sort(key=lambda f: (f.span.start, f.span.end))
    return finds


def chosen(scored: Iterable[Scored]) -> list[Scored]:
    """Of overlapping candidates that are more likely places than not, the likeliest."""
    taken: set[int] = set()
    out = []
    for score, c in sorted((x for x in scored if x[0] > 0), key=lambda x: (-x[0], x[1].start, x[1].end)):
        if c.start not in taken and c.end - 1 not in taken and taken.isdisjoint(range(c.start, c.end)):
            taken.update(range(c.start, c.end))
            out.append((score, c))
    return out


def _whole(c: Candidate, words: Words) -> bool:
    return c.end - c.start > 2 or (c.start in words.at and c.end in words.at)


def _covered(seen: View) -> list[tuple[int, int]]:
    """Where longer names of other kinds stand."""
    return [(m.start, m.end) for m in seen.names if m.inside is None and m.of_kind("place") is None]


def _inside(c: Candidate, covered: list[tuple[int, int]]) -> bool:
    return any(a <= c.start and c.end <= b and b - a > c.end - c.start for a, b in covered)


def _find(seen: View, c: Candidate, score: float, *, optional: bool) -> Find:
    return Find(
        Kind.PLACE,
        seen.span(c.start, c.end),
        c.rule,
        c.subkind,
        c.items,
        optional=optional,
        confidence=probability(score),
    )


def _english(seen: View) -> list[Find]:
    out = []
    for m in seen.names:
        name = m.of_kind("place")
        if name is None or (m.inside is not None and m.inside.of_kind("place") is not None):
            continue
        optional = m.inside is not None or m.name.kind != "place"
        rule = NESTED_RULE if optional else DICTIONARY_RULE
        span = seen.span(m.start, m.end)
        out.append(Find(Kind.PLACE, span, rule, name.subkind, name.items, optional=optional))
    return out


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in a short text when no name is known."""
    body = Body(lang, text, ((0, len(text)),))
    for f in find_places(view(body, NameDictionary.build(()))):
        if not f.optional:
            yield Shown(f.rule, f.span.text, f.subkind)
