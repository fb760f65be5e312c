"""Which properties things of a class have, and what those lead to: the shapes, read for who writes queries.

The constraints of ``ontology/shapes.ttl`` say which properties a class may have and which concepts a property
may name; the ranges of ``dateline.ttl`` and a few lines below say to what class it leads.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.resources import ontology_dir
from kg.vocab import DL, GEO, QUDT, RDF, RDFS, SCHEMA, SEM, SH, SKOS

_ENTITIES = (f"{SCHEMA}Place", f"{DL}Source", f"{DL}Unit")
# Terms of others have no range in our ontology.
_LEADS = {
    f"{SCHEMA}mentions": _ENTITIES,
    f"{DL}entity": (*_ENTITIES, f"{QUDT}Unit"),
    f"{DL}country": (f"{SCHEMA}Place",),
    f"{SCHEMA}isPartOf": (f"{SCHEMA}PublicationIssue", f"{SCHEMA}Newspaper"),
    f"{SCHEMA}containedInPlace": (f"{SCHEMA}Place",),
    f"{SEM}hasPlace": (f"{SCHEMA}Place",),
    f"{SEM}hasActor": _ENTITIES,
    f"{SEM}subEventOf": (f"{SEM}Event",),
    f"{GEO}hasGeometry": (f"{GEO}Geometry",),
    f"{QUDT}unit": (f"{QUDT}Unit",),
}
_Statements = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Use:
    """A property of a class: the concepts that are its ``values``, or the classes that it leads ``to``."""

    values: tuple[str, ...] = ()
    to: tuple[str, ...] = ()


@functools.cache
def outline() -> Mapping[str, Mapping[str, Use]]:
    """The properties of each class that has a shape, by their IRIs.

    >>> DL + "role-cited" in outline()[DL + "Mention"][DL + "role"].values
    True
    """
    ontology = _read(ontology_dir() / "dateline.ttl")
    shapes = _read(ontology_dir() / "shapes.ttl")
    found: dict[str, dict[str, Use]] = defaultdict(dict)
    for shape, said in shapes.items():
        for target in said.get(f"{SH}targetClass", ()):
            for property in _properties(shapes, shape):
                for path in shapes[property].get(f"{SH}path", ()):
                    if path in shapes:  # a path of several steps
                        continue
                    found[target][path] = Use(
                        tuple(_values(shapes, ontology, property)),
                        tuple(_LEADS.get(path, ontology.get(path, {}).get(f"{RDFS}range", ()))),
                    )
    return {
        of: {path: Use(use.values, tuple(c for c in use.to if c in found)) for path, use in uses.items()}
        for of, uses in found.items()
    }


def _properties(shapes: _Statements, shape: str) -> Iterator[str]:
    """The property shapes of a node shape, those of the shapes that it takes over included."""
    said = shapes.get(shape, {})
    yield from said.get(f"{SH}property", ())
    for other in said.get(f"{SH}node", ()):
        yield from _properties(shapes, other)


def _values(shapes: _Statements, ontology: _Statements, property: str) -> Iterator[str]:
    """The concepts that a property shape lets through, by name or by their scheme."""
    said = shapes[property]
    for values in said.get(f"{SH}in", ()):
        yield from (v for v in _list(shapes, values) if v.startswith(DL))
    for node in said.get(f"{SH}node", ()):
        for inner in shapes.get(node, {}).get(f"{SH}property", ()):
            for scheme in shapes[inner].get(f"{SH}hasValue", ()):
                yield from (c for c, of in ontology.items() if scheme in of.get(f"{SKOS}inScheme", ()))


def _list(statements: _Statements, head: str) -> Iterator[str]:
    while head in statements:
        yield from statements[head].get(f"{RDF}first", ())
        head = next(iter(statements[head].get(f"{RDF}rest", ())), "")


def _read(path: Path) -> dict[str, dict[str, list[str]]]:
    """Subjects, predicates and objects as text; literals by their value, blank nodes by ``_:`` and a name."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=str(path)):
        subject, object = (
            str(t.value) if hasattr(t, "value") else str(t) for t in (quad.subject, quad.object)
        )
        found[subject][quad.predicate.value].append(object)
    return found
