"""When, where and who: what the sentence of a trigger word says of its happening."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from kg.mentions.events_cues import Cue
from kg.mentions.events_page import Named, Page
from kg.mentions.events_parties import parties_in
from kg.mentions.events_when import when
from kg.mentions.rules import load_section
from kg.model import EventType, Grain, Interval, Lang, Party

_LOCATIVE_EN = re.compile(r"\b(?:in|at|from|to|near|on|of|off|into)(?: the)? $")
_HE = re.compile(r"[他她](?!们)")
_BEFORE, _AFTER = 12, 8  # names around a trigger that can have to do with it
_PARTIES = 4
_PLACES = 3
_POSTED = re.compile(r"[^，。；、]{0,6}?(?:大使|代表|使馆|公使|领事|代办|参赞|武官|记者)")  # 驻某国大使
_OPENING = 40  # characters of a dispatch in which it says where its news are from
_BESIDE = 2  # characters between a place and what is kept of it
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
# The word for one of these is named after its place: 拿骚协议.
_NAMED_AFTER = frozenset((EventType.CONFERENCE, EventType.AGREEMENT, EventType.DISASTER))
_AT_DATELINE = frozenset(
    (EventType.TALKS, EventType.VISIT, EventType.CONFERENCE, EventType.AGREEMENT, EventType.SPORT)
)


# Of these a country's own bodies are the actors, at home.
_AT_HOME = frozenset(
    (
        EventType.CONFERENCE, EventType.COUP, EventType.APPOINTMENT, EventType.ARREST, EventType.DISASTER,
        EventType.PROTEST, EventType.FOUNDING, EventType.CONSTRUCTION,
    )
)  # fmt: skip


class Scene(NamedTuple):
    """What is known of one trigger's happening from its surroundings.

    ``own_place``: the place stands beside the trigger or is governed by a locative, and so tells this
    happening from others; ``placed``: its sentence names a place at all.  ``before``: somebody is named
    before the trigger who can have done it.  ``ended``: the time is that of its end.
    """

    interval: Interval | None
    places: tuple[Party, ...]
    actors: tuple[Party, ...]
    own_place: bool
    placed: bool
    before: bool
    ended: bool


@functools.cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(load_section("events", "cues")[name])


@functools.cache
def _leading() -> frozenset[str]:
    """The last characters of what stands before a place and says something of it."""
    return frozenset(word[-1] for word in ("来自", "驻", *_words("zh_locative")))


def scene(page: Page, cue: Cue, year: int) -> Scene:
    """Time, places and actors of the happening that `cue` tells; `year` is the year of the issue."""
    start, end = page.bounds[cue.sentence]
    interval, ended = when(page, cue)
    if cue.anniversary:
        interval = Interval(str(year - cue.anniversary), str(year - cue.anniversary), Grain.YEAR)
    named = page.named_around(start, cue.start, end, _BEFORE, _AFTER)
    if cue.anniversary:  # it is kept here, but what is kept happened in the place that is named with it
        places, own = _kept(cue, named), False
    else:
        places, own = _places(page, cue, named)
    placed = bool(places)
    places = _distinct([*_told_by_word(page, cue), *places])
    here = not (own or cue.anniversary) and _says_here(page, start, end)
    if here or (not places and cue.type in _AT_DATELINE):
        places = _distinct([*_dateline_place(page, cue.start), *places])
    if not places and cue.type in _AT_HOME:
        places = _country(cue, named)
    places = places or _carried(page, cue)
    others = [n for n in named if n.kind in ("country", "unit")] + _parties(page, cue.sentence)
    actors, before = _actors(cue, others, {p.text for p in places})
    if not before and cue.sentence and page.lang is Lang.ZH and _HE.search(page.text, start, cue.start):
        meant = [n.party for n in _parties(page, cue.sentence - 1) if n.kind == "person"]
        actors, before = _distinct([*meant[:1], *actors])[:_PARTIES], bool(meant)
    return Scene(interval, places, actors, own, placed, before, ended)


def _parties(page: Page, sentence: int) -> list[Named]:
    """The parties of a sentence, looked for once."""
    found = page.parties.get(sentence)
    if found is None:
        found = page.parties[sentence] = parties_in(page, *page.bounds[sentence])
    return found


def _places(page: Page, cue: Cue, named: list[Named]) -> tuple[tuple[Party, ...], bool]:
    text = page.text
    ranked: list[tuple[int, int, Named]] = []
    for n in named:
        if n.kind not in ("place", "country") or page.in_dateline(n.start):
            continue
        distance = n.start - cue.end if n.start >= cue.end else cue.start - n.end
        rank = _rank(text, page.lang, cue, n, distance)
        if ranked and ranked[-1][0] < 2 and ranked[-1][2].end == n.start:
            rank, distance = ranked[-1][0], ranked[-1][1] - 1  # 湖北省洪湖市: the last is where
        if rank is not None:
            ranked.append((rank, distance, n))
    ranked.sort(key=lambda x: x[:2])
    own = bool(ranked) and ranked[0][0] < 2
    chosen = [r for r in ranked if r[0] < 2] or ranked
    return _distinct([n.party for _, _, n in chosen[:_PLACES]]), own


def _rank(text: str, lang: Lang, cue: Cue, n: Named, distance: int) -> int | None:
    """0: beside the trigger; 1: locative; 2: in the sentence; None: no place of it."""
    type = cue.type
    if lang is Lang.ZH:
        if type in _TAKES_PLACE and 0 <= n.start - cue.end <= 2:
            return 0
        if type in _NAMED_AFTER and n.end == cue.start and n.kind == "place":
            return 0
        if n.kind == "country" and text.startswith(_words("zh_body"), n.end):
            return None
        if text[n.start - 1 : n.start] in _leading():
            before = text[max(0, n.start - 2) : n.start]
            if before == "来自" or (before[-1] == "驻" and _POSTED.match(text, n.end)):
                return None
            if before.endswith(_words("zh_locative")):
                return 0 if distance <= _NEAR else 1
    elif _LOCATIVE_EN.search(text[max(0, n.start - 10) : n.start]):
        return 0 if distance <= _NEAR * 3 else 1
    if n.kind == "country":
        return None
    return 1 if type in _TAKES_PLACE and distance <= _NEAR else 2


def _told_by_word(page: Page, cue: Cue) -> tuple[Party, ...]:
    """The place that a trigger names by one character: 访华 is a visit to China, 离京 is from Peking."""
    if page.lang is not Lang.ZH or cue.type is not EventType.VISIT:
        return ()
    for sign, names in load_section("events", "inside").items():
        if sign in page.text[cue.start : cue.end]:
            known = next((page.places[n] for n in names if n in page.places), None)
            return (known or Party(names[0]),)
    return ()


def _kept(cue: Cue, named: list[Named]) -> tuple[Party, ...]:
    """Where that happened whose anniversary is kept: 昌都解放四十周年; else the country named."""
    beside = [n.party for n in named if n.kind in ("place", "country") and 0 <= cue.start - n.end <= _BESIDE]
    return tuple(beside[-1:]) or _country(cue, named)


def _country(cue: Cue, named: list[Named]) -> tuple[Party, ...]:
    """The country whose body acts (巴西参议院, 印度警察), where nothing else tells the place."""
    before = [n.party for n in named if n.kind == "country" and n.end <= cue.start]
    return tuple(before[-1:])


def _carried(page: Page, cue: Cue) -> tuple[Party, ...]:
    """The place told last in the sentence before, of the same paragraph."""
    start, _ = page.bounds[cue.sentence]
    if not cue.sentence or cue.start < page.title or page.lang is not Lang.ZH:
        return ()
    before, _ = page.bounds[cue.sentence - 1]
    if page.paragraph_at(before) != page.paragraph_at(start):
        return ()
    told = [n for n in page.named_in(before, start) if n.kind == "place" and not page.in_dateline(n.start)]
    return tuple(n.party for n in told[-1:])


def _says_here(page: Page, start: int, end: int) -> bool:
    """Whether the sentence says that it happened where the dispatch comes from."""
    return _here(page.lang).search(page.text, start, end) is not None


@functools.cache
def _here(lang: Lang) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _words("zh_here" if lang is Lang.ZH else "en_here"))))


def _dateline_place(page: Page, offset: int) -> tuple[Party, ...]:
    dispatch = page.dispatch_at(offset)
    if dispatch is None:
        return ()
    if dispatch.place is None:
        return _news_from(page, offset)
    named = page.first_named.get(dispatch.place)
    return (named.party,) if named is not None else ()


def _news_from(page: Page, offset: int) -> tuple[Party, ...]:
    """The place of the message that a dispatch without one passes on: 新华社十四日讯　墨西哥城消息."""
    start = next((s for s, end, _ in reversed(page.dispatches) if s <= offset < end), offset)
    for n in page.named_in(start, start + _OPENING):
        if n.kind == "place" and page.text.startswith(("消息", "讯"), n.end):
            return (n.party,)
    return ()


def _actors(cue: Cue, named: list[Named], places: set[str]) -> tuple[tuple[Party, ...], bool]:
    """Those named before the trigger, the nearest and the first; then those after it in its clause."""
    candidates = [n for n in named if n.kind not in ("country", "unit") or n.party.text not in places]
    if not candidates:
        return (), False
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
    if len(parties) < 2:
        return tuple(parties)
    return tuple({p.mention or p.text: p for p in parties}.values())
