"""Everything that is found in one article, in one call."""

from __future__ import annotations

from collections.abc import Iterable

from kg.mentions.grouping import group
from kg.mentions.names import NameDictionary
from kg.mentions.places import find_places
from kg.mentions.units import find_units
from kg.mentions.view import views
from kg.model import Article, Lang, Name, Understanding


class Understander:
    """Reads articles.  Build it once (before forking) and call :meth:`understand` for each article.

    `names` come from an authority (``open_authority().names()``), or are a dictionary built before.
    `newspaper` is the item of the archive's own paper: what 本报 means.
    """

    def __init__(self, names: Iterable[Name] | NameDictionary, newspaper: str = "Q54340") -> None:
        self._names = names if isinstance(names, NameDictionary) else NameDictionary.build(names)
        self._newspaper = newspaper

    def understand(self, article: Article) -> Understanding:
        """The mentions, events, dispatches and times of `article`; a pure function of it and the names."""
        seen = views(article, self._names)
        zh = next((v for v in seen if v.lang is Lang.ZH), None)
        en = next((v for v in seen if v.lang is Lang.EN), None)
        finds, _pairs = find_places(article, zh, en)
        for one in seen:
            finds += find_units(one)
        mentions = group(article, finds)
        return Understanding(mentions, (), (), ())
