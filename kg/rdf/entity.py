"""Authority items as triples."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg import vocab
from kg.model import Grain, Item
from kg.rdf import names as n
from kg.rdf import ntriples as nt
from kg.rdf.classes import classes, subkind
from kg.rdf.iris import Minter, is_qid, wikidata
from kg.rdf.times import first_day, grain, last_day
from kg.rdf.units import QUDT_UNITS

_WHOLES = {"place": n.CONTAINED_IN, "event": n.SUB_EVENT_OF}


def entity_lines(item: Item, minter: Minter) -> list[str]:
    """All statements about an item of the authority, unsorted.

    Only a verified item is said to be the same as the Wikidata item whose number it has.
    """
    subject = f"<{minter.item(item.id, item.kind)}>"
    return [f"{subject} {p} {o} .\n" for p, o in _facts(item, minter)] + _geometry(item, minter)


def references(item: Item) -> tuple[str, ...]:
    """The items that the statements about `item` name."""
    named = {*item.part_of, *item.parties, *item.places}
    if item.country:
        named.add(item.country)
    return tuple(sorted(named - {item.id}))


def _facts(item: Item, minter: Minter) -> Iterator[tuple[str, str]]:
    for cls in classes(item.kind, item.subkind):
        yield n.TYPE, cls
    concept = subkind(item.kind, item.subkind)
    if concept:
        yield n.CATEGORY, concept
    yield from _names(item)
    yield from _identity(item)
    yield from _lifetime(item)
    yield from _relations(item, minter.entity, minter.event)
    if item.kind == "event" and item.event_type is not None:
        yield n.EVENT_TYPE, f"<{vocab.EVENT_TYPES[item.event_type]}>"
    if item.echelon is not None:
        yield n.ECHELON, f"<{vocab.ECHELONS[item.echelon]}>"
    if item.kind == "measure" and item.factor is not None:
        yield n.CONVERSION, nt.decimal(item.factor)
    if item.lat is not None and item.lon is not None:
        yield n.TYPE, n.FEATURE


def _names(item: Item) -> Iterator[tuple[str, str]]:
    labels = set(item.labels)
    for lang, label in labels:
        yield n.LABEL, nt.text(label, lang)
    for lang, alias in set(item.aliases) - labels:
        yield n.ALT_LABEL, nt.text(alias, lang)


def _identity(item: Item) -> Iterator[tuple[str, str]]:
    if is_qid(item.id) and item.verified:
        yield n.SAME_AS, f"<{wikidata(item.id)}>"
    if not item.verified:
        yield n.VERIFIED, nt.FALSE
    for cls in item.p31:
        yield n.INSTANCE_OF, f"<{wikidata(cls)}>"
    if item.id in QUDT_UNITS:
        yield n.EXACT_MATCH, f"<{vocab.UNIT}{QUDT_UNITS[item.id]}>"


def _lifetime(item: Item) -> Iterator[tuple[str, str]]:
    begin, end = first_day(item.start), last_day(item.end)
    if begin is not None:
        yield n.BEGIN, nt.date(begin)
    if end is not None:
        yield n.END, nt.date(end)
    known = grain(item.start, item.end)
    if known is not Grain.DAY:
        yield n.GRAIN, f"<{vocab.GRAINS[known]}>"


def _relations(
    item: Item, entity: Callable[[str], str], event: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    if item.country and item.country != item.id:
        yield n.COUNTRY, f"<{entity(item.country)}>"
    mint = event if item.kind == "event" else entity
    for whole in item.part_of:
        yield _WHOLES.get(item.kind, n.PART_OF), f"<{mint(whole)}>"
    for party in item.parties:
        yield n.HAS_ACTOR, f"<{entity(party)}>"
    for place in item.places:
        yield n.HAS_PLACE, f"<{entity(place)}>"


def _geometry(item: Item, minter: Minter) -> list[str]:
    """The position is a node of its own, as GeoSPARQL wants it; named, not blank."""
    if item.lat is None or item.lon is None:
        return []
    subject = minter.item(item.id, item.kind)
    geometry = f"<{subject}#geometry>"
    return [
        f"<{subject}> {n.HAS_GEOMETRY} {geometry} .\n",
        f"{geometry} {n.TYPE} {n.GEOMETRY} .\n",
        f"{geometry} {n.AS_WKT} {nt.point(item.lat, item.lon)} .\n",
    ]
