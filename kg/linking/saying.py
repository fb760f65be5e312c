"""What the text itself says that a place is, by the head word of its name: 江阴县, "Jiangyin County"."""

from __future__ import annotations

import functools

from kg.mentions.places.geography import geography
from kg.mentions.places.surroundings import REGION_RULE, RIVER_RULE
from kg.model import Kind, Lang, Mention

_REMEMBERED = 20_000  # surfaces: few make up most mentions
_LEADS = {"Mount ": "mountain", "Mt. ": "mountain", "Lake ": "lake", "Lac ": "lake"}
_ADMINISTRATIVE = ("省", "市", "县")  # these say it after a single character too: 滑县

# The head words of a trigger cover more than one subkind; those not listed say nothing firm.
FITTING: dict[str, frozenset[str]] = {
    "country": frozenset({"country", "historical_country"}),
    "region": frozenset({"region"}),
    "province": frozenset({"province"}),
    "prefecture": frozenset({"prefecture", "province", "city"}),
    "county": frozenset({"county", "city", "district"}),
    "city": frozenset({"city", "prefecture", "county", "town", "district", "port"}),
    "town": frozenset({"town", "village", "city", "county"}),
    "township": frozenset({"town", "village"}),
    "village": frozenset({"village", "town"}),
    "district": frozenset({"district", "county", "city"}),
    "river": frozenset({"river", "canal"}),
    "waterway": frozenset({"river", "canal", "sea"}),
    "lake": frozenset({"lake", "dam"}),
    "sea": frozenset({"sea", "gulf", "strait"}),
    "strait": frozenset({"strait", "canal", "valley"}),
    "island": frozenset({"island", "islands", "peninsula"}),
    "mountain": frozenset({"mountain", "mountains", "plateau"}),
    "railway": frozenset({"railway"}),
    "road": frozenset({"road", "railway"}),
    "canal": frozenset({"canal", "river", "strait"}),
    "dam": frozenset({"dam", "lake", "facility"}),
    "bridge": frozenset({"bridge"}),
    "plain": frozenset({"plain", "plateau", "desert", "valley", "region"}),
    "airport": frozenset({"airport"}),
    "port": frozenset({"port", "city", "town"}),
}


def said(mention: Mention) -> str:
    """The subkind that a surface of a place states, a key of :data:`FITTING`; "" where none does.

    The Chinese original is heard first.  The subkind of a name that only the dictionary knows is not what
    the text says: 拿骚 is no airport because the weightiest item of that name is one.
    """
    if mention.kind is not Kind.PLACE:
        return ""
    if any(f.rule == REGION_RULE for f in mention.finds):  # 中非各国
        return "region"
    if 2 * sum(f.rule == RIVER_RULE for f in mention.finds) > len(mention.finds):  # 黑龙江的水位
        return "waterway"
    english = [_english(surface) for surface in mention.surfaces(Lang.EN)]
    if "river" in english:  # 牡丹江 is a town too, the Mudan River is none
        return "waterway"
    surfaces = mention.surfaces(Lang.ZH)
    if len(surfaces) > 1:  # 黑龙江省 says more than 黑龙江
        surfaces = tuple(sorted(surfaces, key=len, reverse=True))
    for surface in surfaces:
        if told := _chinese(surface):
            return told
    return next(filter(None, english), "")


@functools.lru_cache(maxsize=_REMEMBERED)
def _chinese(surface: str) -> str:
    geo = geography()
    for length in range(min(geo.longest, len(surface) - 1), 0, -1):
        head = surface[-length:]
        if head in geo.heads:
            type = geo.heads[head].type
            long_enough = len(surface) - length >= 2 or head in _ADMINISTRATIVE
            return type if type in FITTING and long_enough else ""
    return ""


@functools.lru_cache(maxsize=_REMEMBERED)
def _english(surface: str) -> str:
    for lead, type in _LEADS.items():
        if surface.startswith(lead):
            return type if type in FITTING else ""
    if surface.startswith("Republic of ") or surface.endswith(" Republic"):
        return "country"
    words = surface.split(" ")
    for count in (2, 1):
        head = " ".join(words[-count:])
        if len(words) > count and head in geography().english_heads:
            type = geography().english_heads[head].type
            return type if type in FITTING else ""
    return ""
