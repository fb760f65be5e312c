"""Counting what a graph holds while it is written, so that nobody has to count it in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.rdf import Partition, names
from kg.rdf.constraints import Graph
from kg.vocab import OWL

_TYPE = names.TYPE.encode()
_SAME = f"{OWL}sameAs"


class GraphStatistics:
    """Statements by property and nodes by class, of N-Triples lines.

    >>> s = GraphStatistics()
    >>> s.add([b"<a:s> <a:p> <a:o> ."])
    >>> s.triples, s.properties()
    (1, (Partition(term='a:p', count=1),))
    """

    def __init__(self) -> None:
        self.by_property: Counter[bytes] = Counter()
        self.by_class: Counter[bytes] = Counter()

    def add(self, lines: Iterable[bytes], sign: int = 1) -> None:
        """Count lines (with or without their line feed); `sign` -1 takes them back."""
        properties, classes = self.by_property, self.by_class
        for line in lines:
            _, predicate, rest = line.split(b" ", 2)
            properties[predicate] += sign
            if predicate == _TYPE:
                classes[rest.split(b" ", 1)[0]] += sign

    def add_graph(self, graph: Graph) -> None:
        """Count statements that are not written yet: terms by subject and predicate."""
        for said in graph.values():
            for predicate, objects in said.items():
                self.by_property[predicate.encode()] += len(objects)
            for cls in said.get(names.TYPE, ()):
                self.by_class[cls.encode()] += 1

    def merge(self, by_property: dict[bytes, int], by_class: dict[bytes, int]) -> None:
        """Add counts made elsewhere."""
        for mine, theirs in ((self.by_property, by_property), (self.by_class, by_class)):
            for key, n in theirs.items():
                mine[key] += n

    @property
    def triples(self) -> int:
        """All statements."""
        return sum(self.by_property.values())

    @property
    def links(self) -> int:
        """``owl:sameAs`` statements."""
        return self.by_property[f"<{_SAME}>".encode()]

    def properties(self) -> tuple[Partition, ...]:
        """Statements by property, for the description of the dataset."""
        return _partitions(self.by_property)

    def classes(self) -> tuple[Partition, ...]:
        """Nodes by class, for the description of the dataset."""
        return _partitions(self.by_class)

    def to_json(self) -> dict[str, dict[str, int]]:
        """For the manifest: what `from_json` takes."""
        return {
            "properties": {p.term: p.count for p in self.properties()},
            "classes": {p.term: p.count for p in self.classes()},
        }

    @classmethod
    def from_json(cls, value: dict[str, dict[str, int]]) -> GraphStatistics:
        """The opposite of `to_json`."""
        out = cls()
        out.merge(
            {f"<{t}>".encode(): n for t, n in value.get("properties", {}).items()},
            {f"<{t}>".encode(): n for t, n in value.get("classes", {}).items()},
        )
        return out


def _partitions(counts: Counter[bytes]) -> tuple[Partition, ...]:
    return tuple(Partition(k[1:-1].decode(), n) for k, n in sorted(counts.items()) if n > 0)
