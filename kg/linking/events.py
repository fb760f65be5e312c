"""Event reports: the known event each is or is part of, and the node that reports of one happening share."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.linking.context import Context
from kg.linking.happenings import WIDE, Happenings, acts
from kg.linking.knowledge import Knowledge, kilometres
from kg.model import (
    Article,
    EventLink,
    EventReport,
    EventType,
    Evidence,
    Interval,
    Item,
    Lang,
    Link,
    Party,
    Span,
    Understanding,
)

# Types that can be one and the same happening under another name.
_FAMILIES = (
    frozenset({"battle", "air_raid", "capture", "retreat", "deployment", "ceasefire"}),
    frozenset({"talks", "visit", "conference", "agreement", "diplomatic_note", "ceasefire"}),
    frozenset({"coup", "protest", "arrest", "killing", "battle"}),
    frozenset({"disaster", "accident"}),
    frozenset({"sport", "award"}),
    frozenset({"founding", "construction"}),
)
_MILITARY = _FAMILIES[0]
_CONTAINERS = frozenset(
    {"war", "campaign", "battle", "operation", "crisis", "revolution", "games", "conference", "movement"}
)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where, when and with whom a report plays, in items of the authority."""

    start: str
    end: str
    dated: bool
    places: tuple[Item, ...]
    areas: frozenset[str]
    parties: frozenset[str]
    acting: frozenset[str]
    near: frozenset[str]


@dataclass(slots=True)
class EventLinker:
    """Links event reports.  The known events are indexed by year once."""

    knowledge: Knowledge
    happenings: Happenings = field(init=False)
    _by_year: dict[int, list[Item]] = field(default_factory=dict)
    _at_time: dict[tuple[str, str], list[Item]] = field(default_factory=dict)
    _wholes_at: dict[tuple[str, str, EventType], list[Item]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        acting: list[Item] = []
        for item in self.knowledge.source.items():
            if acts(item):
                acting.append(item)
            if item.kind == "event" and (bounds := _bounds(item))[0]:
                first, last = int(bounds[0][:4]), int(bounds[1][:4])
                for year in range(first, min(last, first + 60) + 1):
                    self._by_year.setdefault(year, []).append(item)
        self.happenings = Happenings(self.knowledge, acting)
        for items in self._by_year.values():
            items.sort(key=lambda i: i.id)

    def link(
        self, article: Article, understanding: Understanding, links: Mapping[str, Link], context: Context
    ) -> tuple[EventLink, ...]:
        """One `EventLink` a report, in order."""
        return tuple(self._link(article, r, links, context) for r in understanding.events)

    def _link(
        self, article: Article, report: EventReport, links: Mapping[str, Link], context: Context
    ) -> EventLink:
        scene = self._scene(report, links, context)
        item, evidence = self._known(article, report, scene)
        around = [e for e in self._wholes(scene, report.type) if item is None or e.id != item.id]
        inside = [e for e in around if self._contains(e, report, scene)]
        part_of = self._with_wholes(item, inside)
        event = item.id if item is not None else self.happenings.name(article, report, links, part_of)
        return EventLink(
            key=report.key,
            item=item.id if item is not None else None,
            part_of=part_of,
            event=event,
            confidence=0.9 if item is not None else report.confidence,
            evidence=evidence,
        )

    def _scene(self, report: EventReport, links: Mapping[str, Link], context: Context) -> _Scene:
        start, end = _bounds(report.interval)
        places = self._items(report.places, links)
        parties = self._items(report.actors, links)
        areas = frozenset(a for p in places for a in self.knowledge.ancestors(p.id))
        acting = {a for p in parties for a in (p.id, *self.knowledge.countries(p, context.day))}
        involved = set(acting)
        involved |= {c for p in places for c in self.knowledge.countries(p, context.day)}
        return _Scene(
            start=start or context.day,
            end=end or context.day,
            dated=bool(start),
            places=places,
            areas=areas,
            parties=frozenset(involved),
            acting=frozenset(acting),
            near=frozenset(c for c, share in context.focus.items() if share >= 0.25),
        )

    def _items(self, parties: tuple[Party, ...], links: Mapping[str, Link]) -> tuple[Item, ...]:
        ids = [links[p.mention].item for p in parties if p.mention is not None and p.mention in links]
        return tuple(i for id in ids if id and (i := self.knowledge.item(id)) is not None)

    def _during(self, scene: _Scene) -> list[Item]:
        if not scene.start[:4].isdigit():
            return []
        time = (scene.start, scene.end)
        found = self._at_time.get(time)
        if found is None:
            if len(self._at_time) > _REMEMBER:
                self._at_time.clear()
            found = [e for e in self._by_year.get(int(scene.start[:4]), ()) if _overlap(e, scene)]
            self._at_time[time] = found
        return found

    def _wholes(self, scene: _Scene, type: EventType) -> list[Item]:
        """The events of that time that have episodes, and may have one of that type."""
        key = (scene.start, scene.end, type)
        found = self._wholes_at.get(key)
        if found is None:
            if len(self._wholes_at) > _REMEMBER:
                self._wholes_at.clear()
            found = [e for e in self._during(scene) if e.subkind in _CONTAINERS and _episode(e, type)]
            self._wholes_at[key] = found
        return found

    def _known(
        self, article: Article, report: EventReport, scene: _Scene
    ) -> tuple[Item | None, tuple[Evidence, ...]]:
        """The known event that this report is: named by a trigger, or the same type, time and place."""
        for trigger in report.triggers:
            for name in _names(article, report, trigger):
                named = self._named(name, trigger.lang, scene)
                if named is not None:
                    return named, (Evidence("named", 1.0, f"“{name}” is its name"),)
        if not scene.dated or not scene.places:
            return None, ()
        for item in self._during(scene):
            if item.subkind in _WHOLES:  # one report tells an episode of it, never the whole
                continue
            if not (_short(item) and _same_type(item, report) and self._at(item, scene)):
                continue
            if not item.parties or not scene.acting or not scene.acting.isdisjoint(item.parties):
                detail = f"same type, time and place as {item.label('en') or item.id}"
                return item, (Evidence("type_time_place", 0.9, detail),)
        return None, ()

    def _named(self, name: str, lang: Lang, scene: _Scene) -> Item | None:
        """The event that bears the name; of several the one nearest in time, none where two are as near.

        A name that many bear (停战协定, one being 停战协定（国共）) is that of the one only where it fits.
        """
        found = {}
        for hit in self.knowledge.lookup(name, lang):
            item = self.knowledge.item(hit.item)
            if item is None or item.kind != "event" or not _before(item, scene):
                continue
            if _qualified(item, hit.name) and not self._fits(item, scene):
                continue
            found[item.id] = item
        nearest = sorted((_years_between(item, scene), item.id) for item in found.values())
        if not nearest or (len(nearest) > 1 and nearest[0][0] == nearest[1][0]):
            return None
        return found[nearest[0][1]]

    def _at(self, event: Item, scene: _Scene) -> bool:
        """Whether the event happened at one of the scene's places, not merely in its country."""
        for id in event.places:
            where = self.knowledge.item(id)
            for place in scene.places:
                if place.id == id:
                    return True
                if where is None or where.subkind in WIDE or place.subkind in WIDE:
                    continue
                distance = kilometres(where, place)
                if distance is not None and distance < 15:
                    return True
        return False

    def _contains(self, event: Item, report: EventReport, scene: _Scene) -> bool:
        """Whether the report is an episode of the event (of :meth:`_wholes`): a war, a campaign, games …"""
        areas = event.places
        if scene.places:
            if not scene.areas.isdisjoint(areas):
                if event.subkind in _ARMED and report.type not in _MILITARY:
                    return not scene.acting.isdisjoint(event.parties)
                return self._involved(event, scene)
            if report.type in _MILITARY:
                return self._near(event, scene) and self._involved(event, scene)
            return False
        # Without a place the parties must tell, or the country that the article is about.
        known = {*event.parties, *areas}
        if report.type in _MILITARY or event.subkind == "games":
            return bool(scene.parties & known) or bool(scene.near & known)
        return len(scene.parties & set(event.parties)) >= 2

    def _near(self, event: Item, scene: _Scene) -> bool:
        for id in event.places:
            where = self.knowledge.item(id)
            if where is None or where.subkind in WIDE:
                continue
            for place in scene.places:
                distance = kilometres(where, place)
                if distance is not None and distance < 120:
                    return True
        return False

    def _involved(self, event: Item, scene: _Scene) -> bool:
        """No party of the event need be named, but if some are known, one should be about."""
        if not event.parties:
            return True
        about = scene.parties | scene.near
        return not (about.isdisjoint(event.parties) and scene.areas.isdisjoint(event.places))

    def _fits(self, event: Item, scene: _Scene) -> bool:
        """Whether the event was within a year of the report, and a party of it, or its land, is about."""
        if _years_between(event, scene) > 1:
            return False
        about = scene.parties | scene.areas | scene.near
        return not about.isdisjoint((*event.parties, *event.places)) or any(
            not about.isdisjoint(self.knowledge.ancestors(p)) for p in event.places
        )

    def _with_wholes(self, item: Item | None, inside: list[Item]) -> tuple[str, ...]:
        """The containing events and what they are part of, the narrowest first."""
        narrowest = sorted(inside, key=lambda e: (_days(e), e.id))[:3]
        found = dict.fromkeys(e.id for e in narrowest)
        for event in [*([item] if item is not None else []), *narrowest]:
            for whole in event.part_of:
                above = self.knowledge.item(whole)
                if above is not None and above.kind == "event":
                    found[whole] = None
        if item is not None:
            found.pop(item.id, None)
        return tuple(found)


_REMEMBER = 20_000  # times
_WHOLES = frozenset(["war", "campaign", "movement", "games"])
_ARMED = frozenset(["war", "campaign", "operation", "battle"])


def _bounds(time: Item | Interval | None) -> tuple[str, str]:
    """When it began and ended: the one stands for the other where that is unknown; empty where both are."""
    if time is None:
        return "", ""
    return time.start or time.end or "", time.end or time.start or ""


def _days(event: Item) -> int:
    """Roughly how long the event lasted."""
    return _days_between(*_bounds(event))


@functools.lru_cache(maxsize=10_000)
def _days_between(start: str, end: str) -> int:
    def number(iso: str, *, last: bool) -> int:
        parts = [int(p) for p in iso.split("-")]
        month = parts[1] if len(parts) > 1 else (12 if last else 1)
        day = parts[2] if len(parts) > 2 else (31 if last else 1)
        return parts[0] * 372 + month * 31 + day

    return number(end, last=True) - number(start, last=False)


def _short(event: Item) -> bool:
    return bool(_bounds(event)[0]) and _days(event) <= 120


def _overlap(event: Item, scene: _Scene) -> bool:
    """Whether the times meet, each compared to what the coarser one knows."""
    start, end = _bounds(event)
    return _cut(scene.end, start) and _cut(end, scene.start)


def _cut(later: str, earlier: str) -> bool:
    n = min(len(later), len(earlier))
    return later[:n] >= earlier[:n]


def _years_between(event: Item, scene: _Scene) -> float:
    """0 where the times meet, else the years from the one to the other; much where the event has no date."""
    start, end = _bounds(event)
    if not start:
        return 100
    if _overlap(event, scene):
        return 0
    earlier, later = (end, scene.start) if end < scene.start else (scene.end, start)
    return _as_years(later) - _as_years(earlier)


def _as_years(iso: str) -> float:
    year, month, day = (*iso.split("-"), "1", "1")[:3]
    return int(year) + int(month) / 12 + int(day) / 372


def _before(event: Item, scene: _Scene) -> bool:
    """An event that is named has at least begun, or begins within the year."""
    start, _ = _bounds(event)
    return not start or start[:4] <= scene.end[:4]


def _names(article: Article, report: EventReport, trigger: Span) -> Iterator[str]:
    """What it may be called: the trigger, and with whom or what stands right before it (日内瓦 + 会议)."""
    if trigger.lang is Lang.ZH and (body := article.body(Lang.ZH)) is not None:
        for party in (*report.places, *report.actors):
            if body.text.endswith(party.text, 0, trigger.start):
                yield party.text + trigger.text
    yield trigger.text


def _qualified(event: Item, name: str) -> bool:
    """Whether the event bears `name` only with something in brackets behind it."""
    return any(label.startswith((f"{name}（", f"{name} (")) for _, label in event.labels)


def _same_type(event: Item, report: EventReport) -> bool:
    return event.event_type is not None and event.event_type is report.type


def _episode(event: Item, type: EventType) -> bool:
    """Whether a report of this type can be an episode of the event; of one without a type any can."""
    if event.event_type is None:
        return True
    whole = event.event_type
    if event.subkind in ("war", "campaign", "operation", "crisis", "revolution"):
        return type in _MILITARY | _FAMILIES[1] | _FAMILIES[2] | {"construction"}
    return any(whole in f and type in f for f in _FAMILIES)
