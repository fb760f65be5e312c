"""What the authority knows of an item, property by property: to constrain matches and to extend rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kg.authority import Authority
from kg.model import Item
from kg.rdf.iris import is_qid


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its values are ``text``, ``item``, ``date``, ``number`` or ``point``.

    ``kinds`` are the kinds of item that have it; empty for all.  ``of`` is the type of all its items.
    """

    id: str
    name: str
    type: str
    kinds: tuple[str, ...]
    values: Callable[[Item], Sequence[Any]]
    of: str = ""


def _some(value: Any) -> tuple[Any, ...]:
    return () if value in (None, "") else (value,)


def _names(item: Item, lang: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for of, t in (*item.labels, *item.aliases) if of == lang))


def _point(item: Item) -> tuple[tuple[float, float], ...]:
    return () if item.lat is None or item.lon is None else ((item.lat, item.lon),)


PROPERTIES: tuple[Property, ...] = (
    Property("label-zh", "Chinese label", "text", (), lambda i: _some(i.label("zh"))),
    Property("label-en", "English label", "text", (), lambda i: _some(i.label("en"))),
    Property("names-zh", "Chinese names", "text", (), lambda i: _names(i, "zh")),
    Property("names-en", "English names", "text", (), lambda i: _names(i, "en")),
    Property("wikidata", "Wikidata item", "text", (),
             lambda i: _some(i.id if i.verified and is_qid(i.id) else None)),
    Property("kind", "kind", "text", (), lambda i: _some(i.kind)),
    Property("subkind", "finer kind", "text", (), lambda i: _some(i.subkind)),
    Property("country", "country", "item", ("place", "source", "unit", "event"), lambda i: _some(i.country),
             "place"),
    Property("part-of", "part of", "item", (), lambda i: i.part_of),
    Property("start", "beginning", "date", (), lambda i: _some(i.start)),
    Property("end", "end", "date", (), lambda i: _some(i.end)),
    Property("coordinates", "coordinates", "point", ("place",), _point),
    Property("latitude", "latitude", "number", ("place",), lambda i: _some(i.lat)),
    Property("longitude", "longitude", "number", ("place",), lambda i: _some(i.lon)),
    Property("echelon", "echelon", "text", ("unit",), lambda i: _some(i.echelon and i.echelon.value)),
    Property("event-type", "type of event", "text", ("event",),
             lambda i: _some(i.event_type and i.event_type.value)),
    Property("parties", "parties", "item", ("event",), lambda i: i.parties),
    Property("places", "places", "item", ("event",), lambda i: i.places, "place"),
    Property("unit-name", "name of the unit", "text", ("measure",), lambda i: _some(i.unit_name)),
    Property("factor", "one of it in SI", "number", ("measure",), lambda i: _some(i.factor)),
    Property("instance-of", "instance of (Wikidata classes)", "text", (), lambda i: i.p31),
)  # fmt: skip
BY_ID = {p.id: p for p in PROPERTIES}


def label(item: Item, lang: str = "en") -> str:
    """The item's name in `lang`, falling back to the other language."""
    return item.label(lang) or item.label("en") or item.label("zh") or item.id


def described(item: Item, authority: Authority) -> str:
    """What tells an item from others of its name: finer kind, what it lies in, years."""
    above = dict.fromkeys((*item.part_of[:1], *((item.country,) if item.country else ())))
    names = [label(a) for i in above if i != item.id and (a := authority.item(i)) is not None]
    parts = [(item.subkind or item.kind).replace("_", " ")]
    if names:
        parts.append("in " + ", ".join(names))
    if item.start or item.end:
        parts.append(f"{item.start or ''}–{item.end or ''}")
    return " ".join(parts)


def extended(item: Item, prop: Property, authority: Authority, limit: int) -> list[dict[str, Any]]:
    """The values of a property as cells of a data extension."""
    cells: list[dict[str, Any]] = []
    for value in list(prop.values(item))[:limit] if limit else prop.values(item):
        if prop.type == "item":
            other = authority.item(value)
            cells.append({"id": value, "name": label(other) if other else value})
        elif prop.type == "number":
            cells.append({"float": value})
        elif prop.type == "point":
            cells.append({"str": f"{value[0]:g},{value[1]:g}"})
        elif prop.type == "date" and len(value) == 10:
            cells.append({"date": f"{value}T00:00:00Z"})
        else:
            cells.append({"str": str(value)})
    return cells
