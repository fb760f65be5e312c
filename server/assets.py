"""Which scripts and styles of others are there: they come from npm, and without Node pages do without."""

from __future__ import annotations

import functools
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
EDITOR = ("yasgui/yasgui.min.js", "yasgui/yasgui.min.css")
MAPS = ("leaflet/leaflet.js", "leaflet/leaflet.css", "map/topojson-client.min.js", "map/land-110m.json")
STATIC = ("static", "browse.static")  # the endpoints of scripts and styles, theirs and ours
_PARTS = {"editor": EDITOR, "maps": MAPS}


@functools.cache
def vendored(part: str) -> bool:
    """Whether all files of a part (``editor``, ``maps``) are there; looked up once a process."""
    return all((VENDOR / name).is_file() for name in _PARTS[part])
