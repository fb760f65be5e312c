"""Coastlines for maps drawn on the server: Natural Earth's land, fetched by ``make assets``.

Without those files maps have their graticule only.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Point = tuple[float, float]
_VENDOR = Path(__file__).parent.parent / "static" / "vendor" / "map"
_FINE_BELOW = 90.0  # degrees of longitude: wider maps are drawn from the coarse coastlines


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed coastline in degrees (longitude, latitude), and what it spans: west, south, east, north."""

    points: tuple[Point, ...]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world that a map shows, in degrees, and the size of the drawing."""

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int

    def x(self, lon: float) -> float:
        """Where a longitude is drawn."""
        return (lon - self.west) / (self.east - self.west) * self.width

    def y(self, lat: float) -> float:
        """Where a latitude is drawn."""
        return (self.north - lat) / (self.north - self.south) * self.height


@functools.lru_cache(maxsize=256)
def land(frame: Frame) -> str:
    """The land inside `frame` as the ``d`` of an SVG path; empty where the coastlines are not installed."""
    box = (frame.west, frame.south, frame.east, frame.north)
    drawn: list[str] = []
    for ring in _rings("land-50m" if frame.east - frame.west < _FINE_BELOW else "land-110m"):
        for shift in (-360.0, 0.0, 360.0):
            west, south, east, north = ring.box
            there = (west + shift, south, east + shift, north)
            if not _meet(there, box):
                continue
            points: Sequence[Point] = [(x + shift, y) for x, y in ring.points] if shift else ring.points
            drawn.append("".join(_path(points if _inside(there, box) else clip(points, box), frame)))
    return "".join(drawn)


def warm() -> None:
    """Read the coastlines now, so that the first reader need not wait for them (0.1 s)."""
    for name in ("land-50m", "land-110m"):
        _rings(name)


def _path(points: Sequence[Point], frame: Frame) -> Iterator[str]:
    """Whole units are fine enough; points that fall on the one before are left out."""
    last, count = None, 0
    for lon, lat in points:
        here = round(frame.x(lon)), round(frame.y(lat))
        if here != last:
            yield f"{'L' if count else 'M'}{here[0]} {here[1]}"
            last, count = here, count + 1
    if count:
        yield "Z"


def _meet(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _inside(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]


def clip(points: Sequence[Point], box: Sequence[float]) -> list[Point]:
    """The part of a polygon inside a box (west, south, east, north), by Sutherland and Hodgman (1974).

    >>> sorted(clip([(0, 0), (4, 0), (4, 4), (0, 4)], (1, 1, 2, 2)))
    [(1.0, 1.0), (1.0, 2.0), (2.0, 1.0), (2.0, 2.0)]
    """
    west, south, east, north = box
    out = list(points)
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        out = _half(out, axis, limit, sign)
    return out


def _half(points: Sequence[Point], axis: int, limit: float, sign: int) -> list[Point]:
    out: list[Point] = []
    for a, b in zip((points[-1], *points) if points else (), points, strict=False):
        a_in, b_in = (a[axis] - limit) * sign >= 0, (b[axis] - limit) * sign >= 0
        if a_in != b_in:
            t = (limit - a[axis]) / (b[axis] - a[axis])
            out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        if b_in:
            out.append(b)
    return out


def unwrap(points: Sequence[Point]) -> list[Point]:
    """A coastline that crosses the antimeridian, going on beyond 180 degrees instead of jumping back.

    One that goes round the pole is closed along it.

    >>> unwrap([(179, 1), (-179, 1), (-179, 0), (179, 0)])
    [(179, 1), (181, 1), (181, 0), (179, 0)]
    """
    out: list[Point] = []
    for lon, lat in points:
        turn = round((out[-1][0] - lon) / 360) * 360 if out else 0
        out.append((lon + turn, lat))
    if out and abs(out[-1][0] - out[0][0]) > 180:
        pole = 90.0 if out[0][1] > 0 else -90.0
        out += [(out[-1][0], pole), (out[0][0], pole)]
    return out


@functools.cache
def _rings(name: str) -> tuple[Ring, ...]:
    path = _VENDOR / f"{name}.json"
    if not path.is_file():
        return ()
    topology = json.loads(path.read_bytes())
    arcs = [list(_arc(topology["transform"], arc)) for arc in topology["arcs"]]
    return tuple(
        _ring(arcs, indexes)
        for shape in topology["objects"]["land"]["geometries"]
        for polygon in shape["arcs"]
        for indexes in polygon
    )


def _arc(transform: dict[str, Any], arc: Sequence[Sequence[int]]) -> Iterator[Point]:
    """TopoJSON arcs are quantized, each position relative to the one before."""
    (scale_x, scale_y), (from_x, from_y) = transform["scale"], transform["translate"]
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * scale_x + from_x, y * scale_y + from_y


def _ring(arcs: Sequence[Sequence[Point]], indexes: Sequence[int]) -> Ring:
    points: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    points = unwrap(points)
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return Ring(tuple(points), (min(lons), min(lats), max(lons), max(lats)))
