"""How likely an item is meant when nothing else is known, from what imported data tell of its renown.

The figures are rules of thumb, monotone in population, in the number of Wikipedias and in whether a Chinese
name exists at all: what has none is hardly ever named by a Chinese paper.
"""

from __future__ import annotations

_POPULATION = ((5_000_000, 0.8), (1_000_000, 0.6), (300_000, 0.45), (100_000, 0.35), (20_000, 0.2))
_FLOOR = 0.01
_NO_CHINESE = 0.3


def by_population(population: float | None) -> float:
    """The prior of a town of that size; 0 where it is not known."""
    if not population:
        return 0.0
    return next((prior for least, prior in _POPULATION if population >= least), 0.08)


def by_sitelinks(sitelinks: int) -> float:
    """The prior of an item with that many Wikipedia articles.

    >>> [round(by_sitelinks(n), 2) for n in (0, 1, 10, 50, 200)]
    [0.0, 0.04, 0.14, 0.38, 0.87]
    """
    return min(0.9, float((sitelinks / 250) ** 0.6))


_OBSCURE = frozenset(
    ["town", "village", "district", "facility", "airport", "bridge", "dam", "square",
     "railway", "road", "area", "pass", "port", "mountain"]
)  # fmt: skip
_BY_SUBKIND = {
    "country": 0.5, "province": 0.15, "prefecture": 0.1, "county": 0.08, "city": 0.08, "region": 0.05,
    "island": 0.05, "river": 0.05, "town": 0.02, "district": 0.02,
}  # fmt: skip


def by_languages(languages: int, subkind: str, *, chinese: bool) -> float:
    """The prior of an item that has names in so many of our five languages.

    Somebody has translated the name of every airport: of such things the languages tell less.

    >>> by_languages(4, "city", chinese=True), by_languages(4, "airport", chinese=True)
    (0.2, 0.06)
    """
    if not chinese:
        return 0.02
    return round(0.05 * languages * (0.3 if subkind in _OBSCURE else 1), 4)


def by_subkind(subkind: str) -> float:
    """The prior of an item of which nothing is known but what it is."""
    return _BY_SUBKIND.get(subkind, _FLOOR)


def combine(*signs: float, chinese: bool) -> float:
    """The strongest sign, less where there is no Chinese name, never below 0.01 nor above 0.95.

    >>> combine(0.2, 0.4, chinese=True), combine(0.4, chinese=False)
    (0.4, 0.12)
    """
    prior = max(signs, default=0.0) * (1 if chinese else _NO_CHINESE)
    return round(min(0.95, max(_FLOOR, prior)), 4)
