"""Places of an English text: known names, new ones that a head word or the Chinese vouches for, shapes.

What is known only faintly must be confirmed: by the Chinese original, or by the words before it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from kg.mentions.datelines import DatelineFind
from kg.mentions.names import NameMatch
from kg.mentions.places.english_names import (
    JOINED_RULE,
    EnglishName,
    english_shapes,
    head_after,
    of_organisation,
    part_of_name,
    placed,
    vehicle,
)
from kg.mentions.places.geography import geography
from kg.mentions.places.judging import probability
from kg.mentions.rules import load_section
from kg.mentions.view import View
from kg.model import STATES, Find, Kind

DICTIONARY_RULE = "place-dictionary"
NESTED_RULE = "place-nested"
PAIRED_RULE, TITLED_RULE = "place-en-paired", "place-en-titled"
DOUBTED = 0.2  # known names of less than this prior must be confirmed; so much confidence they have
_LESSER, _STATE, _SHAPED, _DATED = 0.6, 0.5, 2.0, 6.0
_JOINTS = (", and ", ", ", " and ", " or ", " to ", "-", "–", "—")
_AREAS = (" area", " region")


def english_places(
    seen: View, unknown: Iterable[EnglishName], paired: set[str], items: set[str] | None = None
) -> list[Find]:
    """The places of `seen`, in text order, those inside longer names optional.

    `unknown` are its capitalised names, `paired` those that render a Chinese place, `items` what the Chinese
    names (None if there is no Chinese).
    """
    known = list(_known(seen, seen.names))
    finds = [f for f in known if _confirmed(seen, f, paired, items)]
    told: set[int] = set()
    if items is not None:  # short words that name what the Chinese names: Pecs, beside 佩奇
        finds += [f for f in _known(seen, seen.faint) if not items.isdisjoint(f.items)]
        told = {f.span.start for f in finds}
        finds = _with_joined(seen, known, finds)
    taken = [(f.span.start, f.span.end) for f in finds]
    for n in unknown:
        if n.start in told or any(a < n.start and n.full <= b for a, b in taken):
            continue  # Iron Bridge of Yellow River Iron Bridge
        if n.head is not None and (n.score > 0 or n.text in paired):
            finds.append(_find(seen, n.start, n.full, n.head.name, n.head.type, n.score))
        elif n.text in paired:
            finds.append(_find(seen, n.start, n.end, PAIRED_RULE, "", 1.0))
        elif n.score > 0:
            finds.append(_find(seen, n.start, n.end, TITLED_RULE, "", n.score))
    for start, end, rule in english_shapes(seen):
        if any(a <= start and end <= b for a, b in taken):
            continue
        finds = [*_beside(finds, start, end, taken, keep=rule != JOINED_RULE)]
        finds.append(_find(seen, start, end, rule, "", _SHAPED))
    finds.sort(key=lambda f: (f.span.start, -f.span.end))
    return finds


def _beside(
    finds: Iterable[Find], start: int, end: int, known: Container[tuple[int, int]], *, keep: bool
) -> Iterator[Find]:
    """The finds without what a shape at ``start:end`` covers; of the known ones, if they stay, all."""
    for f in finds:
        apart = f.span.end <= start or f.span.start >= end
        if apart or (keep and (f.span.start, f.span.end) in known):
            yield f
        elif (f.span.start, f.span.end) in known:
            yield replace(f, optional=True)


def _with_joined(seen: View, known: Iterable[Find], finds: list[Find]) -> list[Find]:
    """The finds, and the lesser known names that are joined to one: Chaman in "at Chaman and Torkham"."""
    starts, ends = {f.span.start for f in finds}, {f.span.end for f in finds}
    more = []
    for f in known:
        if f.confidence != _LESSER or f.optional or f.span.start in starts:
            continue
        start, end = f.span.start, f.span.end
        before = any(start - len(j) in ends and seen.text.endswith(j, 0, start) for j in _JOINTS)
        if before or any(end + len(j) in starts and seen.text.startswith(j, end) for j in _JOINTS):
            more.append(f)
            ends.add(end)
    return finds + more


def _confirmed(seen: View, f: Find, paired: set[str], items: set[str] | None) -> bool:
    """A lesser place is believed if the Chinese names it too, or (where there is no Chinese, or its name has
    several words) the words before it expect a place.
    """
    if f.confidence > _LESSER or f.span.text in paired:
        return True
    if f.span.text.rpartition(" ")[2] in geography().english_heads and " " in f.span.text:
        return True
    if items is None or " " in f.span.text:
        return placed(seen.text, f.span.start) or not (items or set()).isdisjoint(f.items)
    return not items.isdisjoint(f.items)


def _known(seen: View, names: Iterable[NameMatch]) -> Iterator[Find]:
    demonyms = load_section("units", "words")["demonym"]
    for m in names:
        name = m.of_kind("place")
        if name is None or (m.inside is not None and m.inside.of_kind("place") is not None):
            continue
        if part_of_name(seen.text, m) or (name.prior < _STATE and m.text in demonyms):
            continue
        if name.subkind not in STATES and vehicle(seen.text, m.start, m.end):
            continue
        optional = m.inside is not None or m.name.kind != "place" or of_organisation(seen.text, m.end)
        rule = NESTED_RULE if optional else DICTIONARY_RULE
        if not optional and (found := head_after(seen.text, m.end)) is not None:
            end, trigger = found
            find = _find(seen, m.start, end, trigger.name, trigger.type, 2.0)
            area = seen.text[m.end : end] in _AREAS  # Ningxia + region is no other place
            yield replace(find, subkind=name.subkind, items=name.items) if area else find
            continue
        span, confidence = seen.span(m.start, m.end), _LESSER if name.prior < DOUBTED else 0.95
        yield Find(Kind.PLACE, span, rule, name.subkind, name.items, optional=optional, confidence=confidence)


def _find(seen: View, start: int, end: int, rule: str, subkind: str, score: float) -> Find:
    return Find(Kind.PLACE, seen.span(start, end), rule, subkind, confidence=probability(score))


def with_datelines(seen: View, finds: list[Find], datelines: Iterable[DatelineFind]) -> list[Find]:
    """`finds` with the places of datelines that are not among them."""
    for d in datelines:
        if d.place is None or any(f.span.start < d.place[1] and d.place[0] < f.span.end for f in finds):
            continue
        finds.append(_find(seen, *d.place, d.rule, "", _DATED))
    return sorted(finds, key=lambda f: (f.span.start, -f.span.end))
