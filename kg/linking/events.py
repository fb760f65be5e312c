"""Event reports: the known event each is or is part of, and the node that reports of one happening share."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.linking.context import Context
from kg.linking.knowledge import Knowledge, kilometres
from kg.model import (
    Article,
    EventLink,
    EventReport,
    Evidence,
    Item,
    Link,
    Party,
    Span,
    Understanding,
)
from kg.text import fold

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
# Of these, several can happen at one place on one day: parties tell them apart.
_BY_PARTIES = frozenset(
    {"talks", "visit", "agreement", "diplomatic_note", "appointment", "award", "sport", "conference"}
    | {"protest", "arrest", "trade"}
)
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
    _by_year: dict[int, list[Item]] = field(default_factory=dict)
    _at_time: dict[tuple[str, str], list[Item]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.knowledge.source.items():
            if item.kind == "event" and (item.start or item.end):
                first = int((item.start or item.end or "0")[:4])
                last = int((item.end or item.start or "0")[:4])
                for year in range(first, min(last, first + 60) + 1):
                    self._by_year.setdefault(year, []).append(item)
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
        item, evidence = self._known(report, scene)
        around = [e for e in self._during(scene) if item is None or e.id != item.id]
        inside = [e for e in around if self._contains(e, report, scene)]
        part_of = self._with_wholes(item, inside)
        event = item.id if item is not None else joined_key(article, report, links, self.knowledge)
        return EventLink(
            key=report.key,
            item=item.id if item is not None else None,
            part_of=part_of,
            event=event,
            confidence=0.9 if item is not None else report.confidence,
            evidence=evidence,
        )

    def _scene(self, report: EventReport, links: Mapping[str, Link], context: Context) -> _Scene:
        interval = report.interval
        start = (interval.start if interval else None) or (interval.end if interval else None)
        places = self._items(report.places, links)
        parties = self._items(report.actors, links)
        areas = frozenset(a for p in places for a in self.knowledge.ancestors(p.id))
        acting = {a for p in parties for a in (p.id, *self.knowledge.countries(p, context.day))}
        involved = set(acting)
        involved |= {c for p in places for c in self.knowledge.countries(p, context.day)}
        return _Scene(
            start=start or context.day,
            end=(interval.end if interval else None) or start or context.day,
            dated=start is not None,
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

    def _known(self, report: EventReport, scene: _Scene) -> tuple[Item | None, tuple[Evidence, ...]]:
        """The known event that this report is: named by a trigger, or the same type, time and place."""
        for trigger in report.triggers:
            named = self._named(trigger, scene)
            if named is not None:
                return named, (Evidence("named", 1.0, f"“{trigger.text}” is its name"),)
        if not scene.dated or not scene.places:
            return None, ()
        for item in self._during(scene):
            if item.subkind in _WHOLES:  # one report tells an episode of it, never the whole
                continue
            if _short(item) and _same_type(item, report) and self._at(item, scene):
                detail = f"same type, time and place as {item.label('en') or item.id}"
                return item, (Evidence("type_time_place", 0.9, detail),)
        return None, ()

    def _named(self, trigger: Span, scene: _Scene) -> Item | None:
        """The event that bears the name; of several the one nearest in time, none where two are as near."""
        found = {}
        for hit in self.knowledge.lookup(trigger.text, trigger.lang):
            item = self.knowledge.item(hit.item)
            if item is not None and item.kind == "event" and _before(item, scene):
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
                if where is None or where.subkind in _WIDE or place.subkind in _WIDE:
                    continue
                distance = kilometres(where, place)
                if distance is not None and distance < 15:
                    return True
        return False

    def _contains(self, event: Item, report: EventReport, scene: _Scene) -> bool:
        """Whether the report is an episode of the event: a war, a campaign, games …"""
        if event.subkind not in _CONTAINERS:
            return False
        if event.event_type is not None and not _episode(event, report):
            return False
        areas = set(event.places)
        if scene.places:
            if scene.areas & areas:
                if event.subkind in _ARMED and report.type.value not in _MILITARY:
                    return bool(scene.acting & set(event.parties))
                return self._involved(event, scene)
            if report.type.value in _MILITARY:
                return self._near(event, scene) and self._involved(event, scene)
            return False
        # Without a place the parties must tell, or the country that the article is about.
        known = set(event.parties) | areas
        if report.type.value in _MILITARY or event.subkind == "games":
            return bool(scene.parties & known) or bool(scene.near & known)
        return len(scene.parties & set(event.parties)) >= 2

    def _near(self, event: Item, scene: _Scene) -> bool:
        for id in event.places:
            where = self.knowledge.item(id)
            if where is None or where.subkind in _WIDE:
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
        return bool(about & set(event.parties)) or bool(scene.areas & set(event.places))

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
_WIDE = frozenset(["country", "historical_country", "continent", "region", "province", "sea", "ocean"])


def _days(event: Item) -> int:
    """Roughly how long the event lasted."""
    return _days_between(event.start or event.end or "", event.end or event.start or "")


@functools.lru_cache(maxsize=10_000)
def _days_between(start: str, end: str) -> int:
    def number(iso: str, *, last: bool) -> int:
        parts = [int(p) for p in iso.split("-")]
        month = parts[1] if len(parts) > 1 else (12 if last else 1)
        day = parts[2] if len(parts) > 2 else (31 if last else 1)
        return parts[0] * 372 + month * 31 + day

    return number(end, last=True) - number(start, last=False)


def _short(event: Item) -> bool:
    return _days(event) <= 120 and bool(event.start or event.end)


def _overlap(event: Item, scene: _Scene) -> bool:
    """Whether the times meet, each compared to what the coarser one knows."""
    start, end = event.start or event.end or "", event.end or event.start or "9999"
    return _cut(scene.end, start) and _cut(end, scene.start)


def _cut(later: str, earlier: str) -> bool:
    n = min(len(later), len(earlier))
    return later[:n] >= earlier[:n]


def _years_between(event: Item, scene: _Scene) -> float:
    """0 where the times meet, else the years from the one to the other; much where the event has no date."""
    if not (event.start or event.end):
        return 100
    if _overlap(event, scene):
        return 0
    start, end = event.start or event.end or "", event.end or event.start or ""
    earlier, later = (end, scene.start) if end < scene.start else (scene.end, start)
    return _as_years(later) - _as_years(earlier)


def _as_years(iso: str) -> float:
    year, month, day = (*iso.split("-"), "1", "1")[:3]
    return int(year) + int(month) / 12 + int(day) / 372


def _before(event: Item, scene: _Scene) -> bool:
    """An event that is named has at least begun, or begins within the year."""
    start = event.start or event.end or ""
    return not start or start[:4] <= scene.end[:4]


def _same_type(event: Item, report: EventReport) -> bool:
    return event.event_type is not None and event.event_type is report.type


def _episode(event: Item, report: EventReport) -> bool:
    """Whether a report of this type can be an episode of an event of that type."""
    whole = event.event_type.value if event.event_type else ""
    if event.subkind in ("war", "campaign", "operation", "crisis", "revolution"):
        return report.type.value in _MILITARY | _FAMILIES[1] | _FAMILIES[2] | {"construction"}
    return any(whole in f and report.type.value in f for f in _FAMILIES)


def joined_key(
    article: Article, report: EventReport, links: Mapping[str, Link], knowledge: Knowledge | None = None
) -> str:
    """The local name of the node that all reports of this happening share.

    A pure function of the report, so that articles can be converted in any order and on any number of
    machines: type, day and place; where several such things can happen at one place on one day, the
    parties too.  A report whose day or place is not known shares with nobody.  The place is the first that
    `knowledge` does not know to be a country or the like, else the first: one paper names the province too.
    """
    interval = report.interval
    day = interval.start if interval is not None else None
    where = _entity(_where(report.places, links, knowledge), links) if report.places else ""
    parties = sorted({_entity(p, links) for p in report.actors}) if report.type.value in _BY_PARTIES else []
    if day is None or len(day) < 10 or not (where or parties) or _lacks_parties(report, parties):
        parts = [article.id, report.key, report.type.value]
    else:
        parts = [report.type.value, day, where, *parties]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return f"{report.type.value.replace('_', '-')}-{(day or article.date.isoformat())[:10]}-{digest}"


def _where(places: tuple[Party, ...], links: Mapping[str, Link], knowledge: Knowledge | None) -> Party:
    if knowledge is not None:
        for place in places:
            link = links.get(place.mention or "")
            item = knowledge.item(link.item) if link is not None and link.item is not None else None
            if item is None or item.subkind not in _WIDE:
                return place
    return places[0]


def _lacks_parties(report: EventReport, parties: list[str]) -> bool:
    return report.type.value in _BY_PARTIES and not parties


def _entity(party: Party, links: Mapping[str, Link]) -> str:
    link = links.get(party.mention or "")
    return link.entity if link is not None else fold(party.text)
