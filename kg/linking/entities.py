"""Names of entities that no Wikidata item stands for: stable, and shared by all articles that name them."""

from __future__ import annotations

import hashlib

from kg.linking.context import Context
from kg.linking.features import COMMON, described
from kg.model import Article, Kind, Lang, Mention
from kg.text import fold


def nil_entity(mention: Mention, article: Article, context: Context) -> str:
    """The local name (``place-1f3a2b4c5d``) of the entity of a mention without an item.

    Named things are shared by all articles that name them in the same surroundings: the country most
    under discussion is part of the key, so that 莱州 of Vietnam and of Shandong stay apart.  What is only
    described (四个连), numbered below the division (三营) or as common as 西关 is the article's own.
    """
    name = fold(_name(mention)).strip()
    if _own(mention):
        scope = article.id
    else:
        scope = max(context.focus, key=lambda c: (context.focus[c], c)) if context.focus else ""
    digest = hashlib.sha256(f"{mention.kind}\n{name}\n{scope}".encode()).hexdigest()
    return f"{mention.kind.value}-{digest[:12]}"


def _name(mention: Mention) -> str:
    """The longest surface of the original language: abbreviations come and go."""
    surfaces = mention.surfaces(Lang.ZH) or mention.surfaces(Lang.EN)
    return max(surfaces, key=lambda s: (len(s), s))


def _own(mention: Mention) -> bool:
    if mention.kind is Kind.UNIT:
        small = mention.echelon is not None and mention.echelon.value in _SMALL_ECHELONS
        return described(mention) or small or mention.name.startswith(("我", "敌", "our", "enemy"))
    return mention.kind is Kind.PLACE and mention.name in COMMON


_SMALL_ECHELONS = frozenset({"regiment", "battalion", "company", "platoon", "squad"})
