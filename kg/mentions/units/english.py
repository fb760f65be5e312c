"""What belongs to an English name of a force before and after it: Royal + Mokuban Navy, militia + of Jining.

The patterns are ``[beside.en]`` of ``rules/units.toml``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.mentions.units.formations import beside, stands
from kg.mentions.units.judging import PHRASE_RULE
from kg.mentions.view import View
from kg.model import Find, Lang

PLACED_RULE = "en-unit-placed"
_OUR, _NUMBERED = "en-unit-our", ("en-unit-numbered", "en-unit-traditional")
_NATIONAL = ("unit-dictionary", "en-unit-force", PLACED_RULE)
_GENERAL = frozenset(("en-unit-irregulars", "en-unit-local", "en-unit-branch", PHRASE_RULE))
_ROYAL, _OF = "Royal ", " of "


_en = functools.partial(beside, lang=Lang.EN)


def placed_forces(seen: View) -> Iterator[tuple[int, int, str]]:
    """The forces that an English text names by where they are from: Katanga gendarmes, Saigon troops."""
    for m in seen.names:
        if m.of_kind("place") is not None and (found := _en("placed").match(seen.text, m.end)) is not None:
            yield m.start, found.end(), "Force"


def preceded(seen: View, f: Find, places: Mapping[int, int]) -> Find:
    """A force with what its name begins with: Royal + Hellenic Air Force, Pakistan + 10th Division."""
    text, start = seen.text, f.span.start
    if f.rule in _NUMBERED:
        start = _numbered_from(seen, start, places)
    elif f.rule in _NATIONAL and text.startswith(_ROYAL, start - len(_ROYAL)):
        start -= len(_ROYAL)
    elif f.rule == PLACED_RULE and text[start - 1 : start] in ("-", "–"):  # Qinghe + -Qingping armed forces
        twin = _en("twin").search(text, max(0, start - 24), start)
        start = start if twin is None else twin.start()
    elif f.rule == _OUR and f.span.text[:1] == "O":  # a headline's Jiangmin + Our Army
        start = places.get(start - 1, start)
    return f if start == f.span.start else replace(f, span=seen.span(start, f.span.end))


def _numbered_from(seen: View, start: int, places: Mapping[int, int]) -> int:
    """Where a numbered formation begins: Traffic Police + 8th Column, Pakistan + 10th Division."""
    found = _en("before_number").search(seen.text, max(0, start - 30), start)
    start = start if found is None else found.start()
    owner = places.get(start - 1)
    if owner is None or _en("leading").search(seen.text, max(0, owner - 12), owner) is not None:
        return start  # in + Korea + 24th Division
    return owner


def with_owners(seen: View, finds: list[Find]) -> list[Find]:
    """Forces of general words with whose they are: militia + of Jining, puppet troops + of Zhang Dashan."""
    out, starts = [], None
    for f in finds:
        if f.rule in _GENERAL and f.count is None and seen.text.startswith(_OF, f.span.end):
            if starts is None:
                starts = {m.start: m.end for m, name in reversed(seen.places) if stands(seen, m, name)}
            end = _owner_end(seen, f, starts)
            f = f if end is None else replace(f, span=seen.span(f.span.start, end))
        out.append(f)
    return out


def _owner_end(seen: View, f: Find, places: Mapping[int, int]) -> int | None:
    """Where the name of the place, the district or the commander ends whose force it is."""
    if f.optional or _en("of_some").search(f.span.text) is None:
        return None
    begin = _en("of").match(seen.text, f.span.end)
    if begin is None:
        return None
    if (place := places.get(begin.end())) is not None:
        if (area := _en("area").match(seen.text, place)) is not None:
            return area.end()
        return None if _en("longer").match(seen.text, place) is not None else place  # East China + Field Army
    owner = _en("district").match(seen.text, begin.end())
    if owner is None and _en("led").match(f.span.text) is not None:
        owner = _en("commander").match(seen.text, begin.end())
    return None if owner is None else owner.end()
