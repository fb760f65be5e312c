"""Distances on the globe."""

from __future__ import annotations

import math

_RADIUS = 6371.0


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine), in km.

    >>> round(kilometres(21.03, 105.85, 21.39, 103.02))
    296
    """
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _RADIUS * math.asin(min(1.0, math.sqrt(h)))


def window(lat: float, lon: float, km: float) -> tuple[float, float, float, float]:
    """South, north, west, east of a box that holds the circle; all round near a pole or the date line."""
    dlat = math.degrees(km / _RADIUS)
    south, north = lat - dlat, lat + dlat
    if south <= -89 or north >= 89:
        return south, north, -180.0, 180.0
    dlon = dlat / math.cos(math.radians(max(abs(south), abs(north))))
    if lon - dlon < -180 or lon + dlon > 180:
        return south, north, -180.0, 180.0
    return south, north, lon - dlon, lon + dlon
