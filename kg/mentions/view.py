"""One language's prose, prepared once for everything that looks for mentions in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.mentions.names import NameDictionary, NameMatch
from kg.mentions.words import Words, segment
from kg.model import Article, Body, Lang, Name, Span
from kg.text import fold


@dataclass(frozen=True, slots=True)
class View:
    """A body with its folded text and the known names in it.

    ``names`` are in text order, nested ones after their container with ``inside`` set; ``places`` those of
    them that may be a place's, each with what it then means.  ``words`` are those of the folded text, for
    Chinese only.  ``lang`` and ``text`` are those of the body, which are asked for at every turn.
    """

    body: Body
    folded: str
    names: tuple[NameMatch, ...]
    words: Words | None = None
    lang: Lang = field(init=False, repr=False, compare=False)
    text: str = field(init=False, repr=False, compare=False)
    places: tuple[tuple[NameMatch, Name], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lang", self.body.lang)
        object.__setattr__(self, "text", self.body.text)
        places = [(m, p) for m in self.names if (p := m.of_kind("place")) is not None]
        object.__setattr__(self, "places", tuple(places))

    def span(self, start: int, end: int) -> Span:
        """The stretch from `start` to `end`."""
        return Span(self.lang, start, end, self.text[start:end])


def view(body: Body, dictionary: NameDictionary) -> View:
    """Prepare `body`: fold it and match the known names."""
    folded = fold(body.text)
    names = tuple(dictionary.match(body.text, body.lang, nested=True, folded=folded))
    return View(body, folded, names, segment(folded) if body.lang is Lang.ZH else None)


def views(article: Article, dictionary: NameDictionary) -> tuple[View, ...]:
    """The views of the trusted bodies of `article`, Chinese first."""
    bodies = (article.body(lang) for lang in (Lang.ZH, Lang.EN))
    return tuple(view(b, dictionary) for b in bodies if b is not None)
