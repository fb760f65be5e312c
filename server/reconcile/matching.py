"""Matching: which items of the authority a name, with a type and properties beside it, may mean.

A candidate's score is a weighted mean of what speaks for it, times 100: the name (how exactly it is the
item's), the type, the properties, and a little how often the name means that item.  It is a match when its
name is the item's, nothing that was asked contradicts, and no rival comes near.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.authority import Authority
from kg.authority.geography import kilometres
from kg.model import Item
from kg.text import fold, is_cjk
from server.reconcile.properties import BY_ID, Property, described, label
from server.reconcile.types import types_of

_HOW = {"label": 1.0, "alias": 0.96, "folded": 0.93, "generated": 0.9}
_WEIGHTS = {"name": 6.0, "type": 1.5, "properties": 3.0, "prior": 0.7}
_SURE, _MARGIN = 0.9, 4.0
_SHORTEST = 2
_NAMES = ("wikidata", "label-zh", "label-en", "names-zh", "names-en")
_LOOKED_AT = 40
_POINT = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*[,;/ ]\s*(-?[0-9]+(?:\.[0-9]+)?)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A value that the item should have."""

    pid: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a batch.  ``strict`` is ``any``, ``all`` or ``should`` (types are then only a hint)."""

    text: str
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = 5
    constraints: tuple[Constraint, ...] = ()
    id: str | None = field(default=None)


def named_by(constraints: Iterable[Constraint]) -> str:
    """The name that a query without text asks for by its properties; empty where none of them is a name."""
    return next((str(v).strip() for c in constraints if c.pid in _NAMES for v in c.values), "")


def candidates(query: Query, authority: Authority) -> list[dict[str, Any]]:
    """The candidates in the form of the API, best first."""
    lang = "zh" if any(map(is_cjk, query.text)) else "en"
    found = []
    for id, name in _named(query, authority).items():
        item = authority.item(id)
        if item is None:
            continue
        features = _features(query, item, name, authority)
        if query.types and query.strict != "should" and not features["type"]:
            continue
        found.append((_score(features), features, item))
    found.sort(key=lambda f: (-f[0], -f[2].prior, f[2].id))
    out = []
    for rank, (score, features, item) in enumerate(found[: query.limit]):
        runner_up = found[1][0] if len(found) > 1 else 0.0
        out.append(
            {
                "id": item.id,
                "name": label(item, lang),
                "description": described(item, authority),
                "score": round(score, 2),
                "match": rank == 0 and _sure(features) and score - runner_up >= _MARGIN,
                "type": types_of(item),
                "features": [{"id": k, "value": round(v, 3)} for k, v in features.items()],
            }
        )
    return out


def _sure(features: Mapping[str, float]) -> bool:
    wanted = features.get("type", 1.0) == 1.0 and features.get("properties", 1.0) >= 0.5
    return features["name"] >= _SURE and wanted


def _score(features: Mapping[str, float]) -> float:
    total = sum(_WEIGHTS[name] for name in features)
    return 100 * sum(_WEIGHTS[name] * value for name, value in features.items()) / total


def _features(query: Query, item: Item, name: float, authority: Authority) -> dict[str, float]:
    features = {"name": name, "prior": item.prior}
    if query.types:
        own = {t["id"] for t in types_of(item)}
        hits = sum(t in own for t in query.types)
        wanted = len(query.types) if query.strict == "all" else 1
        features["type"] = 1.0 if hits >= wanted else 0.0
    if query.constraints:
        agreements = [_agreement(c, item, authority) for c in query.constraints]
        features["properties"] = sum(agreements) / len(agreements)
    return features


# --- names ---------------------------------------------------------------------------------------------


def _named(query: Query, authority: Authority) -> dict[str, float]:
    """Items with how well `query.text` names each, from 0 to 1."""
    text = query.text.strip()
    if authority.item(text) is not None:  # an identifier
        return {text: 1.0}
    found: dict[str, float] = {}
    for hit in authority.lookup(text):
        found[hit.item] = max(found.get(hit.item, 0.0), _HOW.get(hit.how, 0.9))
    for name, share in _shorter(text):
        if len(found) >= query.limit:
            break
        for hit in authority.lookup(name):
            found.setdefault(hit.item, 0.85 * share)
    if len(found) < query.limit:
        for suggestion in authority.suggest(text, limit=_LOOKED_AT):
            whole = len(fold(suggestion.name))
            found.setdefault(suggestion.id, 0.85 * min(1.0, len(text) / whole) if whole else 0.0)
    return found


def _shorter(text: str) -> Iterable[tuple[str, float]]:
    """The text with its end or its beginning left off, and what share of it is left."""
    if any(map(is_cjk, text)):
        least = max(_SHORTEST, math.ceil(len(text) * 0.6))
        for length in range(len(text) - 1, least - 1, -1):
            yield text[:length], length / len(text)
        return
    words = re.split(r"[\s,()]+", text)
    for length in range(len(words) - 1, 0, -1):
        for part in (words[:length], words[-length:]):
            name = " ".join(part)
            if len(name) >= max(_SHORTEST + 1, len(text) * 0.3):
                yield name, len(name) / len(text)


# --- properties ----------------------------------------------------------------------------------------


def _agreement(constraint: Constraint, item: Item, authority: Authority) -> float:
    """How well an item has one of the values asked for; 0.3 where nothing is known."""
    prop = BY_ID.get(constraint.pid)
    if prop is None or not constraint.values:
        return 0.3
    own = _own(prop, item, authority)
    if not own:
        return 0.3
    return max(_compare(prop, wanted, value, authority) for wanted in constraint.values for value in own)


def _own(prop: Property, item: Item, authority: Authority) -> Sequence[Any]:
    """The values; of what an item lies in, all the way up."""
    if prop.id in ("country", "part-of"):
        return list(dict.fromkeys((*prop.values(item), *authority.ancestors(item.id))))
    return prop.values(item)


def _compare(prop: Property, wanted: Any, value: Any, authority: Authority) -> float:
    text = str(wanted.get("id", "") if isinstance(wanted, Mapping) else wanted).strip()
    if prop.type == "item":
        if text == value:
            return 1.0
        name = str(wanted.get("name", "")) if isinstance(wanted, Mapping) else text
        return 1.0 if any(h.item == value for h in authority.lookup(name)) else 0.0
    if prop.type == "date":
        return 1.0 if text[: len(value)] == value or value.startswith(text) else _year(text, value)
    if prop.type == "point":
        match = _POINT.fullmatch(text.removeprefix("Point(").removesuffix(")"))
        latitude, longitude = (float(match[1]), float(match[2])) if match else (math.inf, math.inf)
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return 0.0
        return math.exp(-kilometres(latitude, longitude, *value) / 100)
    if prop.type == "number":
        try:
            return 1.0 if math.isclose(float(text), value, rel_tol=0.01, abs_tol=0.1) else 0.0
        except ValueError:
            return 0.0
    return 1.0 if fold(text) == fold(str(value)) else 0.0


def _year(wanted: str, value: str) -> float:
    return 0.6 if wanted[:4].isdigit() and wanted[:4] == value[:4] else 0.0
