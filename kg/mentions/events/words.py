"""The word lists of ``rules/events.toml`` in the shapes in which events ask for them, each made once."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from kg.mentions.rules import load_section, plainly

Heads = Mapping[str, tuple[str, ...]]
"""Words by their first characters: what stands at a place is held against the few that begin so."""
Tails = Mapping[str, tuple[str, ...]]
"""Words by their last characters."""


@functools.cache
def listed(key: str) -> tuple[str, ...]:
    """The words of the list `key`, in their order."""
    return tuple(load_section("events", "cues")[key])


@functools.cache
def among(key: str) -> frozenset[str]:
    """The words of the list `key`, to ask whether one is among them."""
    return frozenset(listed(key))


@functools.cache
def pattern(key: str) -> re.Pattern[str]:
    """Any word of the list `key`, to search for it."""
    return plainly(listed(key))


@functools.cache
def by_head(key: str) -> Heads:
    """The words of the list `key` by their first characters, for :func:`begins`."""
    return heads(listed(key))


@functools.cache
def by_tail(key: str) -> Tails:
    """The words of the list `key` by their last characters, for :func:`ends`."""
    return tails(listed(key))


def heads(words: Iterable[str]) -> Heads:
    """The words by their first characters.

    >>> heads(["政府", "政党", "国会"])
    {'政': ('政府', '政党'), '国': ('国会',)}
    """
    return _by_character(words, 0)


def tails(words: Iterable[str]) -> Tails:
    """The words by their last characters."""
    return _by_character(words, -1)


def _by_character(words: Iterable[str], at: int) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for word in words:
        out[word[at]] = (*out.get(word[at], ()), word)
    return out


def begins(text: str, at: int, words: Heads) -> bool:
    """Whether one of `words` stands at `at`."""
    few = words.get(text[at : at + 1])
    return few is not None and text.startswith(few, at)


def ends(text: str, at: int, words: Tails) -> bool:
    """Whether one of `words` stands right before `at`."""
    few = words.get(text[at - 1 : at])
    return few is not None and text.endswith(few, 0, at)
