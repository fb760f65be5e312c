"""Maps drawn on the server: frames, markers, names, coastlines."""

from __future__ import annotations

import re

import pytest

from kg.store.archive import Archive
from kg.store.rows import EntitySummary
from server.browse.coastlines import Frame, land
from server.browse.maps import markers, world


def test_maps_show_the_places_where_they_are(archive: Archive) -> None:
    view = markers([e for i in ("Q956", "Q8686") if (e := archive.entity(i))], "en")
    assert view is not None
    places = {m.name: m for m in view.markers}
    assert places["Beijing"].y < places["Shanghai"].y
    assert places["Beijing"].x < places["Shanghai"].x
    assert all(0 < m.x < view.width and 0 < m.y < view.height for m in view.markers)


def test_a_close_map_shows_where_it_is_and_not_the_states_that_are_spoken_of() -> None:
    """A battle among towns; Paris, France and a continent are mentioned too."""
    towns = [_place("Q1", 21.39, 103.02), _place("Q2", 21.33, 103.91), _place("Q3", 21.03, 105.85)]
    towns.append(_place("Q4", 22.05, 103.15))
    states = [_place("Q142", 46.0, 2.0, "country"), _place("Q48", 29.0, 89.0, "continent")]
    everything = [*states, _place("Q90", 48.86, 2.35), *towns]
    view = markers(everything, "en", close=True)
    assert view is not None
    assert {m.entity.id for m in view.markers} == {e.id for e in towns}
    assert all(m.label for m in view.markers)
    whole, alone = markers(everything, "en"), markers(states, "en", close=True)
    assert whole is not None
    assert alone is not None
    assert (len(whole.markers), len(alone.markers)) == (7, 2)


def _place(id: str, lat: float, lon: float, subkind: str = "city") -> EntitySummary:
    return EntitySummary(id, "place", subkind, None, id, None, lat, lon, 1, None, None)


def test_names_on_a_map_never_overlap(archive: Archive) -> None:
    view = world([(p.entity, p.entity.articles) for p in archive.activity()], "zh")
    boxes = [
        (m.x - m.r - 3 - 12 * len(m.label), m.x - m.r - 3, m.y) if m.left else
        (m.x + m.r + 3, m.x + m.r + 3 + 12 * len(m.label), m.y)
        for m in view.markers if m.label and m.label.isascii() is False and "·" not in m.label
    ]  # fmt: skip
    assert len(boxes) > 10
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            assert a[1] <= b[0] or b[1] <= a[0] or abs(a[2] - b[2]) >= 12


def test_land_is_drawn_inside_the_frame() -> None:
    frame = Frame(100, 0, 150, 50, 500, 500)
    drawn = land(frame)
    if not drawn:
        pytest.skip("the coastlines are not installed (make assets)")
    numbers = [int(n) for n in re.findall(r"-?\d+", drawn)]
    assert min(numbers) >= 0
    assert max(numbers) <= 500
