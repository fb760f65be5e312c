"""Currencies that several states call by one word: 卢比 of India, Pakistan, Ceylon or Nepal.

``rules/quantities.toml`` lists them under ``[shared_currencies]``: of each word's usual currency the others
that go by the word, with the names of their lands.  The land named last before the amount in its sentence
decides, else the first one after it, else the land that the text names most.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

from kg.mentions.quantities.measures import Measures, Unit
from kg.mentions.rules import any_of, load_section

_SENTENCE = re.compile(r"[。！？\n!?]|\. ")
# What stands before a bare word: 英镑 and "Swiss francs" are no shared names.
_NUMBER = "[0-9０-９一二三四五六七八九十百千万亿余多两几数半]|[0-9a-z][ -]"
_REACH = 120  # characters to each side that a sentence is looked for


@dataclass(frozen=True, slots=True)
class _Shared:
    """A word's lands as one ``pattern``; ``lands`` gives of each the currency.

    Of 元, which texts of China use for China's own, only the sentence decides, and only if it says nothing
    that ``unless`` matches.
    """

    bare: re.Pattern[str]
    pattern: re.Pattern[str]
    lands: dict[str, str]
    unless: re.Pattern[str] | None


@functools.cache
def _shared() -> dict[str, _Shared]:
    return {usual: _read(entry) for usual, entry in load_section("quantities", "shared_currencies").items()}


def _read(entry: dict[str, str]) -> _Shared:
    lands = {
        land: name
        for name, said in entry.items()
        if name not in ("words", "unless")
        for land in said.split(" ")
    }
    unless = re.compile("|".join(entry["unless"].split(" "))) if "unless" in entry else None
    bare = re.compile(rf"(?:{_NUMBER})(?:{entry['words'].replace(' ', '|')})$")
    return _Shared(bare, re.compile(any_of(lands)), lands, unless)


def of_its_land(text: str, start: int, end: int, unit: Unit, measures: Measures) -> Unit:
    """The currency that is meant by the amount at ``start:end``, whose word usually means `unit`."""
    shared = _shared().get(unit.name)
    if shared is None or shared.bare.search(text, start, end) is None:
        return unit
    name = _land(text, start, end, shared)
    return unit if name is None else measures.named(name) or unit


def _land(text: str, start: int, end: int, shared: _Shared) -> str | None:
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    cuts = [m.end() for m in _SENTENCE.finditer(before)]
    before = before[cuts[-1] :] if cuts else before
    cut = _SENTENCE.search(after)
    after = after[: cut.start()] if cut is not None else after
    if shared.unless is not None:
        return _last(before, shared) if shared.unless.search(before + after) is None else None
    found = _last(before, shared)
    if found is None and (first := shared.pattern.search(after)) is not None:
        found = shared.lands[first[0]]
    if found is None:
        named = Counter(shared.lands[m[0]] for m in shared.pattern.finditer(text))
        found = max(named, key=lambda name: named[name], default=None)
    return found


def _last(before: str, shared: _Shared) -> str | None:
    found = [m[0] for m in shared.pattern.finditer(before)]
    return shared.lands[found[-1]] if found else None
