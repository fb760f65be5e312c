"""Marks beside a trigger word by which a paper tells one of several happenings of a kind from the next.

Two matches have two results, two arrests two numbers of people, a banquet and a meeting of one day two parts
of the day.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from kg.mentions.events.cues import Cue
from kg.mentions.events.page import Page
from kg.mentions.events.words import listed
from kg.mentions.rules import plainly
from kg.model import EventType, Lang

_BESIDE = 10  # characters beside a trigger in which a result or a number stands
_DIGIT = "[0-9０-９〇零一二三四五六七八九十]"
_SCORE = re.compile(rf"{_DIGIT}{{1,3}}(?:∶|：|:|比){_DIGIT}{{1,3}}")
_PEOPLE = re.compile(
    r"[^，。；：、]{0,5}?([0-9０-９〇零一二三四五六七八九十百千万两]{1,6})[多余]?(?:名|个|人)"
)
_OF_MEETING = frozenset((EventType.TALKS, EventType.CONFERENCE, EventType.SPORT))
_COUNTED = frozenset((EventType.ARREST, EventType.KILLING))


class Marks(NamedTuple):
    """What stands beside a trigger: ``figure``, a result or a number of people; ``part`` of the day, from 0.

    ``figure`` is empty and ``part`` -1 where nothing is told.
    """

    figure: str = ""
    part: int = -1


_NONE = Marks()


def marks(page: Page, cue: Cue) -> Marks:
    """The marks beside `cue`."""
    if page.lang is not Lang.ZH:
        return _NONE
    type = cue.type
    if type in _OF_MEETING:
        return Marks(_score(page, cue) if type is EventType.SPORT else "", _part(page, cue))
    if type in _COUNTED:
        found = _PEOPLE.match(page.text, cue.end, cue.end + _BESIDE)
        return Marks(found[1], -1) if found is not None else _NONE
    return _NONE


def _score(page: Page, cue: Cue) -> str:
    """The result of a match: ２∶１ of 以２∶１胜."""
    text = page.text
    last = ""
    for m in _SCORE.finditer(text, max(page.bounds[cue.sentence][0], cue.start - _BESIDE), cue.start):
        last = m[0]
    if not last and (after := _SCORE.search(text, cue.end, cue.end + _BESIDE)) is not None:
        last = after[0]
    return last


def _part(page: Page, cue: Cue) -> int:
    """The part of the day told last before the trigger in its sentence."""
    last = -1
    for m in _day().finditer(page.text, page.bounds[cue.sentence][0], cue.start):
        last = _parts()[m[0]]
    return last


@functools.cache
def _parts() -> dict[str, int]:
    return {word: n for n, words in enumerate(listed("zh_day_parts")) for word in words}


@functools.cache
def _day() -> re.Pattern[str]:
    return plainly(_parts())
