"""One happening told by many articles: the name of the node that their reports share.

The name is a pure function of one report, so that articles can be converted in any order, on any number of
machines, and again one by one: nothing is compared with anything.  It is made only of what two papers that
tell the same happening hardly tell differently, its *signature*: the type, the day it began, and

* for what happens to a place: that place, the narrowest of those named first, by the stem of its name
  (莱州, 莱州市 and 莱州省 are one); a place as wide as a state with the states that act there;
* for what happens to a state (a coup, a ceasefire): the state, whichever of its towns is named;
* for what people and states do with each other: the states they act for and the best known person among
  them (or what their delegation is for, where nobody is known), not the whole list of guests; the place only
  where several such things happen on one day;
* for what is a session of a known conference: that conference.

A report whose signature is not complete has a node of its own: two nodes for one happening are a smaller
evil than one node for two.
"""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field

from kg.linking.knowledge import Knowledge, earlier_states, lives
from kg.linking.tables import rows
from kg.model import STATES, Article, EventReport, EventType, Item, Link, Party
from kg.text import fold

WIDE = frozenset(["country", "historical_country", "continent", "region", "province", "sea", "ocean"])
"""Kinds of places within which two things of a type can happen on one day."""

_STATEWIDE = frozenset((EventType.COUP, EventType.CEASEFIRE))
_BETWEEN_STATES = frozenset((EventType.AGREEMENT, EventType.DIPLOMATIC_NOTE))
_SENT = frozenset((EventType.DIPLOMATIC_NOTE,))  # two of a state's leaders may write on one day
_OF_PEOPLE = frozenset((EventType.TALKS, EventType.VISIT, EventType.APPOINTMENT, EventType.CONFERENCE))
# Of these nothing but the whole list tells one from another: matches, honours, trials, deals.
_BY_LIST = frozenset((EventType.SPORT, EventType.AWARD, EventType.ARREST, EventType.TRADE))
_STRIKE = ("罢", "怠工", "strike", "walkout")
_STEM = (
    "自治州", "自治区", "自治县", "特别市", "地区", "专区", "省", "市", "县", "城", "镇", "村", "州",
    " autonomous region", " province", " city", " county", " prefecture", " district",
)  # fmt: skip
_SENT_OUT = (
    "代表团",
    "访问团",
    "考察团",
    "访华团",
    "艺术团",
    "歌舞团",
    "使团",
    "球队",
    "delegation",
    "mission",
)
_LONGEST = 12  # characters of a name of a state or person with which that of a body may begin


def acts(item: Item) -> bool:
    """Whether it is a person or a state."""
    return item.kind == "person" or item.subkind in STATES


@dataclass(slots=True)
class Happenings:
    """Names the node of a report.  The names of the persons and states (:func:`acts`) are indexed once."""

    knowledge: Knowledge
    acting: InitVar[Iterable[Item]]
    _known: dict[str, Item] = field(default_factory=dict)

    def __post_init__(self, acting: Iterable[Item]) -> None:
        for item in sorted(acting, key=lambda i: (-i.prior, i.id)):
            for _, name in (*item.labels, *item.aliases):
                if len(name) > 1:
                    self._known.setdefault(fold(name), item)

    def name(
        self,
        article: Article,
        report: EventReport,
        links: Mapping[str, Link],
        part_of: Iterable[str] = (),
    ) -> str:
        """The local name of the node: ``capture-1953-12-11-…``, the rest a hash of its signature.

        `part_of` are the known events that hold the report, the narrowest first.
        """
        interval = report.interval
        day = interval.start if interval is not None else None
        signature = self._signature(report, day, links, part_of) if day and len(day) == 10 else None
        parts = (day or "", *signature) if signature else (article.id, report.key)
        digest = hashlib.sha256("\n".join((report.type.value, *parts)).encode()).hexdigest()[:12]
        return f"{report.type.value.replace('_', '-')}-{(day or article.date.isoformat())[:10]}-{digest}"

    def _signature(
        self, report: EventReport, day: str, links: Mapping[str, Link], part_of: Iterable[str]
    ) -> tuple[str, ...] | None:
        """What tells this happening from others of its type and day; None where that is not known."""
        kind = report.type
        place = self._principal(report.places, links)
        if kind in _STATEWIDE and place is not None and (state := self._state_of(place, links, day)):
            return "state", state
        if kind in _BY_LIST:
            parties = sorted({_entity(p, links) for p in report.actors})
            return ("list", self._stem(place, links), *parties) if parties else None
        if kind in _BETWEEN_STATES:
            return self._between(report, day, links)
        if kind in _OF_PEOPLE:
            return self._of_people(report, place, day, links, part_of)
        if place is None:
            return None
        where = self._stem(place, links)
        if kind is EventType.PROTEST:
            return ("strike" if _says_any(report, _STRIKE) else "crowd"), where
        item = self._item(place, links)
        if item is None or item.subkind not in WIDE or item.subkind == "province":
            return "at", where
        states = sorted(self._states_of(report.actors, links, day) - {item.id})
        return ("in", where, *states) if states else None

    def _between(self, report: EventReport, day: str, links: Mapping[str, Link]) -> tuple[str, ...] | None:
        states = sorted(self._states_of((*report.actors, *report.places), links, day))
        if len(states) > 1:
            person = self._best_known(report.actors, links) if report.type in _SENT else ""
            return ("states", person, *states)
        parties = sorted({_entity(p, links) for p in report.actors})
        return ("list", *parties) if parties else None

    def _of_people(
        self,
        report: EventReport,
        place: Party | None,
        day: str,
        links: Mapping[str, Link],
        part_of: Iterable[str],
    ) -> tuple[str, ...] | None:
        if report.type is EventType.CONFERENCE:
            for whole in part_of:
                item = self.knowledge.item(whole)
                if item is not None and item.subkind == "conference":
                    return "session", item.id
        home = self._state_of(place, links, day) if place is not None else ""
        abroad = sorted(self._states_of(report.actors, links, day) - {home})
        person = self._best_known(report.actors, links)
        if not abroad and not person:
            parties = sorted({_entity(p, links) for p in report.actors})
            return ("list", self._stem(place, links), *parties) if parties else None
        person = person or _mission(report.actors)
        where = home if report.type is EventType.VISIT and home else self._stem(place, links)
        if report.type is EventType.CONFERENCE:
            return "held", where, _noun(report), person, *abroad
        return "people", where, person, *abroad

    # --- places ---

    def _principal(self, places: tuple[Party, ...], links: Mapping[str, Link]) -> Party | None:
        """The first place that is narrower than a state and holds no other that is named; else the first."""
        items = [self._item(p, links) for p in places]
        for place, item in zip(places, items, strict=True):
            if item is None:
                return place
            holds = any(i and i.id != item.id and item.id in self.knowledge.ancestors(i.id) for i in items)
            if item.subkind not in WIDE and not holds:
                return place
        return places[0] if places else None

    def _stem(self, place: Party | None, links: Mapping[str, Link]) -> str:
        """The name of a place without the word for its kind, the same however it is written or linked."""
        if place is None:
            return ""
        item = self._item(place, links)
        name = fold((item.label("zh") or item.label("en") if item is not None else None) or place.text)
        return next((name[: -len(s)] for s in _STEM if name.endswith(s) and len(name) - len(s) > 1), name)

    # --- states and persons ---

    def _state_of(self, place: Party, links: Mapping[str, Link], day: str) -> str:
        item = self._item(place, links)
        return next(iter(self._states_in([item], day)), "") if item is not None else ""

    def _states_of(self, parties: Iterable[Party], links: Mapping[str, Link], day: str) -> set[str]:
        """The states for which the parties act, as far as that is known."""
        found = (self._item(p, links) or self._by_name(p.text) for p in parties)
        return set(self._states_in((i for i in found if i is not None), day))

    def _states_in(self, items: Iterable[Item], day: str) -> Iterator[str]:
        for item in items:
            id = item.id if item.subkind in STATES else item.country
            if id is not None:
                yield self._in_its_time(id, day)

    def _in_its_time(self, state: str, day: str) -> str:
        """The state that the land of a state of today was on `day`, where it was one: the Soviet Union."""
        known = [self.knowledge.item(e) for e in earlier_states().get(state, ())]
        living = [e.id for e in known if e is not None and lives(e, day)]
        whole = [e for e in living if e in _unions()] if len(living) > 1 else living
        return whole[0] if len(whole) == 1 else state

    def _by_name(self, text: str) -> Item | None:
        """The person or state with whose name the text begins: 周恩来总理, 加纳友好代表团."""
        name = fold(text)
        for end in range(min(len(name), _LONGEST), 1, -1):
            if (known := self._known.get(name[:end])) is not None:
                return known
        return None

    def _best_known(self, parties: tuple[Party, ...], links: Mapping[str, Link]) -> str:
        """The person of whom most is written: the one that no report leaves out."""
        found = (self._item(p, links) or self._by_name(p.text) for p in parties)
        people = {i.id: -i.prior for i in found if i is not None and i.kind == "person"}
        return min(people, key=lambda p: (people[p], p), default="")

    def _item(self, party: Party, links: Mapping[str, Link]) -> Item | None:
        link = links.get(party.mention or "")
        return self.knowledge.item(link.item) if link is not None and link.item is not None else None


@functools.cache
def _unions() -> frozenset[str]:
    """The states whose land belongs to several now: the Soviet Union, not one of its republics."""
    parts = Counter(e for earlier in earlier_states().values() for e in earlier)
    return frozenset(state for state, count in parts.items() if count > 1)


def _entity(party: Party, links: Mapping[str, Link]) -> str:
    link = links.get(party.mention or "")
    return link.entity if link is not None else fold(party.text)


def _mission(parties: Iterable[Party]) -> str:
    """What the first delegation among `parties` is for, as ``of trade``; empty where its name does not tell.

    It stands for the best known person where nobody is known: two delegations of a state that arrive on one
    day are two visits.
    """
    for party in parties:
        name = fold(party.text).lower()
        if any(word in name for word in _SENT_OUT):
            return next((f"of {kind}" for kind, words in _missions() if any(w in name for w in words)), "")
    return ""


@functools.cache
def _missions() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Kinds of delegations with the words that tell them."""
    return tuple((kind, tuple(fold(f"{zh}|{en}").split("|"))) for kind, zh, en in rows("missions.tsv"))


def _says_any(report: EventReport, words: Iterable[str]) -> bool:
    """Whether one of its triggers holds one of `words`."""
    return any(word in trigger.text for trigger in report.triggers for word in words)


def _noun(report: EventReport) -> str:
    """What a gathering is called, by the end of its longest word: 座谈会 and 会议 are different ones."""
    return max((t.text for t in report.triggers), key=len, default="")[-2:]
