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
    Chinese only.  ``faint`` are short English words that are names of places only where the original says so.
    ``lang`` and ``text`` are those of the body, which are asked for at every turn.
    """

    body: Body
    folded: str
    names: tuple[NameMatch, ...]
    words: Words | None = None
    faint: tuple[NameMatch, ...] = ()
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
    """Prepare `body`: fold it, match the known names and cut it into words."""
    return segmented(matched(body, dictionary))


def matched(body: Body, dictionary: NameDictionary) -> View:
    """`body` folded, with the known names in it, but no words yet."""
    folded = fold(body.text)
    names = dictionary.match(body.text, body.lang, nested=True, folded=folded)
    if body.lang is Lang.ZH:
        return View(body, folded, tuple(names))
    faint = [m for m in names if not m.name.prior and m.name.kind == "place"]
    if not faint:
        return View(body, folded, tuple(names))
    return View(body, folded, tuple([m for m in names if m not in faint]), faint=tuple(faint))


def segmented(seen: View) -> View:
    """The same with its words, if it is Chinese."""
    if seen.lang is not Lang.ZH:
        return seen
    return View(seen.body, seen.folded, seen.names, segment(seen.folded))


def trusted(article: Article) -> tuple[Body, ...]:
    """The bodies of `article` that say what the article says, Chinese first."""
    bodies = (article.body(lang) for lang in (Lang.ZH, Lang.EN))
    return tuple(b for b in bodies if b is not None)


def views(article: Article, dictionary: NameDictionary) -> tuple[View, ...]:
    """The views of the trusted bodies of `article`, Chinese first."""
    return tuple(view(b, dictionary) for b in trusted(article))
