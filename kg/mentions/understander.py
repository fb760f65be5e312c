"""Everything that is found in an article, or in some articles together, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.mentions.datelines import DatelineFind, find_datelines
from kg.mentions.dispatches import Opening, Sides, assemble, dated, day_notes, filed_at, openings, sides
from kg.mentions.events.finding import find_events
from kg.mentions.joining.grouping import group
from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import find_places
from kg.mentions.places.witnesses import Pair
from kg.mentions.quantities.finding import find_quantities
from kg.mentions.quantities.measures import Measures
from kg.mentions.sources.finding import NEWSPAPER, find_sources
from kg.mentions.times.finding import find_times
from kg.mentions.units.finding import find_units
from kg.mentions.view import View, matched, segmented, trusted
from kg.model import (
    Article,
    Dispatch,
    EventReport,
    Find,
    Item,
    Lang,
    Mention,
    Name,
    Note,
    TimeExpression,
    Understanding,
)


@dataclass(slots=True)
class Reading:
    """One article on its way through the stages: each sets what those after it read."""

    article: Article
    seen: tuple[View, ...] = ()
    signed: tuple[tuple[DatelineFind, ...], ...] = ()
    begun: tuple[tuple[Opening, ...], ...] = ()
    told: tuple[Sides, ...] = ()
    times: tuple[TimeExpression, ...] = ()
    finds: list[Find] = field(default_factory=list)
    pairs: tuple[Pair, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    events: tuple[EventReport, ...] = ()
    notes: tuple[Note, ...] = ()

    def understanding(self) -> Understanding:
        """What the stages have found."""
        return Understanding(self.mentions, self.events, self.dispatches, self.times, self.notes)


class Stage(NamedTuple):
    """A step of understanding: what it does to a reading depends on nothing but the reading."""

    name: str
    work: Callable[[Reading], None]


class Understander:
    """Reads articles.  Build it once (before forking) and call :meth:`understand` for each article, or, which
    takes a sixth less time, :meth:`understand_all` for some dozens together.

    `names` come from an authority (``open_authority().names()``), or are a dictionary built before.
    `newspaper` is the item of the archive's own paper: what 本报 means.  `measures` are the items of units
    of measurement (``open_authority().items("measure")``); without them no quantities are found.  `units`
    are the items of armed forces, for their echelons and whose they are.  ``stages`` are the steps in their
    order.
    """

    def __init__(
        self,
        names: Iterable[Name] | NameDictionary,
        newspaper: str = NEWSPAPER,
        *,
        measures: Iterable[Item] | Measures = (),
        units: Iterable[Item] = (),
    ) -> None:
        if not isinstance(names, NameDictionary):
            names = NameDictionary.build(n for n in names if n.kind != "measure")
        self._names = names
        self._newspaper = newspaper
        self._measures = measures if isinstance(measures, Measures) else Measures(measures)
        units = tuple(units)
        self._echelons = {i.id: i.echelon for i in units if i.echelon is not None}
        self._countries = {i.id: i.country for i in units}
        self.stages = (
            Stage("known names", self._match),
            Stage("words", _segment),
            Stage("datelines", _sign),
            Stage("times", _date),
            Stage("quantities", self._quantify),
            Stage("sources", self._source),
            Stage("units", self._arm),
            Stage("places", _place),
            Stage("grouping", _group),
            Stage("dispatches", _assemble),
            Stage("events", _report),
        )

    def understand(self, article: Article) -> Understanding:
        """The mentions, events, dispatches and times of `article`; a pure function of it and the names."""
        return self.understand_all((article,))[0]

    def understand_all(self, articles: Iterable[Article]) -> list[Understanding]:
        """The same for each of `articles`, which go through one stage after the other together: what a stage
        needs (automata, patterns, code) is then in the processor's caches for all but the first.
        """
        readings = [*map(Reading, articles)]
        for stage in self.stages:
            for reading in readings:
                stage.work(reading)
        return [reading.understanding() for reading in readings]

    def _match(self, r: Reading) -> None:
        r.seen = tuple([matched(body, self._names) for body in trusted(r.article)])

    def _quantify(self, r: Reading) -> None:
        for v in r.seen:
            r.finds += find_quantities(v.body, self._measures)

    def _source(self, r: Reading) -> None:
        told: list[Find] = []
        for v, datelines in zip(r.seen, r.signed, strict=True):
            told = find_sources(v, self._newspaper, datelines, told)
            r.finds += told

    def _arm(self, r: Reading) -> None:
        told: frozenset[str] | None = None
        for v in r.seen:
            found = find_units(v, self._echelons, self._countries, r.article.printed.isoformat(), told)
            told = frozenset([item for f in found for item in f.items])
            r.finds += found


def _segment(r: Reading) -> None:
    r.seen = (*map(segmented, r.seen),)


def _sign(r: Reading) -> None:
    r.signed = (*map(find_datelines, r.seen),)
    issue = r.article.printed
    r.begun = tuple([openings(v, d, issue) for v, d in zip(r.seen, r.signed, strict=True)])
    r.told = sides(r.article, r.seen, r.begun)


def _date(r: Reading) -> None:
    """Events are dated by the leading body, whose report they are: no time is asked of the translation."""
    if r.seen:
        r.times = find_times(r.seen[0].body, r.article.printed, dated(r.begun[0]))


def _place(r: Reading) -> None:
    signed = {v.lang: datelines for v, datelines in zip(r.seen, r.signed, strict=True)}
    places, r.pairs = find_places(r.article, _side(r.seen, Lang.ZH), _side(r.seen, Lang.EN), signed, r.finds)
    r.finds += places


def _group(r: Reading) -> None:
    r.mentions = group(r.article, r.finds, [(p.zh, p.en) for p in r.pairs], tuple(filed_at(r.told)))


def _assemble(r: Reading) -> None:
    r.dispatches = assemble(r.told, r.mentions)
    r.notes = tuple(day_notes(r.told))


def _report(r: Reading) -> None:
    r.events = find_events(r.article, r.mentions, r.times, r.dispatches, r.seen)


def _side(seen: Iterable[View], lang: Lang) -> View | None:
    return next((v for v in seen if v.lang is lang), None)
