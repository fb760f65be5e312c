"""When, where and who: what the sentence of a trigger word says of its happening."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from kg.mentions.events_cues import Cue
from kg.mentions.events_page import Named, Page
from kg.mentions.events_parties import parties_in
from kg.mentions.events_when import when
from kg.mentions.rules import load_section
from kg.model import EventType, Grain, Interval, Lang, Party

_PARTIES = 4
_PLACES = 3
_NEAR = 14  # characters: a place this near to its trigger is the trigger's own
# A trigger of these types stands right before the place it takes.
_TAKES_PLACE = frozenset(
    (
        EventType.CAPTURE,
        EventType.VISIT,
        EventType.DEPLOYMENT,
        EventType.RETREAT,
        EventType.BATTLE,
        EventType.AIR_RAID,
    )
)
_AT_DATELINE = frozenset(
    (EventType.TALKS, EventType.VISIT, EventType.CONFERENCE, EventType.AGREEMENT, EventType.SPORT)
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of one trigger's happening from its surroundings.

    ``own_place``: the place stands beside the trigger or is governed by a locative, and so tells this
    happening from others.  ``before``: somebody is named before the trigger who can have done it.
    """

    interval: Interval | None
    places: tuple[Party, ...]
    actors: tuple[Party, ...]
    own_place: bool
    before: bool
    said: bool


@functools.cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(load_section("events", "cues")[name])


def scene(page: Page, cue: Cue, year: int) -> Scene:
    """Time, places and actors of the happening that `cue` tells; `year` is the year of the issue."""
    start, end = page.bounds[cue.sentence]
    interval, said = when(page, cue)
    if cue.anniversary:
        interval = Interval(str(year - cue.anniversary), str(year - cue.anniversary), Grain.YEAR)
    named = page.named_in(start, end)
    places, own = _places(page, cue, named)
    if not places and _here(page, cue, start, end):
        places = _dateline_place(page, cue.start)
    actors, before = _actors(page, cue, named, {p.text for p in places})
    return Scene(interval, places, actors, own, before, said)


def _places(page: Page, cue: Cue, named: list[Named]) -> tuple[tuple[Party, ...], bool]:
    text = page.view.text
    ranked: list[tuple[int, int, Named]] = []
    for n in named:
        if n.kind not in ("place", "country"):
            continue
        distance = n.start - cue.end if n.start >= cue.end else cue.start - n.end
        rank = _rank(text, page.lang, cue, n, distance)
        if rank is not None:
            ranked.append((rank, distance, n))
    ranked.sort(key=lambda x: x[:2])
    own = bool(ranked) and ranked[0][0] < 2
    chosen = [r for r in ranked if r[0] < 2] or ranked
    return _distinct([n.party for _, _, n in chosen[:_PLACES]]), own


def _rank(text: str, lang: Lang, cue: Cue, n: Named, distance: int) -> int | None:
    """0: beside the trigger; 1: locative; 2: in the sentence; None: no place of it."""
    if lang is Lang.ZH:
        before = text[max(0, n.start - 2) : n.start]
        if cue.type in _TAKES_PLACE and 0 <= n.start - cue.end <= 2:
            return 0
        if before.endswith(_words("zh_locative")):
            return 0 if distance <= _NEAR else 1
    elif re.search(
        r"\b(?:in|at|from|to|near|on|of|off|into)(?: the)? $", text[max(0, n.start - 10) : n.start]
    ):
        return 0 if distance <= _NEAR * 3 else 1
    if n.kind == "country":
        return None
    return 1 if cue.type in _TAKES_PLACE and distance <= _NEAR else 2


def _here(page: Page, cue: Cue, start: int, end: int) -> bool:
    text = page.view.text[start:end]
    if any(w in text for w in _words("zh_here" if page.lang is Lang.ZH else "en_here")):
        return True
    return cue.type in _AT_DATELINE


def _dateline_place(page: Page, offset: int) -> tuple[Party, ...]:
    dispatch = page.dispatch_at(offset)
    if dispatch is None or dispatch.place is None:
        return ()
    for n in page.named:
        if n.party.mention == dispatch.place:
            return (n.party,)
    return ()


def _actors(page: Page, cue: Cue, named: list[Named], places: set[str]) -> tuple[tuple[Party, ...], bool]:
    """Those named before the trigger, the nearest and the first; then those after it in its clause."""
    start, end = page.bounds[cue.sentence]
    candidates = [n for n in named if n.kind in ("country", "unit") and n.party.text not in places]
    candidates += parties_in(page, start, end)
    candidates.sort(key=lambda n: (n.start, -n.end))
    kept: list[Named] = []
    for n in candidates:
        if not kept or n.start >= kept[-1].end:
            kept.append(n)
        elif n.end > kept[-1].end or n.kind == "unit":
            kept[-1] = n
    left = [n for n in kept if n.end <= cue.start]
    right = [n for n in kept if n.start >= cue.end]
    chosen = [*left[-1:], *left[:1], *right[:2], *left[1:-1]]
    return _distinct([n.party for n in chosen])[:_PARTIES], bool(left)


def _distinct(parties: list[Party]) -> tuple[Party, ...]:
    return tuple({p.mention or p.text: p for p in parties}.values())
