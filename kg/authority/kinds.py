"""The kinds and subkinds of items: the vocabulary that tables, importers and the linker share."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SUBKINDS: dict[str, frozenset[str]] = {
    "place": _set(
        "continent region country historical_country province prefecture county city town village district"
        " river lake canal sea strait gulf island islands mountain mountains pass peninsula plain plateau"
        " desert valley railway road bridge dam airport port facility square area front"
    ),
    "source": _set("agency newspaper broadcaster magazine publisher"),
    "unit": _set(
        "force service command army_group army corps division brigade regiment battalion fleet militia"
        " alliance peacekeeping"
    ),
    "measure": _set(
        "length area volume mass temperature time speed power energy currency angle pressure count electric"
        " frequency other"
    ),
    "event": _set(
        "war campaign battle conference treaty crisis revolution coup movement disaster games festival"
        " programme operation"
    ),
    "person": _set(
        "leader general diplomat scientist writer artist athlete journalist religious worker other"
    ),
    "organisation": _set("government party intergovernmental company school church union other"),
}

KINDS: tuple[str, ...] = tuple(SUBKINDS)

LANGUAGES: tuple[str, ...] = ("zh", "en", "fr", "vi", "ru")
"""Languages in which names are kept; French and Vietnamese ones are what English text of the period uses."""
