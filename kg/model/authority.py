"""Records of the authority: items, their names, and what it answers for a surface."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.terms import Echelon, EventType, Lang

STATES = frozenset(("country", "historical_country"))
"""The subkinds of places that are states, of today or of old."""


@dataclass(frozen=True, slots=True)
class Item:
    """What the authority knows of one item.

    ``id`` is a QID, or ``x-…`` for an item of ours without one.  ``kind`` is ``place``, ``source``,
    ``unit``, ``measure``, ``event``, ``person`` or ``organisation``; ``subkind`` is finer (``country``,
    ``river``, ``agency``, ``force``, ``war`` …; for events an :class:`EventType` may be given in
    ``event_type``).  ``labels`` holds one name a language, ``aliases`` more: ``(lang, text)`` pairs.
    ``start``/``end`` are ISO dates cut to what is known.  ``prior`` in [0, 1] says how likely the item
    is meant when nothing else is known (1: a state; 0.01: a hamlet).  Only ``verified`` items may be
    asserted as the same as a Wikidata item.
    """

    id: str
    kind: str
    subkind: str
    labels: tuple[tuple[str, str], ...]
    aliases: tuple[tuple[str, str], ...] = ()
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    part_of: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    p31: tuple[str, ...] = ()
    prior: float = 0.1
    verified: bool = True
    echelon: Echelon | None = None
    event_type: EventType | None = None
    parties: tuple[str, ...] = ()  # of events: items that took part
    places: tuple[str, ...] = ()  # of events: items where it happened
    unit_name: str | None = None  # of measures: the English singular (``kilometre``)
    factor: float | None = None  # of measures: one of it in the SI base unit

    def label(self, lang: str) -> str | None:
        """The label in `lang`, or None."""
        return dict(self.labels).get(lang)


@dataclass(frozen=True, slots=True)
class Name:
    """A name for the dictionary matcher: one string, one language, the items it may mean.

    ``kind``/``subkind`` as in :class:`Item`, of the best item.  ``text`` is as people write it;
    the matcher folds case, diacritics and traditional characters itself.
    """

    text: str
    lang: Lang
    kind: str
    subkind: str
    items: tuple[str, ...]
    prior: float = 0.1


@dataclass(frozen=True, slots=True)
class NameHit:
    """What an authority answers for a surface: an item, the name that matched, and how.

    ``how`` is ``label``, ``alias``, ``generated`` (a derived form, as 莱州 from 莱州省) or ``folded``
    (equal only after folding case, diacritics or traditional characters).
    """

    item: str
    name: str
    lang: Lang
    how: str
    prior: float
