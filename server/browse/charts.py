"""Bars of numbers by year, drawn as SVG on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A year and how many; ``x`` and ``height`` in the drawing's units, ten to a year."""

    year: int
    n: int
    x: int
    height: float


def bars(years: Sequence[tuple[int, int]]) -> list[Bar]:
    """One bar a year from the first to the last, years without any included.

    >>> [(b.year, b.n) for b in bars([(1953, 2), (1955, 1)])]
    [(1953, 2), (1954, 0), (1955, 1)]
    """
    if not years:
        return []
    known = dict(years)
    first, last, most = min(known), max(known), max(known.values())
    return [
        Bar(year, n, (year - first) * 10, round(n / most * HEIGHT, 1) if n else 0.0)
        for year in range(first, last + 1)
        for n in [known.get(year, 0)]
    ]
