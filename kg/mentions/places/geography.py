"""The geographic vocabulary of ``rules/places.toml``, compiled once."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from kg.mentions.rules import Search, Trigger, load_rules, load_section, load_triggers
from kg.model import Lang

FILE = "places"


@dataclass(frozen=True, slots=True)
class Geography:
    """Head words (省, "River") with the trigger that teaches each, cue words, and transcription characters.

    ``heads`` maps a Chinese head word to its trigger, ``head_ends`` are the characters in which head words
    end, ``longest`` is the length of the longest one;
    ``english_heads`` the same for English.
    """

    heads: dict[str, Trigger]
    head_ends: frozenset[str]
    longest: int
    english_heads: dict[str, Trigger]
    before: frozenset[str]
    before_persons: frozenset[str]
    by_persons: frozenset[str]
    after: frozenset[str]
    enumeration: frozenset[str]
    person: frozenset[str]
    common: frozenset[str]
    runs: re.Pattern[str]
    always: frozenset[str]
    titles: frozenset[str]
    never: frozenset[str]
    modifiers: tuple[str, ...]
    front: frozenset[str]
    inside: frozenset[str]
    after_state: frozenset[str]
    beside: frozenset[str]
    autonomous: tuple[str, ...]
    loose: frozenset[str]
    patterns: Search


@functools.cache
def geography() -> Geography:
    """The vocabulary, read on first use."""
    triggers = load_triggers(FILE)
    heads = {w: t for t in triggers for w in t.words(Lang.ZH)}
    cues, characters = load_section(FILE, "cues"), load_section(FILE, "transcription")
    patterns = tuple(r for r in load_rules(FILE, Lang.ZH) if r.production not in ("list", "title"))
    loose = characters["common"] + characters["other"]
    return Geography(
        heads,
        frozenset(h[-1] for h in heads),
        max(map(len, heads)),
        {w: t for t in triggers for w in t.words(Lang.EN)},
        frozenset(cues["zh_before"]),
        frozenset(cues["zh_before_persons"]),
        frozenset(cues["zh_by_persons"]),
        frozenset(cues["zh_after"]),
        frozenset(cues["enumeration"]),
        frozenset(cues["zh_person"]),
        frozenset(characters["common"]),
        re.compile(f"[{loose}·]{{3,}}"),
        frozenset(load_section(FILE, "suffix")["always"]),
        frozenset(cues["zh_titles"]),
        frozenset(load_section(FILE, "never")["zh"]),
        tuple(load_section(FILE, "never")["before"]),
        frozenset(load_section(FILE, "never")["front"]),
        frozenset(load_section(FILE, "never")["inside"]),
        frozenset(load_section(FILE, "never")["after_state"]),
        frozenset(cues["zh_beside"]),
        tuple(h for h in heads if h.startswith("自治")),
        frozenset(loose),
        Search(patterns),
    )


@functools.lru_cache(maxsize=50_000)
def bases(text: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The name itself, and the name without its head word with the sort that the head word gives.

    >>> bases("锦荔桥", Lang.ZH)[-1], bases("Cam Le Bridge", Lang.EN)[-1]
    (('锦荔', 'bridge'), ('Cam Le', 'bridge'))
    """
    geo = geography()
    whole = (text, "")
    if lang is Lang.EN:
        parts = text.split(" ")
        for count in (2, 1):
            trigger = geo.english_heads.get(" ".join(parts[-count:]).title())
            if len(parts) > count and trigger is not None:
                return (whole, (" ".join(parts[:-count]), trigger.type))
        return (whole,)
    for size in (3, 2, 1):
        trigger = geo.heads.get(text[-size:])
        if len(text) > size + 1 and trigger is not None:
            return (whole, (text[:-size], trigger.type))
    return (whole,)
