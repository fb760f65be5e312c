"""The kinds and subkinds of items: the vocabulary that tables, importers and the linker share."""

from __future__ import annotations

SUBKINDS: dict[str, frozenset[str]] = {
    "place": frozenset(
        """continent region country historical_country province prefecture county city town village district
        river lake canal sea strait gulf island islands mountain mountains pass peninsula plain plateau desert
        valley railway road bridge dam airport port facility square area front""".split()
    ),
    "source": frozenset("agency newspaper broadcaster magazine publisher".split()),
    "unit": frozenset(
        """force service command army_group army corps division brigade regiment battalion fleet militia
        alliance peacekeeping""".split()
    ),
    "measure": frozenset(
        """length area volume mass temperature time speed power energy currency angle pressure count electric
        frequency other""".split()
    ),
    "event": frozenset(
        """war campaign battle conference treaty crisis revolution coup movement disaster games festival
        programme operation""".split()
    ),
    "person": frozenset(
        "leader general diplomat scientist writer artist athlete journalist religious worker other".split()
    ),
    "organisation": frozenset(
        "government party intergovernmental company school church union other".split()
    ),
}

KINDS: tuple[str, ...] = tuple(SUBKINDS)

LANGUAGES: tuple[str, ...] = ("zh", "en", "fr", "vi", "ru")
"""Languages in which names are kept; French and Vietnamese ones are what English text of the period uses."""
