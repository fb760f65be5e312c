"""Values of statements in Wikidata's documents, read as documented and no further.

Each reader takes the ``datavalue`` value of a snak and gives None for what it does not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TIME = re.compile(r"([+-])0*(\d{1,16})-(\d\d)-(\d\d)T")
_JULIAN = "Q1985786"
_EARTH = "Q2"
_YEAR, _MONTH, _DAY = 9, 10, 11


def as_map(value: Any) -> Mapping[str, Any]:
    """A JSON object; old documents write an empty one as ``[]``."""
    return value if isinstance(value, Mapping) else {}


def best_values(claims: Any, property: str) -> Iterator[Any]:
    """The values of a property's best-ranked statements; unknown (somevalue) and no value are left out."""
    statements = [s for s in as_map(claims).get(property) or () if s.get("rank") != "deprecated"]
    preferred = [s for s in statements if s.get("rank") == "preferred"]
    for statement in preferred or statements:
        snak = as_map(statement.get("mainsnak"))
        if snak.get("snaktype") == "value" and "value" in as_map(snak.get("datavalue")):
            yield snak["datavalue"]["value"]


def read_item(value: Any) -> str | None:
    """The id of an item.

    >>> read_item({"entity-type": "item", "numeric-id": 881})
    'Q881'
    """
    value = as_map(value)
    if value.get("entity-type", "item") != "item":
        return None
    if isinstance(id := value.get("id"), str):
        return id
    return f"Q{value['numeric-id']}" if isinstance(value.get("numeric-id"), int) else None


def read_time(value: Any) -> str | None:
    """An ISO date cut to what is known; None for decades and coarser, years B.C. and after 9999.

    A Julian date is cut to its year: its day is another one in our calendar.

    >>> read_time({"time": "+1954-00-00T00:00:00Z", "precision": 9})
    '1954'
    >>> read_time({"time": "+00000001954-05-07T00:00:00Z", "precision": 11})
    '1954-05-07'
    """
    value = as_map(value)
    match = _TIME.match(str(value.get("time", "")))
    precision = value.get("precision", 0)
    if not match or match[1] == "-" or not isinstance(precision, int) or precision < _YEAR:
        return None
    year, month, day = int(match[2]), match[3], match[4]
    if not 1 <= year <= 9999:
        return None
    parts = [f"{year:04d}"]
    if precision >= _MONTH and month != "00" and not str(value.get("calendarmodel", "")).endswith(_JULIAN):
        parts.append(month)
        if precision >= _DAY and day != "00":
            parts.append(day)
    return "-".join(parts)


def read_point(value: Any) -> tuple[float, float] | None:
    """Latitude and longitude on Earth, rounded to a metre or so.

    >>> read_point({"latitude": 21.385, "longitude": 103.016, "globe": "http://www.wikidata.org/entity/Q2"})
    (21.385, 103.016)
    """
    value = as_map(value)
    if not str(value.get("globe", _EARTH)).endswith(f"{_EARTH}"):
        return None
    lat, lon = value.get("latitude"), value.get("longitude")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    return (round(lat, 5), round(lon, 5)) if abs(lat) <= 90 and abs(lon) <= 180 else None


def read_quantity(value: Any) -> tuple[float, str | None] | None:
    """Amount and the unit's item (None for a bare number).

    >>> read_quantity({"amount": "+200", "unit": "http://www.wikidata.org/entity/Q828224"})
    (200.0, 'Q828224')
    """
    value = as_map(value)
    try:
        amount = float(str(value.get("amount", "")))
    except ValueError:
        return None
    unit = str(value.get("unit", "1")).rpartition("/")[2]
    return amount, unit if unit.startswith("Q") else None
