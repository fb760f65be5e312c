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


WIDTH, TALL, LEFT, TOP, BOTTOM = 1000, 300, 54, 12, 24


@dataclass(frozen=True, slots=True)
class Line:
    """A line over the years: an SVG path, and its points ``(x, y, year, label)`` where it is above zero."""

    path: str
    points: tuple[tuple[float, float, int, str], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines on common axes; ``levels`` and ``years`` are places on them with what is written there."""

    width: int
    height: int
    left: int
    lines: tuple[Line, ...]
    levels: tuple[tuple[float, str], ...]
    years: tuple[tuple[float, str], ...]


def _path(points: Sequence[tuple[float, float, int, float]]) -> str:
    """An SVG path through points of consecutive years; a year alone is a short stroke.

    >>> _path([(0.0, 9.0, 1953, 1.0), (5.0, 8.0, 1954, 2.0), (20.0, 7.0, 1957, 3.0)])
    'M0.0 9.0L5.0 8.0M17.0 7.0h6'
    """
    path = ""
    for n, (x, y, year, _) in enumerate(points):
        follows = n > 0 and points[n - 1][2] == year - 1
        leads = n + 1 < len(points) and points[n + 1][2] == year + 1
        if follows:
            path += f"L{x} {y}"
        else:
            path += f"M{x} {y}" if leads else f"M{x - 3} {y}h6"
    return path


def lines(years: Sequence[int], series: Sequence[Sequence[float]], unit: str = "") -> Lines:
    """Lines of several series, each with a value for each of `years`, which rise; a line breaks off
    where years are missing between them, for nothing is known of those.

    >>> lines([1953, 1954], [[0.0, 8.0]]).lines[0].path
    'M54.0 276.0L1000.0 12.0'
    """
    most = max((v for values in series for v in values), default=0.0) or 1.0
    step = next(s for n in range(-3, 12) for s in (10.0**n, 2 * 10.0**n, 5 * 10.0**n) if most / s <= 5)
    first, last = (years[0], years[-1]) if years else (0, 0)
    wide, tall = WIDTH - LEFT, TALL - TOP - BOTTOM

    def x(year: int) -> float:
        return round(LEFT + wide * ((year - first) / (last - first) if last > first else 0.5), 1)

    def y(value: float) -> float:
        return round(TOP + tall * (1 - value / most), 1)

    def told(value: float) -> str:
        return f"{value:,.3g}{' ' + unit if unit else ''}" if value < 1000 else f"{value:,.0f}"

    drawn = []
    for values in series:
        at = [(x(year), y(v), year, v) for year, v in zip(years, values, strict=True)]
        drawn.append(Line(_path(at), tuple((px, py, year, told(v)) for px, py, year, v in at if v)))
    ticks = [n for n in range(first, last + 1) if n % 5 == 0] if years else []
    return Lines(
        WIDTH,
        TALL,
        LEFT,
        tuple(drawn),
        tuple((y(step * n), told(step * n)) for n in range(int(most / step + 1e-9) + 1)),
        tuple((x(n), str(n)) for n in ticks if LEFT + 12 < x(n) < WIDTH - 14),
    )
