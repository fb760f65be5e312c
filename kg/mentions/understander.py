"""Everything that is found in one article, in one call."""

from __future__ import annotations

from collections.abc import Iterable

from kg.mentions.datelines import find_datelines
from kg.mentions.dispatches import assemble, dated, openings
from kg.mentions.events import find_events
from kg.mentions.grouping import group
from kg.mentions.measures import Measures
from kg.mentions.names import NameDictionary
from kg.mentions.places import find_places
from kg.mentions.quantities import find_quantities
from kg.mentions.sources import NEWSPAPER, find_sources
from kg.mentions.times import find_times
from kg.mentions.units import find_units
from kg.mentions.view import View, views
from kg.model import (
    Article,
    Find,
    Item,
    Lang,
    Name,
    Understanding,
)


class Understander:
    """Reads articles.  Build it once (before forking) and call :meth:`understand` for each article.

    `names` come from an authority (``open_authority().names()``), or are a dictionary built before.
    `newspaper` is the item of the archive's own paper: what 本报 means.  `measures` are the items of units
    of measurement (``open_authority().items("measure")``); without them no quantities are found.  `units`
    are the items of armed forces, for their echelons.
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
        self._echelons = {i.id: i.echelon for i in units if i.echelon is not None}

    def understand(self, article: Article) -> Understanding:
        """The mentions, events, dispatches and times of `article`; a pure function of it and the names."""
        seen = views(article, self._names)
        signed = [find_datelines(v) for v in seen]
        begun = [openings(v, d, article.printed) for v, d in zip(seen, signed, strict=True)]
        finds: list[Find] = []
        # Events are dated by the leading body, whose report they are: no time is asked of the translation.
        times = find_times(seen[0].body, article.printed, dated(begun[0])) if seen else ()
        for v, datelines in zip(seen, signed, strict=True):
            finds += find_quantities(v.body, self._measures)
            finds += find_sources(v, self._newspaper, datelines)
            finds += find_units(v, self._echelons)
        zh, en = _side(seen, Lang.ZH), _side(seen, Lang.EN)
        by_lang = dict(zip((v.lang for v in seen), signed, strict=True))
        places, pairs = find_places(article, zh, en, by_lang, finds)
        mentions = group(article, [*finds, *places], [(p.zh, p.en) for p in pairs])
        dispatches = assemble(article, seen, begun, mentions)
        events = find_events(article, mentions, times, dispatches, seen)
        return Understanding(mentions, events, dispatches, times)


def _side(seen: Iterable[View], lang: Lang) -> View | None:
    return next((v for v in seen if v.lang is lang), None)
