"""Types for reconciliation: the kinds of item and their finer kinds, named as in the ontology."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from kg.model import Item
from kg.text import fold
from kg.vocab import SUBKINDS
from server.terms import terms

_KINDS = {
    "place": ("place", "地点"),
    "source": ("source", "消息来源"),
    "unit": ("military unit", "部队"),
    "measure": ("unit of measurement", "计量单位"),
    "event": ("event", "事件"),
    "person": ("person", "人物"),
    "organisation": ("organisation", "组织"),
}


@dataclass(frozen=True, slots=True)
class Type:
    """A type: ``place``, or ``place-city`` with ``broader`` ``place``."""

    id: str
    name: str
    name_zh: str
    broader: str | None = None

    def document(self) -> dict[str, object]:
        """As the API writes it."""
        above = [{"id": self.broader, "name": _KINDS[self.broader][0]}] if self.broader else []
        return {"id": self.id, "name": self.name, **({"broader": above} if above else {})}


@functools.cache
def all_types() -> dict[str, Type]:
    """Every type by id."""
    found = {id: Type(id, en, zh) for id, (en, zh) in _KINDS.items()}
    for kind, subkind in SUBKINDS:
        id = _fine(kind, subkind)
        term = terms().get(id)
        labels = term.label if term else {}
        found[id] = Type(id, labels.get("en", subkind.replace("_", " ")), labels.get("zh", subkind), kind)
    return found


def _fine(kind: str, subkind: str) -> str:
    return f"{kind}-{subkind.replace('_', '-')}"


def types_of(item: Item) -> list[dict[str, str]]:
    """The types of an item, the finer one first."""
    ids = [_fine(item.kind, item.subkind)] if item.subkind else []
    known = all_types()
    return [{"id": i, "name": known[i].name} for i in (*ids, item.kind) if i in known]


def suggested(prefix: str) -> list[Type]:
    """Types a name or id of which begins with `prefix`, or has a word that does."""
    wanted = fold(prefix.strip())
    return [
        t
        for t in all_types().values()
        if any(
            w.startswith(wanted)
            for name in (t.id, t.name, t.name_zh)
            for w in (fold(name), *fold(name).split())
        )
    ]
