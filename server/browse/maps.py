"""Small maps: a plate carrée drawn as SVG on the server, which a script may replace by a map to move in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.store.rows import EntitySummary

WIDTH, HEIGHT = 640, 360
_LEAST = 4.0  # degrees of latitude that a map shows at the least


@dataclass(frozen=True, slots=True)
class Marker:
    """A place on the map, in degrees and in the drawing's units."""

    entity: EntitySummary
    lat: float
    lon: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class View:
    """What a map shows: its markers, its graticule and its bounds (south, west, north, east)."""

    markers: tuple[Marker, ...]
    meridians: tuple[tuple[int, float], ...]
    parallels: tuple[tuple[int, float], ...]
    bounds: tuple[float, float, float, float]


def markers(entities: Iterable[EntitySummary]) -> View | None:
    """The smallest map that shows all that have a position; None where none has."""
    placed = [(e, e.lat, e.lon) for e in entities if e.lat is not None and e.lon is not None]
    if not placed:
        return None
    south, north = min(p[1] for p in placed), max(p[1] for p in placed)
    west, east = min(p[2] for p in placed), max(p[2] for p in placed)
    tall = max(north - south, (east - west) * HEIGHT / WIDTH, _LEAST) * 1.25
    wide = tall * WIDTH / HEIGHT
    mid_lat, mid_lon = (south + north) / 2, (west + east) / 2
    top, left = mid_lat + tall / 2, mid_lon - wide / 2

    def x(lon: float) -> float:
        return round((lon - left) / wide * WIDTH, 1)

    def y(lat: float) -> float:
        return round((top - lat) / tall * HEIGHT, 1)

    step = next((s for s in (1, 2, 5, 10, 20, 30, 60) if tall / s < 6), 60)
    return View(
        tuple(Marker(e, lat, lon, x(lon), y(lat)) for e, lat, lon in placed),
        tuple((n, x(n)) for n in _steps(left, left + wide, step)),
        tuple((n, y(n)) for n in _steps(top - tall, top, step)),
        (top - tall, left, top, left + wide),
    )


def _steps(low: float, high: float, step: int) -> range:
    first = int(-(-low // step)) * step
    return range(first, int(high) + 1, step)
