"""When an item existed, from ISO dates cut to what is known."""

from __future__ import annotations

from kg.model import Item


def overlaps(item: Item, start: str | None, end: str | None) -> bool:
    """Whether the item's lifetime may meet the stretch `start`..`end` (inclusive, ISO, any precision).

    What is not known is open, except that an event without an end ends as it started.

    >>> war = Item("Q8663", "event", "war", (), start="1950-06-25", end="1953-07-27")
    >>> overlaps(war, "1953", "1953"), overlaps(war, "1953-08", None), overlaps(war, None, "1950-06")
    (True, False, True)
    """
    item_end = item.end or (item.start if item.kind == "event" else None)
    starts_late = bool(end and item.start and _cut(item.start, end) > _cut(end, item.start))
    ends_early = bool(start and item_end and _cut(item_end, start) < _cut(start, item_end))
    return not starts_late and not ends_early


def alive(item: Item, day: str) -> bool | None:
    """Whether the item existed on `day`; None where neither start nor end is known.

    >>> alive(Item("Q16957", "place", "historical_country", (), start="1949-10-07", end="1990-10-03"), "1953")
    True
    """
    if item.start is None and item.end is None:
        return None
    return overlaps(item, day, day)


def _cut(a: str, b: str) -> str:
    return a[: len(b)]
