"""The classes of entities by kind and subkind."""

from __future__ import annotations

from kg import vocab
from kg.rdf import names as n

_CLASSES: dict[str, tuple[str, ...]] = {
    "place": (n.PLACE,),
    "source": (n.SOURCE,),
    "unit": (n.FORMATION,),
    "measure": (n.MEASURE_UNIT,),
    "event": (n.EVENT,),
    "person": (n.PERSON,),
    "organisation": (n.ORGANIZATION,),
}


def classes(kind: str, subkind: str) -> tuple[str, ...]:
    """The classes of an entity, as terms.

    >>> classes("source", "newspaper")
    ('<https://w3id.org/dateline/ontology#Source>', '<https://schema.org/Newspaper>')
    """
    found = _CLASSES.get(kind, ())
    return (*found, n.NEWSPAPER) if (kind, subkind) == ("source", "newspaper") else found


def subkind(kind: str, subkind: str) -> str | None:
    """The concept of a subkind, as a term; None where it is none of the vocabulary's.

    >>> subkind("place", "river")
    '<https://w3id.org/dateline/ontology#place-river>'
    """
    concept = vocab.SUBKINDS.get((kind, subkind))
    return f"<{concept}>" if concept else None
