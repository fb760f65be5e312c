"""Surfaces of one article on their way to being mentions: nodes, and the groups that they are joined into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.model import Find, Kind, Lang


@dataclass(slots=True)
class Node:
    """All finds of one surface; ``items`` are those of the first."""

    kind: Kind
    lang: Lang
    key: str
    items: tuple[str, ...]
    finds: list[Find]


class Groups:
    """Nodes joined into groups (union-find, the earliest node leads)."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self._leader = list(range(len(nodes)))
        self._langs = [{n.lang} for n in nodes]

    def leader(self, i: int) -> int:
        """The first node of the group of node `i`."""
        while self._leader[i] != i:
            self._leader[i] = self._leader[self._leader[i]]
            i = self._leader[i]
        return i

    def join(self, a: int, b: int) -> None:
        """Make one group of those of two nodes."""
        a, b = self.leader(a), self.leader(b)
        if a != b:
            a, b = (a, b) if a < b else (b, a)
            self._leader[b] = a
            self._langs[a] |= self._langs[b]

    def alone(self, i: int) -> bool:
        """Whether the group of node `i` has one language only."""
        return len(self._langs[self.leader(i)]) == 1

    def alone_of(self, nodes: Iterable[int]) -> list[int]:
        """One node, the first, for each group of `nodes` that has one language only."""
        leaders: dict[int, int] = {}
        for i in nodes:
            if self.alone(i):
                leaders.setdefault(self.leader(i), i)
        return list(leaders.values())

    def members(self) -> list[list[Node]]:
        """The nodes of each group, in order."""
        out: dict[int, list[Node]] = {}
        for i, n in enumerate(self.nodes):
            out.setdefault(self.leader(i), []).append(n)
        return list(out.values())
