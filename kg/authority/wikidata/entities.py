"""Wikidata's entity documents (of the dump, ``wbgetentities`` and ``Special:EntityData``) to items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kg.authority.importers.cleaning import clean_names
from kg.authority.importers.guessing import guess_subkind
from kg.authority.priors import by_population, by_sitelinks, combine
from kg.authority.wikidata.classes import ClassKind, classify
from kg.authority.wikidata.values import as_map, best_values, read_item, read_point, read_quantity, read_time
from kg.model import Item

_T = TypeVar("_T")

# Which language codes of Wikidata a name of ours is taken from, best first.
_CODES = {
    "zh": ("zh-hans", "zh-cn", "zh", "zh-sg", "zh-my", "zh-hant", "zh-hk", "zh-tw", "zh-mo"),
    "en": ("en", "en-gb", "en-us", "en-ca", "mul"),
    "fr": ("fr",),
    "vi": ("vi",),
    "ru": ("ru",),
}
_START = {"person": ("P569",), "event": ("P580", "P585")}
_END = {"person": ("P570",), "event": ("P582", "P585")}


def classes_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The classes (P31, best rank) of an entity document."""
    return _items(document.get("claims"), "P31")


def read_entity(
    document: Mapping[str, Any],
    dropped: Counter[str],
    classes: Mapping[str, ClassKind] | None = None,
) -> Item | None:
    """The item of an entity document, or None where no class is of a kind of ours or no name is usable.

    Unfit names are counted in `dropped`.  `classes` adds to or replaces the classes that are known.
    """
    p31 = classes_of(document)
    told = classify(p31, classes)
    if told is None:
        return None
    labels, aliases = clean_names(_labels(document), _aliases(document), told.kind, dropped)
    names = dict(labels)
    if not names.keys() & {"zh", "en"}:
        return None
    claims = document.get("claims")
    point = _first(claims, "P625", read_point)
    event = told.kind == "event"
    start = _earliest(claims, _START.get(told.kind, ("P571", "P580")))
    end = _latest(claims, _END.get(told.kind, ("P576", "P582")))
    return Item(
        id=document["id"], kind=told.kind, subkind=_subkind(told, names), labels=labels, aliases=aliases,
        lat=point[0] if point else None, lon=point[1] if point else None,
        country=next((c for c in _items(claims, "P17", "P495") if c != document["id"]), None),
        part_of=_items(claims, "P131", "P361", *(() if event else ("P241", "P276"))),
        start=start, end=end if not (start and end and end < start[: len(end)]) else None,
        p31=p31, prior=_prior(document, told, names),
        parties=_items(claims, "P710") if event else (),
        places=_items(claims, "P276", "P17") if event else (),
        unit_name=names.get("en") if told.kind == "measure" else None,
        factor=_factor(claims) if told.kind == "measure" else None,
    )  # fmt: skip


def document_names(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Language and text of all labels and aliases, as they stand, labels first."""
    return [*_labels(document), *_aliases(document)]


def modified(document: Mapping[str, Any]) -> str:
    """The ISO date of the document's last change; empty where it does not say."""
    return str(document.get("modified", ""))[:10]


def _labels(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    labels = as_map(document.get("labels"))
    for lang, codes in _CODES.items():
        for code in codes:
            if text := as_map(labels.get(code)).get("value"):
                yield lang, text


def _aliases(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    aliases = as_map(document.get("aliases"))
    for lang, codes in _CODES.items():
        for code in codes:
            for alias in aliases.get(code) or ():
                if text := as_map(alias).get("value"):
                    yield lang, text


def _items(claims: Any, *properties: str) -> tuple[str, ...]:
    ids = (read_item(value) for p in properties for value in best_values(claims, p))
    return tuple(dict.fromkeys(id for id in ids if id))


def _first(claims: Any, property: str, read: Callable[[Any], _T | None]) -> _T | None:
    return next((v for value in best_values(claims, property) if (v := read(value)) is not None), None)


def _times(claims: Any, properties: tuple[str, ...]) -> list[str]:
    """The times of the first of the properties that has any."""
    for property in properties:
        if found := [t for value in best_values(claims, property) if (t := read_time(value))]:
            return found
    return []


def _earliest(claims: Any, properties: tuple[str, ...]) -> str | None:
    return min(_times(claims, properties), default=None)


def _latest(claims: Any, properties: tuple[str, ...]) -> str | None:
    return max(_times(claims, properties), default=None)


def _subkind(told: ClassKind, names: dict[str, str]) -> str:
    """Some classes are broad: a military unit is told apart by its name."""
    if told.kind == "unit" and told.subkind == "division":
        return guess_subkind("unit", en=names.get("en", ""), zh=names.get("zh", ""))
    return told.subkind


def _prior(document: Mapping[str, Any], told: ClassKind, names: dict[str, str]) -> float:
    population = _first(document.get("claims"), "P1082", read_quantity)
    signs = [by_population(population[0]) if population else 0.0]
    signs.append(by_sitelinks(len(as_map(document.get("sitelinks")))))
    signs.append(told.prior if told.prior >= 0.8 else told.prior / 2)
    return combine(*signs, chinese="zh" in names or told.kind == "measure")


def _factor(claims: Any) -> float | None:
    """How much it is in SI base units (P2370)."""
    quantity = _first(claims, "P2370", read_quantity)
    return quantity[0] if quantity else None
