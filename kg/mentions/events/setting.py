"""A sentence with what is named and dated in it, put in order once for all its trigger words."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import IntEnum

from kg.mentions.events.page import Named, Page
from kg.mentions.events.parties import parties_in
from kg.mentions.events.words import begins, by_head, by_tail, ends, listed, pattern
from kg.mentions.rules import any_of
from kg.model import Lang, TimeExpression

_BEFORE, _AFTER = 12, 8  # names around a trigger that can have to do with it
_LED = 16  # characters before a place in which a word governs what is said of it: 在他的最后要塞…
_LOCATIVE_EN = re.compile(r"\b(?:in|at|from|to|near|on|of|off|into)(?: the)? $")
_POSTED = re.compile(r"[^，。；、]{0,6}?(?:大使|代表|使馆|公使|领事|代办|参赞|武官|记者)")  # 驻某国大使


class Stand(IntEnum):
    """How a place stands in its sentence."""

    NAMED = 0
    GOVERNED = 1  # by a locative: 在河内, "in Hanoi"
    COUNTRY = 2  # without one: it acts, sooner than that something happens there
    ELSEWHERE = 3  # where somebody comes from, or is posted
    NESTED = 4  # a part of what a body is called


@dataclass(slots=True)
class Setting:
    """What stands in the sentence ``start:end``, each kind in text order.

    ``times`` are those that were resolved; ``named`` the mentions; ``parties`` the persons and organisations
    found beside them; ``placed``: it names a place or a country, ``governed``: a word of place governs one;
    ``places`` those of ``named`` that are either, outside datelines; ``others`` who can have acted:
    countries, units and parties, the outer before the inner; ``crowds`` those who are named by no name
    (警察, 学生, 国王).
    """

    start: int
    end: int
    times: list[TimeExpression]
    named: list[Named]
    parties: list[Named]
    placed: bool
    governed: bool
    places: list[tuple[Named, Stand]]
    others: list[Named]
    crowds: list[Named]


class Settings:
    """The sentences of a page as its triggers need them, each made when it is first asked for."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._made: dict[int, Setting] = {}
        self._told: set[str] = set()  # names of persons

    def of(self, sentence: int) -> Setting:
        """The whole of a sentence."""
        made = self._made.get(sentence)
        if made is None:
            page = self._page
            start, end = page.bounds[sentence]
            named = page.named_in(start, end)
            found = parties_in(page, start, end, named, self._told)
            crowds = [n for n in found if n.kind == "crowd"]
            parties = [n for n in found if n.kind != "crowd"] if crowds else found
            times = [t for t in page.times_in(start, end) if t.interval is not None]
            made = self._made[sentence] = _setting(page, start, end, times, named, parties, crowds)
        return made

    def around(self, at: int, sentence: int) -> Setting:
        """A sentence with the last 12 of the mentions before `at` and the first 8 from there on."""
        whole = self.of(sentence)
        if len(whole.named) <= _AFTER:
            return whole
        here = sum(n.start < at for n in whole.named)
        named = whole.named[max(0, here - _BEFORE) : here + _AFTER]
        near = _setting(self._page, whole.start, whole.end, whole.times, named, whole.parties, whole.crowds)
        near.placed = whole.placed
        return near


def _setting(
    page: Page,
    start: int,
    end: int,
    times: list[TimeExpression],
    named: list[Named],
    parties: list[Named],
    crowds: list[Named],
) -> Setting:
    places, others, placed = [], [], False
    bodies = [p for p in parties if p.kind == "organisation"]
    for n in named:
        kind = n.kind
        if kind in ("place", "country"):
            placed = True
            if not page.in_dateline(n.start):
                stand = _stand(page, n)
                if stand is Stand.NAMED and any(p.start <= n.start and n.end < p.end for p in bodies):
                    stand = Stand.NESTED
                places.append((n, stand))
        elif kind == "continent":  # no place that anything is told of, but 在非洲, 访问欧洲
            governed = _stand(page, n) is Stand.GOVERNED
            placed = placed or governed
            places.append((n, Stand.GOVERNED if governed else Stand.ELSEWHERE))
        if kind in ("country", "unit"):
            others.append(n)
    if parties:
        others += parties
        others.sort(key=lambda n: (n.start, -n.end))
    if others and pattern("zh_against").search(page.text, start, end):
        others = [n for n in others if not ends(page.text, n.start, by_tail("zh_against"))]
    governed = any(stand is Stand.GOVERNED for _, stand in places)
    return Setting(start, end, times, named, parties, placed, governed, places, others, crowds)


def _stand(page: Page, n: Named) -> Stand:
    text = page.text
    if page.lang is Lang.ZH:
        if n.kind == "country" and begins(text, n.end, by_head("zh_body")):
            return Stand.ELSEWHERE
        if n.kind == "place" and begins(text, n.end, by_head("zh_guests")):
            return Stand.ELSEWHERE
        if text.startswith(("驻", "时间"), n.end):  # 到某国驻华使馆前, 格林威治时间
            return Stand.ELSEWHERE
        if text[n.start - 1 : n.start] in _leading():
            before = text[max(0, n.start - 2) : n.start]
            if before == "来自" or (before[-1] == "驻" and _POSTED.match(text, n.end)):
                return Stand.ELSEWHERE
            if before.endswith(listed("zh_locative")):
                return Stand.GOVERNED
        if ends(text, n.start, by_tail("zh_apposed")) and _led().search(
            text, max(0, n.start - _LED), n.start
        ):
            return Stand.GOVERNED
    elif _LOCATIVE_EN.search(text[max(0, n.start - 10) : n.start]):
        return Stand.GOVERNED
    return Stand.COUNTRY if n.kind == "country" else Stand.NAMED


@functools.cache
def _led() -> re.Pattern[str]:
    return re.compile(rf"{any_of(listed('zh_locative'))}[^，。；：、\n]{{2,14}}$")


@functools.cache
def _leading() -> frozenset[str]:
    """The last characters of what stands before a place and says something of it."""
    return frozenset(word[-1] for word in ("来自", "驻", *listed("zh_locative")))
