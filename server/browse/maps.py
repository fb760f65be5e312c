"""Maps as SVG drawn on the server, in plate carrée: land, graticule, places, names where there is room."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from kg.store.rows import EntitySummary
from kg.text import is_cjk
from server.browse.coastlines import Frame, land
from server.browse.i18n import name_of

WIDTH, HEIGHT = 440, 260
WORLD = (-180.0, -60.0, 180.0, 85.0)
_LEAST = 14.0  # degrees of latitude that a map shows at the least
_LEAST_POINTS = 6.0  # of several points
_LEAST_STATE = 40.0  # for a single state or larger
_LARGE = ("country", "continent", "region", "ocean", "sea")
_FEW = 3  # points at the least, of which one may be far from the others
_NEAR = 8.0  # degrees from the middle of all points, which are never far
_FARTHER = 4.0  # times as far as half of them
_TEXT = 12  # size of names, in the drawing's units
_STEPS = (1, 2, 5, 10, 20, 30, 60)


@dataclass(frozen=True, slots=True)
class Marker:
    """A place on the map, in degrees and in the drawing's units; ``label`` is empty where it has no room.

    ``n`` is what its size ``r`` tells.  ``left`` says that the label stands on the left.
    """

    entity: EntitySummary
    name: str
    n: int
    x: float
    y: float
    r: float
    label: str
    left: bool


@dataclass(frozen=True, slots=True)
class View:
    """What a map shows; ``land`` is an SVG path, the graticule is ``(degrees, position)``."""

    width: int
    height: int
    markers: tuple[Marker, ...]
    land: str
    meridians: tuple[tuple[int, float], ...]
    parallels: tuple[tuple[int, float], ...]


def markers(entities: Iterable[EntitySummary], lang: str, *, close: bool = False) -> View | None:
    """The smallest map that shows all that have a position; None where none has.

    From `close` by it is the map of the places that are points, without one far from all others.  States and
    regions, whose point is somewhere in the middle, are shown where they happen to lie on it; they make the
    map only where there are no two points.
    """
    placed = [e for e in entities if e.lat is not None and e.lon is not None]
    if not placed:
        return None
    points = _together([e for e in placed if e.subkind not in _LARGE]) if close else []
    frame = _frame(points if len(points) > 1 else placed)
    seen = [(e, e.articles) for e in placed if _inside(e, frame)]
    return _view(seen, frame, lang, largest=5, first={e.id for e in points})


def _inside(e: EntitySummary, frame: Frame) -> bool:
    return frame.west < (e.lon or 0) < frame.east and frame.south < (e.lat or 0) < frame.north


def world(counted: Sequence[tuple[EntitySummary, int]], lang: str) -> View:
    """The whole world with places, each as large as its count tells."""
    width = 1200
    west, south, east, north = WORLD
    height = round(width * (north - south) / (east - west))
    return _view(counted, Frame(west, south, east, north, width, height), lang, largest=18)


def _together(points: Sequence[EntitySummary]) -> list[EntitySummary]:
    """The points that lie together: none is much farther than others are from the middle of them all."""
    if len(points) < _FEW:
        return list(points)
    lat = median(e.lat or 0 for e in points)
    lon = median(e.lon or 0 for e in points)
    across = math.cos(math.radians(lat))
    far = [math.hypot((e.lat or 0) - lat, ((e.lon or 0) - lon) * across) for e in points]
    most = max(_NEAR, _FARTHER * median(far))
    return [e for e, distance in zip(points, far, strict=True) if distance <= most]


def _frame(entities: Sequence[EntitySummary]) -> Frame:
    lats = [e.lat for e in entities if e.lat is not None]
    lons = [e.lon for e in entities if e.lon is not None]
    south, north, west, east = min(lats), max(lats), min(lons), max(lons)
    least = _LEAST_STATE if len(entities) == 1 and entities[0].subkind in _LARGE else _LEAST
    if len(entities) >= _FEW and not any(e.subkind in _LARGE for e in entities):
        least = _LEAST_POINTS
    tall = min(max((north - south) * 1.35, (east - west) * 1.35 * HEIGHT / WIDTH, least), 180.0)
    wide = tall * WIDTH / HEIGHT
    top = min((south + north + tall) / 2, 90.0 if tall >= 180 else (south + north + tall) / 2)
    left = (west + east - wide) / 2
    return Frame(left, top - tall, left + wide, top, WIDTH, HEIGHT)


def _view(
    counted: Sequence[tuple[EntitySummary, int]],
    frame: Frame,
    lang: str,
    largest: float,
    first: Collection[str] = (),
) -> View:
    """Names get their room in the order of the numbers, those of `first` before all others."""
    most = max((n for _, n in counted), default=1)
    order = sorted(counted, key=lambda c: (c[0].id not in first, -c[1], c[0].id))
    taken: list[tuple[float, float, float, float]] = []
    found: list[Marker] = []
    for entity, n in order:
        if entity.lat is None or entity.lon is None:
            continue
        x, y = frame.x(entity.lon), frame.y(entity.lat)
        r = max(3.5, largest * math.sqrt(n / most)) if largest > 5 else largest
        name = name_of(entity.label_zh, entity.label_en, lang, entity.id)
        side = _room(x, y, r, name, frame, taken)
        found.append(
            Marker(
                entity, name, n, round(x, 1), round(y, 1), round(r, 1), name if side else "", side == "left"
            )
        )
    step = next((s for s in _STEPS if (frame.north - frame.south) / s < 6), 60)
    return View(
        frame.width,
        frame.height,
        tuple(found),
        land(frame),
        tuple((n, round(frame.x(n), 1)) for n in _steps(frame.west, frame.east, step)),
        tuple((n, round(frame.y(n), 1)) for n in _steps(frame.south, frame.north, step) if -90 < n < 90),
    )


def _room(
    x: float, y: float, r: float, name: str, frame: Frame, taken: list[tuple[float, float, float, float]]
) -> str:
    """On which side of its marker a name has room, empty for none; takes that room."""
    wide = sum(_TEXT if is_cjk(c) else _TEXT * 0.58 for c in name)
    for side, left in (("right", x + r + 3), ("left", x - r - 3 - wide)):
        box = (left, y - _TEXT * 0.6, left + wide, y + _TEXT * 0.6)
        fits = box[0] >= 2 and box[2] <= frame.width - 2 and 0 < y < frame.height
        if fits and not any(_overlap(box, t) for t in taken):
            taken += [box, (x - r, y - r, x + r, y + r)]
            return side
    taken.append((x - r, y - r, x + r, y + r))
    return ""


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _steps(low: float, high: float, step: int) -> range:
    first = math.ceil(low / step) * step
    return range(first, int(high) + 1, step)
